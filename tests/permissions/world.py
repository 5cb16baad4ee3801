"""One world for all of these tests: a partner with something of everything to hide, and everybody who may come by.

Every text and amount of partner A that its rival must not learn is a *canary*: a string that stands nowhere else.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.test import Client
from django.utils import timezone

from concord.deals.actions.activities import add_activity
from concord.deals.actions.decisions import approve_registration
from concord.deals.actions.drafts import Registration, WantedLine, create_registration
from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.leads_claiming import claim_lead
from concord.deals.actions.leads_follow_up import note_contact
from concord.deals.actions.leads_receiving import LeadFacts, create_lead
from concord.deals.actions.leads_routing import free_lead
from concord.deals.actions.people import save_contact
from concord.deals.actions.promises import save_promise
from concord.deals.actions.submission import submit_registration
from concord.deals.enums import ActivityKind, EvidencePurpose
from concord.deals.models import Activity, Deal, DealContact, Evidence, Lead, LeadSource, Promise
from concord.documents.models import Collateral
from concord.partners.actions.api_clients import create_api_client
from concord.partners.actions.members import create_member
from concord.partners.enums import PartnerStatus
from concord.partners.models import ApiClient, EndCustomer, Member, Partner
from concord.portal.actor import Actor, portal_actor
from concord.portal.api import scopes
from concord.portal.enums import Door, Role
from concord.portal.events import Subject, sealing
from concord.portal.imports.runs import start_import
from concord.portal.models import ImportRun, User
from concord.portal.periods import period
from concord.pricing.actions.quotes import QuoteLineInput, draft_quote, issue_quote, keep_document
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import PriceList, Product, Quote, SpecialPrice, TierDiscount
from tests.cast import PASSWORD, Cast, make_cast
from tests.factories import FAR_AHEAD, LONG_AGO, make_price_list, make_product, set_price
from tests.permissions.planting import plant

#: in the order of the table's columns
PEOPLE = (
    "anonymous",
    "stranger",
    "suspended",
    "seller_a",
    "seller_a2",
    "admin_a",
    "seller_b",
    "vendor_manager",
    "pricing_manager",
    "editor",
    "client_vendor",
    "client_a",
    "client_b",
)
OF_A = frozenset({"seller_a", "seller_a2", "admin_a", "client_a"})
OUTSIDE_THE_DESK = ("anonymous", "stranger", "suspended", "seller_a", "admin_a", "seller_b", "client_vendor")

#: rows of the world are counted from here on
FIRST_NUMBER = 7_310_000_000

CANARIES = {
    "partner's name": "Quetzalin Distribution GmbH",
    "partner's code": "QZL-7731",
    "seller's name": "Svenja Quetzalbach",
    "seller's address": "svenja@quetzalin.example",
    "administrator's name": "Anke Quetzalmann",
    "deal's title": "Zirbelkiefer retrofit",
    "customer's name": "Murmeltierwerke Anlagenbau",
    "customer's contact": "Frieda Steinbockner",
    "contact's address": "frieda@murmeltierwerke.example",
    "contact's role": "Leiterin Alpaufzug",
    "description": "They curse the Gamsbart contract",
    "competitor": "Auerhahn Electronics",
    "evidence": "Murmeltier letter of intent",
    "activity": "Lunch at the Kuckucksuhr",
    "next step": "Send the Murmeltier drawing",
    "customer on the quote": "Murmeltierwerke Werk Sued",
    "quote's note": "Edelweiss rebate, keep quiet",
    "special price": "4711.37",
    "competitor of the special price": "Haselhuhn Ltd",
    "draft's title": "Wolpertinger pilot line",
    "draft's customer": "Wolpertinger Maschinenbau AG",
    "restricted collateral": "Alpensegler playbook",
    "restricted file": "alpensegler-secret-roadmap",
    "API client's name": "Quetzalin warehouse robot",
    "lead's customer": "Rotmilan Seilbahnen AG",
    "lead's contact": "Wendelin Rotmilaner",
    "lead's address": "wendelin@rotmilan.example",
    "lead's details": "The Auerochse gondola squeaks",
    "person": "Adelgunde Zirbler",
    "promise": "The Murmeltier keeps its burrow until June",
    "lead's note": "Coffee with Wendelin at the Gratweg",
    "objection": "The Gelbbauchunke croaks at night",
    "words before": "They would pay for the Bergdohle",
    "handover note": "Never mention the Kreuzotter to them",
    "appealed deal's title": "Steinadler gearbox line",
    "appealed deal's customer": "Feuersalamander Getriebe AG",
    "vendor's note to the partner": "We saw no Auerhenne there",
    "grounds of the appeal": "The Schneehuhn was there all the time",
    "appeal file": "Schneehuhn order",
    "special price's reason": "Else they buy the Tannenhaeher",
}
#: what not even the partner itself may read
VENDORS_OWN = "Nobody tells Quetzalin that we doubt them"


def canary(name: str) -> str:
    return CANARIES[name]


@dataclass
class World:
    """Who and what there is. ``deal``, ``quote``, ``draft`` … are partner A's; ``rivals`` are partner B's own."""

    cast: Cast
    suspended: User
    suspended_partner: Partner
    product: Product
    plain_product: Product
    customer: EndCustomer
    deal: Deal
    activity: Activity
    evidence: Evidence
    draft: Deal
    quote: Quote
    quote_draft: Quote
    collateral: Collateral
    open_collateral: Collateral
    rival_deal: Deal
    rival_quote: Quote
    price_list: PriceList
    run: ImportRun
    special_price: SpecialPrice
    lead: Lead
    rival_lead: Lead
    contact: DealContact
    promise: Promise
    appealed: Deal
    tokens: dict[str, str] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)

    def visitor(self, who: str) -> Client:
        """A signed-in test client, or one that sends the client's token."""
        if who not in self.clients:
            client = Client(raise_request_exception=False)
            if who in self.tokens:
                client = Client(raise_request_exception=False, headers={"authorization": f"Bearer {self.tokens[who]}"})
            elif who != "anonymous":
                client.force_login(self.user(who))
            self.clients[who] = client
        return self.clients[who]

    def member_of(self, user: User) -> uuid.UUID:
        """The public id of a colleague."""
        return Member.objects.unscoped("the test's world").get(user=user).uuid

    def client_of(self, partner: Partner) -> uuid.UUID:
        """The public id of a partner's API client."""
        return ApiClient.objects.unscoped("the test's world").get(partner=partner).uuid

    def user(self, who: str) -> User:
        return self.suspended if who == "suspended" else self.cast.people[who]


def make_world() -> World:
    cast = make_cast()
    portal = portal_actor(Door.SHELL)
    _name_the_canaries(cast)
    suspended_partner = Partner.objects.create(
        code="S-300", name="Suspended Parts Ltd", status=PartnerStatus.ACTIVE, tier=cast.tier, country="GB",
        currency="USD", time_zone="Europe/London",
    )  # fmt: skip
    suspended_partner.families.set([cast.family])
    suspended = create_member(
        actor=portal, email="seller@suspended.example", name="Stan Peterson", role=Role.SELLER,
        partner=suspended_partner, password=PASSWORD,
    ).user  # fmt: skip
    product, plain = make_product(cast.family, "RELAY-1"), make_product(cast.other_family, "SENSOR-3")
    prices = make_price_list("USD")
    set_price(prices, product, {1: "5200", 10: "5100"})
    set_price(prices, plain, "120")
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, percent=10, period=period(LONG_AGO, FAR_AHEAD))
    deal = _deal_of_a(cast, product)
    customer = deal.end_customer
    assert customer is not None
    SpecialPrice.objects.create(
        end_customer=customer, product=product, requested_by=cast.partner_a, currency="USD",
        unit_price=Decimal(canary("special price")), quantity=(1, 1000), period=period(LONG_AGO, FAR_AHEAD),
        status=SpecialPriceStatus.APPROVED, competitor=canary("competitor of the special price"),
    )  # fmt: skip
    appealed = plant(cast, deal, product, canary)
    deal.refresh_from_db()
    world = World(
        cast=cast,
        appealed=appealed,
        suspended=suspended,
        suspended_partner=suspended_partner,
        product=product,
        plain_product=plain,
        customer=customer,
        deal=deal,
        activity=deal.activities.exclude(next_step="").get(),
        evidence=_evidence(cast, deal),
        contact=save_contact(
            actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, name=canary("person"), now=datetime.now(UTC)
        ),
        promise=save_promise(
            actor=cast.actor(cast.seller_a),
            deal_uuid=deal.uuid,
            kind="other",
            text=canary("promise"),
            now=datetime.now(UTC),
        ),
        draft=_register(
            cast, cast.seller_a, product, title=canary("draft's title"), customer_name=canary("draft's customer")
        ),
        quote=_quote(cast, cast.seller_a, deal, product, issue=True),
        quote_draft=_quote(cast, cast.seller_a, deal, product, issue=False),
        collateral=_collateral(
            canary("restricted collateral"), canary("restricted file"), cast.vendor_manager, [cast.other_family]
        ),
        open_collateral=_collateral("General brochure", "brochure", cast.vendor_manager, []),
        rival_deal=_rival_deal(cast, plain),
        rival_quote=_rival_quote(cast),
        lead=_lead(
            cast,
            cast.seller_a,
            customer_name=canary("lead's customer"),
            contact_name=canary("lead's contact"),
            contact_email=canary("lead's address"),
            details=canary("lead's details"),
        ),
        rival_lead=_lead(cast, cast.seller_b, customer_name="Polderkranen B.V."),
        price_list=prices,
        run=_import_run(),
        special_price=SpecialPrice.objects.create(
            end_customer=customer,
            product=product,
            requested_by=cast.partner_a,
            currency="USD",
            unit_price=1,
            reason=canary("special price's reason"),
            quantity=NumericRange(1, None),
            period=period(timezone.now(), timezone.now() + timedelta(days=30)),
        ),
    )
    note_contact(
        actor=cast.actor(cast.seller_a), lead_uuid=world.lead.uuid, text=canary("lead's note"), now=datetime.now(UTC)
    )
    keep_document(quote_uuid=world.quote.uuid, content=b"%PDF-1.7", digest="0" * 64)
    world.run.rejections.save("rejected.csv", ContentFile(b"row"), save=True)
    world.run.mapping = [{"part": "column", "theirs": "a", "ours": "b", "how": "mapped", "rows": 1, "note": ""}]
    world.run.save()
    suspended_partner.status = PartnerStatus.SUSPENDED
    suspended_partner.save()
    seal_all()
    world.tokens = {
        "client_vendor": _token(None, "ERP of the vendor"),
        "client_a": _token(cast.partner_a, canary("API client's name")),
        "client_b": _token(cast.partner_b, "Bakker's shop system"),
    }
    return world


def seal_all() -> None:
    """Give every event its place and its deliveries, though the world's transaction is never committed."""
    committed = "e.xid < pg_snapshot_xmin(pg_current_snapshot())"
    assert committed in sealing._NEXT
    with patch.object(sealing, "_NEXT", sealing._NEXT.replace(committed, "true")):
        while sealing.seal():
            pass


def _name_the_canaries(cast: Cast) -> None:
    partner = cast.partner_a
    partner.name, partner.code = canary("partner's name"), canary("partner's code")
    partner.save()
    for user, name, address in (
        (cast.seller_a, canary("seller's name"), canary("seller's address")),
        (cast.admin_a, canary("administrator's name"), cast.admin_a.email),
    ):
        user.name, user.email = name, address
        user.save()


def _register(cast: Cast, who: User, product: Product, **facts: Any) -> Deal:
    registration = Registration(
        customer_country=facts.pop("customer_country", "DE"), lines=(WantedLine(product.sku, 10),), **facts
    )
    return create_registration(actor=cast.actor(who), registration=registration, now=datetime.now(UTC))


def _approved(cast: Cast, who: User, deal: Deal) -> Deal:
    submit_registration(actor=cast.actor(who), deal_uuid=deal.uuid, now=datetime.now(UTC))
    return approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=datetime.now(UTC))


def _deal_of_a(cast: Cast, product: Product) -> Deal:
    deal = _register(
        cast,
        cast.seller_a,
        product,
        title=canary("deal's title"),
        customer_name=canary("customer's name"),
        customer_city="Innsbruck",
        contact_name=canary("customer's contact"),
        contact_email=canary("contact's address"),
        contact_role=canary("contact's role"),
        description=canary("description"),
        competitor=canary("competitor"),
    )
    deal = _approved(cast, cast.seller_a, deal)
    note = {"deal_uuid": deal.uuid, "kind": ActivityKind.CALL, "now": datetime.now(UTC)}
    add_activity(actor=cast.actor(cast.seller_a), text=canary("activity"), next_step=canary("next step"), **note)
    add_activity(actor=cast.actor(cast.vendor_manager), text=VENDORS_OWN, is_internal=True, **note)
    return deal


def _evidence(cast: Cast, deal: Deal) -> Evidence:
    upload = SimpleUploadedFile(f"{canary('evidence')}.txt", b"We intend to buy.")
    return attach_evidence(
        actor=cast.actor(cast.seller_a),
        deal_uuid=deal.uuid,
        upload=upload,
        purpose=EvidencePurpose.REGISTRATION,
        now=datetime.now(UTC),
    )


def _rival_deal(cast: Cast, product: Product) -> Deal:
    product.family = cast.family
    product.save()
    deal = _register(
        cast, cast.seller_b, product, title="Bakker's own project", customer_name="Tulpenveld Machines B.V.",
        customer_country="NL", customer_city="Eindhoven",
    )  # fmt: skip
    return _approved(cast, cast.seller_b, deal)


def _quote(cast: Cast, who: User, deal: Deal, product: Product, *, issue: bool, own: bool = True) -> Quote:
    actor: Actor = cast.actor(who)
    quote = draft_quote(
        actor=actor,
        partner_id=deal.partner_id,
        seller_id=who.pk,
        end_customer_id=deal.end_customer_id,
        customer_name=canary("customer on the quote") if own else "Tulpenveld Machines B.V.",
        currency="USD",
        valid_until=(datetime.now(UTC) + timedelta(days=30)).date(),
        lines=[QuoteLineInput(product.sku, 10)],
        note=canary("quote's note") if own else "",
        story=Subject("deal", deal.uuid, deal.partner_id),
    )
    return issue_quote(actor=actor, quote_uuid=quote.uuid) if issue else quote


def _lead(cast: Cast, who: User, **facts: Any) -> Lead:
    lead = create_lead(
        actor=portal_actor(Door.SHELL),
        source=LeadSource.objects.get_or_create(code="manual", defaults={"name": "Entered by hand"})[0],
        facts=LeadFacts(customer_country="DE", customer_city="Bremen", families=[cast.family.code], **facts),
        now=datetime.now(UTC),
    )
    free_lead(actor=portal_actor(Door.SHELL), lead_uuid=lead.uuid, now=datetime.now(UTC))
    return claim_lead(actor=cast.actor(who), lead_uuid=lead.uuid, now=datetime.now(UTC))


def _rival_quote(cast: Cast) -> Quote:
    deal = Deal.objects.unscoped("building the world").get(partner=cast.partner_b)
    line = deal.lines.get()
    return _quote(cast, cast.seller_b, deal, line.product, issue=True, own=False)


def _collateral(title: str, name: str, by: User, families: list[Any]) -> Collateral:
    document = Collateral(title=title, uploaded_by_user=by, text=name, released=True)
    document.file.save(f"{name}.txt", ContentFile(f"The content of {name}.".encode()), save=False)
    document.save()
    document.families.set(families)
    return document


def _import_run() -> ImportRun:
    return start_import(
        actor=portal_actor(Door.SHELL),
        kind="stock",
        file=ContentFile(b"sku\nRELAY-1\n"),
        file_name="stock.csv",
        options={},
        dry_run=True,
        accept_good_rows=False,
    )


def _token(partner: Partner | None, name: str) -> str:
    role = Role.PARTNER_SYSTEM if partner else Role.VENDOR_SYSTEM
    api_client, secret = create_api_client(
        actor=portal_actor(Door.SHELL), name=name, partner=partner, scopes=scopes.OF_ROLE[role]
    )
    answer = Client().post(
        "/api/oauth/token",
        {"grant_type": "client_credentials", "client_id": api_client.client_id, "client_secret": secret},
    )
    assert answer.status_code == 200, answer.content
    token: str = answer.json()["access_token"]
    return token


ABSENT = uuid.UUID("00000000-0000-4000-8000-00000000dead")


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside has not happened afterwards, though requests may open durable transactions."""
    atomic = transaction.atomic()
    atomic._from_testcase = True  # what Django's own TestCase says, so that `durable=True` is content
    with atomic:
        yield
        transaction.set_rollback(True)
