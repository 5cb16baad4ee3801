"""The pages about protections in a real browser: both languages, light and dark, desk and phone."""

from __future__ import annotations

import pytest
from django.urls import reverse

from concord.deals.actions.appeals import file_appeal
from concord.deals.actions.eligibility import set_vendor_account
from concord.deals.actions.extensions import request_extension
from concord.deals.actions.holds import hold_protection
from concord.deals.desk.protection_base import LISTS
from concord.deals.models import ProgrammeSettings
from tests.browser import WIDTHS, look_at
from tests.deals import making
from tests.deals.test_in_the_browser import LOOKS, session_of
from tests.deals.test_protection_timers import DAY, judge, lost, manager, paper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_pages_of_protections(cast, open_page, width, theme, language):
    deal = making.approved(cast)
    rival = lost(cast)
    hold_protection(
        actor=manager(cast), deal_uuid=deal.uuid, cause="tender_runs", until=making.now() + 9 * DAY, now=making.now()
    )
    look = {"width": WIDTHS[width], "theme": theme, "language": language}
    ask = {"extension": [deal.uuid, "extension"], "hold": [deal.uuid, "hold"]}
    paths = {"card": reverse("deals:detail", args=[deal.uuid]), "precedents": reverse("deals:precedents")}
    paths |= {name: reverse("deals:ask", args=args) for name, args in ask.items()}
    for name, path in paths.items():
        page = open_page(path, session=session_of(cast.seller_a), **look)
        look_at(page, f"protection-{name}-{width}-{language}")
    loser = open_page(reverse("deals:detail", args=[rival.uuid]), session=session_of(cast.seller_b), **look)
    look_at(loser, f"protection-lost-{width}-{language}")
    file_appeal(
        actor=cast.actor(cast.seller_b), deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=making.now()
    )
    desk = {
        "queues": reverse("protections:index"),
        "one": reverse("protections:one", args=[deal.uuid]),
        "appeal": reverse("protections:appeal", args=[rival.uuid]),
    }
    neutral = judge(cast)
    neutral.language = language
    neutral.save()
    for name, path in desk.items() if width == "desk" else ():
        page = open_page(path, session=session_of(neutral), **look)
        page.wait_for_load_state("networkidle")
        look_at(page, f"protection-desk-{name}-{width}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_desks_lists(cast, open_page, width, theme, language):
    deal = making.approved(cast)
    making.approved(cast, user=cast.seller_b, name="Aurora Pumpen AB")
    waiting = making.submitted(cast, user=cast.seller_b, name="Nordwind Antriebe Nord GmbH")
    rival = lost(cast)
    ProgrammeSettings.objects.create(readiness_at_least=0)
    hold_protection(
        actor=manager(cast), deal_uuid=deal.uuid, cause="tender_runs", until=making.now() + 9 * DAY, now=making.now()
    )
    request_extension(
        actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, note="On.", upload=paper(), now=making.now()
    )
    file_appeal(
        actor=cast.actor(cast.seller_b), deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=making.now()
    )
    set_vendor_account(
        actor=manager(cast), customer_uuid=deal.end_customer.uuid, is_own=True, note="Key account", now=making.now()
    )
    person = cast.vendor_manager
    person.language = language
    person.save()
    paths = {name: reverse(f"protections:{name}") for name, _label in LISTS}
    paths["bench"] = reverse("registrations:bench", args=[waiting.uuid])
    paths["vendor-accounts"] = f"{reverse('registrations:vendor_accounts')}?add=Aurora"
    paths["queues"] = reverse("protections:index")
    paths["one"] = reverse("protections:one", args=[deal.uuid])
    paths["appeal"] = reverse("protections:appeal", args=[rival.uuid])
    paths["leads"] = reverse("leads:index")
    for name, path in paths.items():
        page = open_page(path, session=session_of(person), width=WIDTHS[width], theme=theme, language=language)
        page.wait_for_load_state("networkidle")
        look_at(page, f"desk-list-{name}-{width}-{language}")
