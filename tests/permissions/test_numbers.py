"""Nobody outside the vendor counts others' business; no page shows a row's number."""

from __future__ import annotations

from concord.pricing.models import Quote
from tests.permissions.test_canaries import A_ROW
from tests.permissions.world import FIRST_NUMBER


def test_rows_of_the_world_have_numbers_like_no_other(world):
    """Else nothing would be found because there is nothing."""
    for row in (world.quote, world.deal, world.lead, world.customer):
        assert row.pk > FIRST_NUMBER
        assert A_ROW.search(f"/things/{row.pk}/")


def test_quotes_are_counted_by_partner(world):
    """Each partner's first quote of a year is its first, however many others there are."""
    by_partner: dict[int, set[int]] = {}
    for quote in Quote.objects.unscoped("the test counts").filter(revision=1):
        by_partner.setdefault(quote.partner_id, set()).add(int(quote.number.rpartition("-")[2]))
    assert len(by_partner) > 1
    for numbers in by_partner.values():
        assert numbers == set(range(1, len(numbers) + 1))
