"""The demo's deals: alive, with people, promises, objections and a quote; and a registration that waits in the desk."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from concord.deals.actions.activities import add_activity
from concord.deals.actions.decisions import approve_registration
from concord.deals.actions.drafts import Registration, WantedLine, create_registration
from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.people import save_contact, save_objection
from concord.deals.actions.promises import save_promise
from concord.deals.actions.submission import submit_registration
from concord.deals.enums import EvidencePurpose
from concord.deals.models import Deal
from concord.partners.models import EndCustomer, Partner
from concord.portal.actor import Actor, actor_for_user
from concord.portal.enums import Door
from concord.portal.events import Subject
from concord.portal.models import User
from concord.portal.periods import local_date
from concord.pricing.actions.quotes import QuoteLineInput, draft_quote, issue_quote
from concord.pricing.enums import Lifecycle, VersionStatus
from concord.pricing.models import Product

#: gives each deal of the demo its own fixed number, by which it is found again
_NUMBERS = uuid.UUID("5f0c7c1e-5d0b-4b5e-9f64-6f3f1f0f3a5d")
_QUOTE_HOLDS = timedelta(days=30)


def load_deals(content: list[dict[str, Any]], *, actor: Actor, now: datetime) -> int:
    """Write the deals that are missing, as their sellers would; how many of them there are.

    What people did with a deal since it was written stays as it is.
    """
    known = Deal.objects.unscoped("what the demo has")
    numbers = {facts["key"]: number_of(facts["key"]) for facts in content}
    there = set(known.filter(uuid__in=numbers.values()).values_list("uuid", flat=True))
    for facts in content:
        if numbers[facts["key"]] not in there:
            _Writer(facts, numbers[facts["key"]], now).write(manager=actor)
    return known.filter(uuid__in=numbers.values()).count()


def number_of(key: str) -> uuid.UUID:
    """The fixed number of a deal of the demo."""
    return uuid.uuid5(_NUMBERS, key)


def register_deal(facts: dict[str, Any], *, now: datetime) -> uuid.UUID:
    """Register one deal as its seller would, and hand it in; its number."""
    number = number_of(facts["key"])
    _Writer(facts, number, now).register()
    return number


class _Writer:
    """One deal, from its registration to its latest promise."""

    def __init__(self, facts: dict[str, Any], number: uuid.UUID, now: datetime) -> None:
        self.facts, self.number, self.now = facts, number, now
        self.seller = _person(facts["seller"])
        self.partner = Partner.objects.visible_to(self.seller).get()
        self.skus = [_sku(family, self.partner.currency) for family in facts["families"]]
        self.people: dict[str, uuid.UUID] = {}

    def write(self, *, manager: Actor) -> None:
        """Register; where the vendor has approved, all that came of it."""
        self.register()
        if not self.facts["is_approved"]:
            return
        approve_registration(actor=manager, deal_uuid=self.number, now=self.now)
        self._people()
        self._work()
        self._promises()
        self._quote()

    def register(self) -> None:
        """Write it and hand it in."""
        facts, claim = self.facts, self._claim()
        lines = [WantedLine(sku, facts["pieces"]) for sku in self.skus]
        registration = Registration(
            **claim,
            title=facts["title"],
            description=facts["description"],
            competitor=facts.get("competitor", ""),
            expected_close_on=local_date(self.now, "UTC") + timedelta(days=70),
            lines=lines,
        )
        create_registration(actor=self.seller, registration=registration, now=self.now, public_id=self.number)
        if "paper" in facts and "grounds" not in facts:  # an appeal's paper comes with the appeal
            self._attach(facts["paper"], EvidencePurpose.REGISTRATION)
        submit_registration(actor=self.seller, deal_uuid=self.number, now=self.now)

    def _claim(self) -> dict[str, Any]:
        """The customer as the seller types it: one that the data carry, or a spelling of its own."""
        if "typed" in self.facts:
            return dict(self.facts["typed"])
        customer = (
            EndCustomer.objects.unscoped("the demo's customer by name")
            .filter(legal_name=self.facts["customer"], merged_into__isnull=True)
            .order_by("pk")[0]
        )
        return {
            "customer_name": customer.legal_name,
            "customer_country": customer.country,
            "customer_city": customer.city,
            "customer_website": customer.website,
        }

    def _people(self) -> None:
        for person in self.facts["people"]:
            contact = save_contact(actor=self.seller, deal_uuid=self.number, now=self.now, **person)
            self.people[person["name"]] = contact.uuid
        for one in self.facts["objections"]:
            save_objection(actor=self.seller, deal_uuid=self.number, now=self.now, **self._with_contact(one))

    def _work(self) -> None:
        """Whoever the facts name was in contact, so many days ago; the last next step was due already."""
        for one in self.facts["activities"]:
            due = one.get("due_days_ago")
            add_activity(
                actor=_person(one["by"]) if "by" in one else self.seller,
                deal_uuid=self.number,
                kind=one["kind"],
                text=one["text"],
                contact=self.people.get(one.get("contact", "")),
                happened_at=self.now - timedelta(days=one["days_ago"]),
                next_step=one.get("next_step", ""),
                next_due_at=self.now - timedelta(days=due) if due else None,
                now=self.now,
            )

    def _promises(self) -> None:
        for one in self.facts["promises"]:
            promise = save_promise(
                actor=self.seller,
                deal_uuid=self.number,
                now=self.now,
                kind=one["kind"],
                text=one["text"],
                contact=self.people.get(one["contact"]),
                until_on=local_date(self.now, "UTC") + timedelta(days=one["days"]),
            )
            if "paper" in one:
                self._attach(one["paper"], EvidencePurpose.PROMISE, about=promise.uuid)

    def _quote(self) -> None:
        deal = Deal.objects.visible_to(self.seller).get(uuid=self.number)
        assert deal.end_customer_id is not None  # the database holds it
        quote = draft_quote(
            actor=self.seller,
            partner_id=self.partner.pk,
            seller_id=deal.owner_id,
            end_customer_id=deal.end_customer_id,
            customer_name=deal.customer_name,
            currency=self.partner.currency,
            valid_until=local_date(self.now, "UTC") + _QUOTE_HOLDS,
            lines=[QuoteLineInput(sku, self.facts["pieces"]) for sku in self.skus],
            story=Subject("deal", deal.uuid, self.partner.pk),
        )
        issue_quote(actor=self.seller, quote_uuid=quote.uuid)

    def _with_contact(self, one: dict[str, str]) -> dict[str, Any]:
        return {**one, "contact": self.people.get(one.get("contact", ""))}

    def _attach(self, paper: dict[str, str], purpose: EvidencePurpose, *, about: uuid.UUID | None = None) -> None:
        upload = SimpleUploadedFile(paper["name"], paper["text"].encode(), content_type="text/plain")
        attach_evidence(
            actor=self.seller, deal_uuid=self.number, upload=upload, purpose=purpose, about=about, now=self.now
        )


def _person(email: str) -> Actor:
    return actor_for_user(User.objects.get(email=email), Door.EXTRANET)


def _sku(family: str, currency: str) -> str:
    """The first product of a family that can be sold by the piece at a price in force."""
    found = (
        Product.objects.filter(
            family__code=family,
            minimum_order_quantity=1,
            order_multiple=1,
            status=Lifecycle.ACTIVE,
            prices__price_list__currency=currency,
            prices__minimum_quantity=1,
            prices__version__status=VersionStatus.IN_FORCE,
        )
        .order_by("sku")
        .values_list("sku", flat=True)
    )
    return str(found[0])
