"""The pool in a real browser: both languages, light and dark, desk and phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from concord.cms.models import LeadFormPage
from concord.deals.actions.leads_claiming import claim_lead
from concord.deals.actions.leads_follow_up import note_contact
from concord.deals.actions.leads_timers import run_pool
from concord.portal.actor import portal_actor
from tests.browser import WIDTHS, look_at
from tests.cms.pages import add, make_tree
from tests.deals import leads_making as leads
from tests.deals.making import now

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

LOOKS = [("desk", "light", "en"), ("phone", "dark", "zh-hans")]


def session_of(user) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def pool(cast):
    """A free lead, one that is offered, one that is worked on."""
    leads.source("manual").__class__.objects.update(name="Trade fair, spring 2026", name_zh="2026 春季展会")
    free = leads.free(sector="Machinery", size="medium", **leads.SECRETS)
    leads.free(customer_city="Kiel", sector="Shipbuilding", summary="Second source for connectors")
    offered = leads.new(summary="Wiring of a hall that is being extended")
    run_pool(actor=portal_actor(), now=now())
    own = leads.free(now() - timedelta(days=1), customer_city="Essen", contact_name="Ada Petersen")
    seller = cast.actor(cast.seller_a)
    claim_lead(actor=seller, lead_uuid=own.uuid, now=now() - timedelta(days=1))
    note_contact(actor=seller, lead_uuid=own.uuid, text="Called; they want a sample first.", now=now())
    return {"free": free, "offered": offered, "own": own}


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_sellers_pool(cast, pool, open_page, width, theme, language):
    session = session_of(cast.seller_a)
    paths = {
        "list": reverse("pool:list"),
        "mine": reverse("pool:mine"),
        "free": reverse("pool:lead", args=[pool["free"].uuid]),
        "offered": reverse("pool:lead", args=[pool["offered"].uuid]),
        "own": reverse("pool:lead", args=[pool["own"].uuid]),
    }
    for name, path in paths.items():
        page = open_page(path, width=WIDTHS[width], theme=theme, language=language, session=session)
        look_at(page, f"pool-{name}-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_the_public_form(cast, open_page, width, theme, language):
    tree = make_tree()
    facts = {
        "consent": "I agree that a partner contacts me about my enquiry.",
        "source": leads.source("form"),
        "introduction": "<p>Tell us what you need. A partner near you gets in touch.</p>",
    }
    english = add(tree.home, LeadFormPage, "Talk to one of our partners", "contact", **facts)
    chinese = {**facts, "consent": "我同意合作伙伴就我的咨询与我联系。", "introduction": "<p>请告诉我们您的需求。</p>"}
    add(tree.home_zh, LeadFormPage, "联系我们的合作伙伴", "contact", translation_key=english.translation_key, **chinese)
    path = reverse("cms:enquiry", args=["contact"])
    page = open_page(path, width=WIDTHS[width], theme=theme, language=language)
    look_at(page, f"enquiry-{width}-{theme}-{language}")


@pytest.mark.parametrize(("width", "theme", "language"), [("desk", "light", "en"), ("phone", "light", "zh-hans")])
def test_the_pool_in_the_desk(cast, pool, open_page, width, theme, language):
    session = session_of(cast.vendor_manager)
    paths = {
        "list": reverse("leads:index"),
        "offered": reverse("leads:lead", args=[pool["offered"].uuid]),
        "own": reverse("leads:lead", args=[pool["own"].uuid]),
        "new": reverse("leads:new"),
        "report": reverse("leads:report"),
    }
    for name, path in paths.items():
        page = open_page(path, width=WIDTHS[width], theme=theme, language=language, session=session)
        page.screenshot(path=f"test-artefacts/pages/leads-{name}-{width}-{language}.png", full_page=True)


def test_a_lead_is_claimed_and_declined_by_keyboard(cast, pool, open_page):
    session = session_of(cast.seller_a)
    page = open_page(reverse("pool:lead", args=[pool["free"].uuid]), width=WIDTHS["desk"], session=session)
    page.get_by_role("button", name="Claim").focus()
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name=leads.SECRETS["customer_name"]).wait_for()
    page.goto(page.url.replace(str(pool["free"].uuid), str(pool["offered"].uuid)))
    page.get_by_role("button", name="Decline").first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Decline").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pool/mine/")
    assert leads.reload(pool["offered"]).partner_id == cast.partner_b.pk
