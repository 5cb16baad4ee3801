"""The demo: loaded by the product's own importers, complete, and the same when it is loaded again."""

from __future__ import annotations

import io
import json
import stat

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from wagtail.models import Locale, Site

from concord.cms.demo import people
from concord.cms.models import ArticlePage, NewsPage
from concord.deals.models import (
    Appeal,
    Deal,
    DealContact,
    DealTwin,
    Evidence,
    ExtensionRequest,
    Lead,
    Objection,
    Precedent,
    Promise,
    ProtectionHold,
)
from concord.deals.queries.brief import brief_of
from concord.deals.queries.deals import waiting_for_an_answer
from concord.deals.queries.history import deal_history
from concord.documents.models import Collateral
from concord.documents.queries.library import entitled_to
from concord.partners.matching.score import SAME
from concord.partners.models import ApiClient, EndCustomer, Member, Partner
from concord.portal.actor import actor_for_user, portal_actor
from concord.portal.enums import Door
from concord.portal.events.chain import verify_all
from concord.portal.models import User
from concord.pricing.models import Price, PriceListVersion, Product, Promotion, Quote, StockLevel, TierDiscount


@pytest.fixture
def place(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(people, "sign_ins_path", lambda: tmp_path / "sign-ins.json")
    monkeypatch.setenv("BASE_URL", "http://localhost:8765")
    return tmp_path


def load() -> str:
    out = io.StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    everything = "what the demo holds"
    return {
        "products": Product.objects.count(),
        "prices": Price.objects.count(),
        "versions": PriceListVersion.objects.filter(status__in=["in_force", "ended"]).count(),
        "stock": StockLevel.objects.count(),
        "customers": EndCustomer.objects.unscoped(everything).count(),
        "partners": Partner.objects.unscoped(everything).count(),
        "people": Member.objects.unscoped(everything).people().count(),
        "clients": ApiClient.objects.unscoped(everything).filter(revoked_at=None).count(),
        "discounts": TierDiscount.objects.count(),
        "promotions": Promotion.objects.count(),
        "documents": Collateral.objects.count(),
        "news": NewsPage.objects.live().count(),
        "articles": ArticlePage.objects.live().count(),
        "leads": Lead.objects.unscoped(everything).count(),
        "leads held": Lead.objects.unscoped(everything).filter(owner__isnull=False).count(),
        "leads won": Lead.objects.unscoped(everything).filter(deal__sales_stage="won").count(),
        "deals": Deal.objects.unscoped(everything).count(),
        "deals protected": Deal.objects.unscoped(everything).filter(protections__isnull=False).distinct().count(),
        "people at customers": DealContact.objects.count(),
        "promises": Promise.objects.count(),
        "objections": Objection.objects.count(),
        "evidence": Evidence.objects.unscoped(everything).count(),
        "extensions": ExtensionRequest.objects.unscoped(everything).filter(state="pending").count(),
        "stops of clocks": ProtectionHold.objects.unscoped(everything).filter(state="granted").count(),
        "appeals": Appeal.objects.unscoped(everything).count(),
        "precedents": Precedent.objects.count(),
    }


def test_the_demo_loads_completely_and_again_without_a_change(db, place):
    said = load()
    first = counts()
    assert first == {
        "products": 7_881,
        "prices": 26_350 + 2_122 + 2_336 + 2_336,
        "versions": 3,
        "stock": 10_436,
        "customers": 2_092 + 1,
        "partners": 43,
        "people": 7,
        "clients": 2,
        "discounts": 36,
        "promotions": 1,
        "documents": 6,
        "news": 6,
        "articles": 6,
        "leads": 48,
        "leads held": 12,
        "leads won": 3,
        "deals": 6 + 2 + 4,
        "deals protected": 5,
        "people at customers": 5,
        "promises": 3,
        "objections": 3,
        "evidence": 2 + 3,
        "extensions": 1,
        "stops of clocks": 1,
        "appeals": 2,
        "precedents": 1,
    }
    for count in ("7,881 rows", "26,350 rows", "10,436 rows", "2,092 rows", "43 rows"):
        assert count in said
    assert list(verify_all()) == []
    _check_sign_ins(place / "sign-ins.json")
    _check_entitlements()
    _check_site()
    _check_quote()
    _check_deals()
    before = (place / "sign-ins.json").read_bytes()
    again = load()
    assert counts() == first
    assert (place / "sign-ins.json").read_bytes() == before
    assert " new" not in again
    assert " changed" not in again


def _check_quote() -> None:
    """Two revisions to compare on the check page, in both languages, with a mail that the lines can be proved by."""
    quotes = Quote.objects.unscoped("the demo").filter(contact_email="caigou@customer.example").order_by("revision")
    assert [(quote.revision, quote.status, quote.is_bilingual) for quote in quotes] == [
        (1, "superseded", True),
        (2, "issued", True),
    ]
    assert all(line.second_name for line in quotes[1].lines.all())


def _check_deals() -> None:
    """On first sight: a deal that is ready to hand over and one that is not, work overdue, a twin in the queue."""
    now, by_seller = timezone.now(), {}
    for email in ("jannik.ebersbach@quellstein.example", "marijke.hoogland@zevenpolder.example"):
        actor = actor_for_user(User.objects.get(email=email), Door.EXTRANET)
        (deal,) = Deal.objects.visible_to(actor).filter(contacts__isnull=False).distinct()
        brief = brief_of(actor, deal, now=now)
        assert len(brief.overdue) == 1
        assert {quote.status for quote in Quote.objects.visible_to(actor).filter(story_uuid=deal.uuid)} == {"issued"}
        by_seller[email[0]] = (brief.readiness.score, brief.readiness.is_ready)
    assert by_seller == {"j": (83, True), "m": (25, False)}
    (waiting,) = waiting_for_an_answer(portal_actor(Door.DESK))
    assert (waiting.partner.code, waiting.twin_count) == ("ZEVENPOLDER", 1)
    twin = DealTwin.objects.get(deal=waiting)
    assert twin.end_customer.legal_name == "Pfeiffer Vacuum Technology AG"
    assert twin.score < SAME
    states = Appeal.objects.unscoped("the demo").order_by("state").values_list("state", "due_at")
    assert [state for state, _due in states] == ["open", "upheld"]
    assert all(due > now for _state, due in states)
    former = Deal.objects.unscoped("the demo").get(external_id="OPP-2024-0117")
    story = deal_history(actor_for_user(former.owner, Door.EXTRANET), former).entries
    assert [entry.at.date().isoformat() for entry in story][:2] == ["2024-02-05", "2024-05-28"]
    assert "Maplewood CRM" in story[0].text


def _check_sign_ins(path) -> None:
    """Everybody signs in with what the file says, and only its owner can read it."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["address"] == "http://localhost:8765"
    entries = {entry["role"]: entry for entry in content["sign_ins"]}
    assert set(entries) == {
        "vendor_manager",
        "pricing_manager",
        "editor",
        "partner_administrator_a",
        "seller_a",
        "seller_b",
        "seller_c",
        "api_client_vendor",
        "api_client_partner_a",
    }
    for entry in entries.values():
        if "password" in entry:
            answer = Client().post("/accounts/login/", {"login": entry["email"], "password": entry["password"]})
            assert answer.status_code == 302, entry["role"]
        else:
            answer = Client().post(
                "/api/oauth/token",
                {
                    "grant_type": "client_credentials",
                    "client_id": entry["client_id"],
                    "client_secret": entry["client_secret"],
                },
            )
            assert answer.status_code == 200, entry["role"]


def _check_entitlements() -> None:
    """Seller A's company is entitled to something that seller B's is not: the story of the library needs it."""
    seen = {}
    for who, email in (("a", "jannik.ebersbach@quellstein.example"), ("b", "marijke.hoogland@zevenpolder.example")):
        actor = actor_for_user(User.objects.get(email=email), Door.EXTRANET)
        seen[who] = set(entitled_to(actor=actor, now=timezone.now()).values_list("title", flat=True))
    only_a = seen["a"] - seen["b"]
    assert {
        "Barcode scanners and mobile computers: selection guide",
        "Network equipment: overview for sellers",
    } <= only_a
    assert "Relays: selection table" in seen["a"] & seen["b"]
    for document in Collateral.objects.all():
        with document.file.open("rb") as file:
            assert file.read(5) == b"%PDF-"


def _check_site() -> None:
    site = Site.objects.get(is_default_site=True)
    assert (site.hostname, site.port) == ("localhost", 8765)
    english = site.root_page
    chinese = english.get_translation(Locale.objects.get(language_code="zh-hans"))
    assert chinese.title == "首页"
    slugs = [set(home.get_descendants().values_list("slug", flat=True)) for home in (english, chinese)]
    assert slugs[0] == slugs[1]
