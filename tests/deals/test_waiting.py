"""What waits on the home page: each kind of it, to whom it belongs, in one statement."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.deals.actions.activities import add_activity
from concord.deals.actions.decisions import return_for_completion
from concord.deals.actions.promises import save_promise
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.waiting import waiting_for
from tests.deals import making
from tests.factories import make_product

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def waiting(cast, user, now=None):
    return waiting_for(cast.actor(user), now=now or making.now(), terms=programme_terms())


@pytest.fixture
def deal(cast):
    """One approved, with a step and a promise due, another one with an older step, a third one returned."""
    deal = making.approved(cast, products=[make_product(cast.family)])
    other = making.draft(cast, name="Ostermann KG", products=[make_product(cast.other_family)])
    seller, now = cast.actor(cast.seller_a), making.now()
    for one, text, due in ((deal, "Call back", now - DAY), (other, "Send samples", now - 2 * DAY)):
        add_activity(
            actor=seller, deal_uuid=one.uuid, kind="note", text="Met", next_step=text, next_due_at=due, now=now
        )
    save_promise(actor=seller, deal_uuid=deal.uuid, kind="date", text="An answer", until_on=(now + DAY).date(), now=now)
    add_activity(
        actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, kind="note", text="Seen", is_internal=True,
        next_step="Ask the vendor", next_due_at=now - DAY, now=now,
    )  # fmt: skip
    back = making.submitted(cast, name="Zurück AG", products=[make_product(cast.other_family)])
    return_for_completion(
        actor=cast.actor(cast.vendor_manager), deal_uuid=back.uuid, reason="contact_missing", fields=["contact_name"],
        now=now,
    )  # fmt: skip
    return deal


def test_each_kind_is_told_the_first_due_first(cast, deal):
    found = waiting(cast, cast.seller_a)
    assert [(one.customer_name, one.at is not None) for one in found.returned] == [("Zurück AG", True)]
    assert found.returned[0].text
    assert [one.text for one in found.steps] == ["Send samples", "Call back"]
    assert [(one.text, one.day) for one in found.promises] == [("An answer", (making.now() + DAY).date())]
    assert {one.deal_uuid for one in (*found.steps[1:], *found.promises)} == {deal.uuid}
    assert found.ending == ()
    late = waiting(cast, cast.seller_a, deal.protections.get().period.upper - DAY)
    assert [one.text for one in late.ending] == [cast.family.display_name]
    assert (late.ending_count, late.ending[0].at) == (1, deal.protections.get().period.upper)


def test_only_ones_own_waits(cast, deal):
    whole = waiting(cast, cast.admin_a)
    assert (len(whole.returned), len(whole.steps), len(whole.promises)) == (1, 2, 1)
    for user in (cast.seller_a2, cast.seller_b):
        for now in (None, deal.protections.get().period.upper - DAY):
            found = waiting(cast, user, now)
            assert (found.returned, found.ending, found.steps, found.promises, found.notices) == ((), (), (), (), ())


def test_it_is_one_statement(cast, deal, django_assert_num_queries):
    terms, seller = programme_terms(), cast.actor(cast.seller_a)
    with django_assert_num_queries(1):
        waiting_for(seller, now=making.now(), terms=terms)
