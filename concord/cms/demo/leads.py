"""The demo's pool: leads from companies that the data carries, some free, some offered, some followed up, some won."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from wagtail.models import Page

from concord.cms.demo.pages import LANGUAGES, publish_page, translate_pages
from concord.cms.models import HomePage, LeadFormPage
from concord.deals.actions.changes import change_registration
from concord.deals.actions.closing import win_deal
from concord.deals.actions.decisions import approve_registration
from concord.deals.actions.drafts import Registration, WantedLine
from concord.deals.actions.lead_sources import rate_sources, save_source
from concord.deals.actions.leads_claiming import claim_lead
from concord.deals.actions.leads_follow_up import convert_lead, note_contact
from concord.deals.actions.leads_receiving import LeadFacts, create_lead
from concord.deals.actions.leads_routing import free_lead, route_new_lead
from concord.deals.actions.submission import submit_registration
from concord.deals.models import Deal, Lead, LeadSource
from concord.deals.pool_enums import LeadState
from concord.deals.queries.leads import leads_for, room_of
from concord.partners.models import EndCustomer, Partner
from concord.portal.actor import Actor, actor_for_user
from concord.portal.enums import Door
from concord.portal.events import Subject
from concord.portal.imports import Progress
from concord.portal.models import User
from concord.pricing.actions.quotes import QuoteLineInput, accept_quote, draft_quote, issue_quote
from concord.pricing.models import Price, Product

SOURCES = ("fair-2026", "webinar", "form")
#: of each seller's claims: how many are followed up, and how many of these were won
FOLLOWED, WON = 3, 1


def load_leads(content: dict[str, Any], sellers: list[str], *, actor: Actor, now: datetime, progress: Progress) -> int:
    """Write sources and leads that are missing, and let the named sellers work on some; how many leads there are now.

    Whether the leads are there is read from their first one: what people did with them since stays.
    """
    _sources(content["sources"], actor)
    _form(content["form"])
    everything = Lead.objects.unscoped("what the demo holds")
    if not everything.filter(external_id="DEMO-001").exists():
        leads = []
        for number, customer in enumerate(_customers(content), start=1):
            leads.append(_lead(number, customer, content, actor=actor, now=now))
            progress(number, content["number"])
        for number, lead in enumerate(leads):
            if number % 4 == 3:
                route_new_lead(actor=actor, lead_id=lead.pk, now=now)
            else:
                free_lead(actor=actor, lead_uuid=lead.uuid, now=now - timedelta(days=3))
        for email in sellers:
            _work(actor_for_user(User.objects.get(email=email), Door.EXTRANET), actor, now)
        rate_sources(now=now)
    return everything.count()


def _sources(sources: list[dict[str, Any]], actor: Actor) -> None:
    known = set(LeadSource.objects.values_list("code", flat=True))
    for facts in sources:
        if facts["code"] not in known:
            save_source(actor=actor, source=LeadSource(**facts))


def _form(content: dict[str, Any]) -> None:
    """The public form in both languages."""
    source = LeadSource.objects.get(code="form")
    pages: dict[str, Page] = {}
    for code in LANGUAGES:
        home = HomePage.objects.get(locale__language_code=code)
        pages[code] = publish_page(home, LeadFormPage, content["slug"], code, {**content[code], "source": source})
    translate_pages(pages)


def _customers(content: dict[str, Any]) -> list[EndCustomer]:
    """A cross-section of the carried companies in the sellers' countries, those with a place and without namesakes."""
    found = (
        EndCustomer.objects.unscoped("the demo picks some")
        .filter(country__in=content["countries"], merged_into__isnull=True)
        .exclude(city="")
        .exclude(website="")
        .order_by("country", "legal_name", "pk")
    )
    known = [one for one in found if not any(word in one.legal_name for word in content["left_out"])]
    step = max(len(known) // content["number"], 1)
    return known[::step][: content["number"]]


def _lead(number: int, customer: EndCustomer, content: dict[str, Any], *, actor: Actor, now: datetime) -> Lead:
    is_chinese = customer.country in {"CN", "HK"}
    topic = content["topics"][number % len(content["topics"])]
    person = content["people"][number % len(content["people"])]
    facts = LeadFacts(
        external_id=f"DEMO-{number:03}",
        customer_name=customer.legal_name,
        customer_country=customer.country,
        customer_city=customer.city,
        customer_website=customer.website,
        customer_registration_number=customer.registration_number,
        sector=customer.sector,
        size=("small", "medium", "large")[number % 3],
        summary=topic["zh" if is_chinese else "en"],
        contact_name=person["name"],
        contact_role=person["role"],
        contact_email=f"contact{number:03}@customer.example",
        contact_phone=f"+00 555 {number:04}",
        families=topic["families"],
        language="zh-hans" if is_chinese else "en",
    )
    source = LeadSource.objects.get(code=SOURCES[number % len(SOURCES)])
    return create_lead(actor=actor, source=source, facts=facts, now=now)


def _work(seller: Actor, manager: Actor, now: datetime) -> None:
    """What one seller did in the last days: claims, contacts, and one deal that was won."""
    partner = Partner.objects.visible_to(seller).select_related("tier").get()
    claimed_at = now - timedelta(days=2)
    free = leads_for(seller).filter(state=LeadState.POOL).order_by("external_id")
    most = min(FOLLOWED + WON, room_of(partner, now=claimed_at).most_today)
    # Won is what the partner can be sold: the first leads about products that have a price in its currency.
    sellable = list(islice((lead.uuid for lead in free if _product(lead, partner) is not None), WON))
    others = [lead.uuid for lead in free if lead.uuid not in sellable][: max(most - len(sellable), 0)]
    for lead_uuid in [*sellable, *others]:
        claim_lead(actor=seller, lead_uuid=lead_uuid, now=claimed_at)
    for lead_uuid in sellable:
        _win(lead_uuid, seller, manager, partner, now)
    for lead_uuid in others[: FOLLOWED - WON]:
        text = "Called: they want a sample first." if partner.language == "en" else "已致电：客户希望先看样品。"
        note_contact(actor=seller, lead_uuid=lead_uuid, text=text, now=now - timedelta(days=1))


def _win(lead_uuid: Any, seller: Actor, manager: Actor, partner: Partner, now: datetime) -> None:
    """From the lead to the money: registration, approval, quote, acceptance."""
    lead = leads_for(seller).get(uuid=lead_uuid)
    product = _product(lead, partner)
    assert product is not None  # it was chosen for that
    deal = convert_lead(actor=seller, lead_uuid=lead_uuid, now=now - timedelta(days=1))
    line = WantedLine(product.sku, 250)
    names = ("customer_name", "customer_country", "customer_city", "contact_name", "contact_email", "contact_role")
    change_registration(
        actor=seller,
        deal_uuid=deal.uuid,
        registration=Registration(
            **{name: getattr(lead, name) for name in names},
            customer_website=lead.customer_website,
            customer_registration_number=lead.customer_registration_number,
            title=lead.summary,
            lines=(line,),
        ),
        now=now,
    )
    submit_registration(actor=seller, deal_uuid=deal.uuid, now=now)
    approve_registration(actor=manager, deal_uuid=deal.uuid, now=now)
    approved = Deal.objects.visible_to(seller).get(pk=deal.pk)
    assert approved.end_customer_id is not None  # the database holds it
    quote = draft_quote(
        actor=seller,
        partner_id=partner.pk,
        seller_id=approved.owner_id,
        end_customer_id=approved.end_customer_id,
        customer_name=approved.customer_name,
        currency=partner.currency,
        valid_until=(now + timedelta(days=30)).date(),
        lines=[QuoteLineInput(line.sku, line.quantity)],
        story=Subject("deal", approved.uuid, partner.pk),
    )
    issue_quote(actor=seller, quote_uuid=quote.uuid)
    accept_quote(actor=seller, quote_uuid=quote.uuid)
    win_deal(actor=seller, deal_uuid=deal.uuid, now=now)


def _product(lead: Lead, partner: Partner) -> Product | None:
    """A product of the lead's families that has a price in the partner's currency."""
    priced = Price.objects.filter(price_list__currency=partner.currency, product__family__in=lead.families.all())
    families = partner.families.all()
    return (
        Product.objects.filter(pk__in=priced.values("product_id"), family__in=families, status="active")
        .order_by("sku")
        .first()
    )
