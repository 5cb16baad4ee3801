"""The desk's pages about several registrations, rules and reasons, and changing what was approved, in a browser."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser import WIDTHS, look_at
from tests.deals import making
from tests.deals.test_in_the_browser import session_of
from tests.factories import make_product

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.mark.parametrize(("width", "theme", "language"), [("desk", "light", "en"), ("phone", "dark", "zh-hans")])
def test_pages_of_registrations(cast, open_page, width, theme, language):
    products = [make_product(cast.family, name="Circular connector M12")]
    waiting = [making.submitted(cast, name=name, products=products) for name in ("Alpha Pumpen AG", "Zirbelwerk OHG")]
    first = making.approved(cast, products=products)
    cast.vendor_manager.language = language
    cast.vendor_manager.save()
    manager, seller = session_of(cast.vendor_manager), session_of(cast.seller_a)
    chosen = "&".join(f"deal={deal.uuid}" for deal in waiting)
    pages = {
        "queue": (manager, reverse("registrations:queue")),
        "bulk": (manager, f"{reverse('registrations:bulk')}?{chosen}"),
        "reasons": (manager, reverse("registrations:reasons")),
        "rules": (manager, reverse("eligibility_rules:index")),
        "change": (seller, reverse("deals:edit", args=[first.uuid])),
        "evidence": (seller, reverse("deals:detail", args=[first.uuid])),
    }
    for name, (session, path) in pages.items():
        page = open_page(path, width=WIDTHS[width], theme=theme, language=language, session=session)
        page.wait_for_load_state("networkidle")
        look_at(page, f"registration-{name}-{width}-{theme}-{language}")
