"""How leads come in: by hand, API, public form, import and from deals that lapsed; each told once, each matched."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.leads_locked import locked_lead, subject_of_lead, tell
from concord.deals.models import Deal, Lead, LeadClaim, LeadFamily, LeadSource
from concord.deals.pool_enums import OPEN_LEAD_STATES, ClaimEnd, ClaimWay, CompanySize, LeadState
from concord.deals.pool_rules import can_run_pool
from concord.deals.queries.precheck import families_by_code
from concord.deals.queries.twins import claim_of, is_same
from concord.partners.actions.customers import create_customer
from concord.partners.models import EndCustomer, ProductFamily
from concord.partners.queries.twins import CustomerClaim, find_twins
from concord.portal.actor import Actor
from concord.portal.countries import is_country
from concord.portal.enums import Visibility
from concord.portal.imports import folded
from concord.portal.refusals import FieldError, InvalidInput, WrongState
from concord.portal.work import action

LEAD_TEXTS: Final[dict[str, int]] = {
    "external_id": 64,
    "customer_name": 250,
    "customer_city": 120,
    "customer_registration_number": 64,
    "customer_website": 250,
    "sector": 120,
    "summary": 200,
    "details": 10_000,
    "contact_name": 150,
    "contact_email": 254,
    "contact_phone": 40,
    "contact_role": 120,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadFacts:
    """A lead as it was told. Empty texts mean not known; ``families`` are codes."""

    customer_name: str
    customer_country: str
    customer_city: str = ""
    customer_registration_number: str = ""
    customer_website: str = ""
    sector: str = ""
    size: str = CompanySize.UNKNOWN
    summary: str = ""
    details: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    contact_role: str = ""
    external_id: str = ""
    language: str = "en"
    families: Sequence[str] = ()

    def values(self) -> dict[str, Any]:
        """Everything but the families, by the lead's own field names, without blanks around texts."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "families"}
        values |= {name: values[name].strip() for name in LEAD_TEXTS}
        values["customer_country"] = self.customer_country.strip().upper()
        return values

    def fingerprint(self) -> str:
        """Who it is: the external id, else name, country, city and the contact's address, whatever their case."""
        who = (self.customer_name, self.customer_country, self.customer_city, self.contact_email)
        told = ("id", self.external_id.strip()) if self.external_id.strip() else ("who", *map(folded, who))
        return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


@action
def create_lead(
    *,
    actor: Actor,
    source: LeadSource,
    facts: LeadFacts,
    now: datetime,
    fingerprint: str = "",
    consent_text: str = "",
) -> Lead:
    """Write a lead, unless this source has told it before: then that one is returned as it stands.

    ``consent_text`` is what a person agreed to in the public form. Locks nothing: the database holds that a source
    tells a lead once. Checks the role and every value. Writes the lead with its families, linked to the end customer
    that it plainly is or to a new one. Records ``lead.created``, for the vendor alone. Raises ``NotAllowed``,
    ``InvalidInput``.
    """
    can_run_pool(actor).enforce()
    values, families = checked_lead(facts)
    mark = fingerprint or facts.fingerprint()
    known = Lead.objects.unscoped("a source tells a lead once").filter(source=source, fingerprint=mark).first()
    if known is not None:
        return known
    lead = Lead(
        source=source,
        fingerprint=mark,
        end_customer=_customer_behind(facts, actor=actor, now=now),
        consent_at=now if consent_text else None,
        consent_text=consent_text,
        **values,
    )
    lead.save(force_insert=True)
    _write_families(lead, families)
    _tell_created(lead, families, actor=actor)
    return lead


@action
def store_leads(*, actor: Actor, source: LeadSource, rows: Sequence[LeadFacts], now: datetime) -> tuple[int, int, int]:
    """Write many leads of one source: how many were new, changed and unchanged.

    A lead that was told before is changed as long as nobody holds it, and left alone from then on. Locks each lead
    that it changes. Checks, writes, records and raises what ``create_lead`` and ``change_lead`` do.
    """
    can_run_pool(actor).enforce()
    marks = [row.fingerprint() for row in rows]
    known = {
        lead.fingerprint: lead
        for lead in Lead.objects.unscoped("a source tells a lead once")
        .filter(source=source, fingerprint__in=marks)
        .prefetch_related("families")
    }
    created = changed = 0
    for mark, row in zip(marks, rows, strict=True):
        lead = known.get(mark)
        if lead is None:
            create_lead(actor=actor, source=source, facts=row, now=now)
            created += 1
        elif lead.state in OPEN_LEAD_STATES and _differences(lead, row):
            change_lead(actor=actor, lead_uuid=lead.uuid, facts=row, now=now)
            changed += 1
    return created, changed, len(rows) - created - changed


@action
def change_lead(*, actor: Actor, lead_uuid: uuid.UUID, facts: LeadFacts, now: datetime) -> Lead:
    """Change what a lead says, as long as nobody holds it.

    Locks the lead. Checks role, state and every value. Writes lead and families; another name or place is matched
    anew. Records ``lead.changed`` with the names of what differs, for the vendor alone, when anything does. Raises
    ``NotThere``, ``NotAllowed``, ``WrongState``, ``InvalidInput``.
    """
    can_run_pool(actor).enforce()
    lead = locked_lead(actor=actor, lead_uuid=lead_uuid)
    if lead.state not in OPEN_LEAD_STATES:
        raise WrongState(state=lead.state, allowed=OPEN_LEAD_STATES)
    values, families = checked_lead(facts)
    changed = _differences(lead, facts)
    if not changed:
        return lead
    for name, value in values.items():
        setattr(lead, name, value)
    if any(name.startswith("customer_") for name in changed):
        lead.end_customer = _customer_behind(facts, actor=actor, now=now)
    lead.save()
    if "families" in changed:
        LeadFamily.objects.filter(lead=lead).delete()
        _write_families(lead, families)
    tell(
        "lead.changed",
        actor=actor,
        subject=subject_of_lead(lead),
        payload={"fields": sorted(changed)},
        visibility=Visibility.INTERNAL,
    )
    return lead


@action
def lead_from_lapsed_deal(*, actor: Actor, deal: Deal, source: LeadSource, now: datetime) -> Lead | None:
    """Put a lapsed deal's customer into the pool; its partner cools down like every former owner. Safe to repeat.

    Locks nothing: the database holds that a deal lapses into one lead. Writes the lead at the deal's own customer, and
    the former ownership as an ended claim. Records ``lead.created``, for the vendor alone. Returns ``None`` for a deal
    that never reached a customer record, and for one that a lead was made of already.
    """
    if deal.end_customer is None or Lead.objects.unscoped("told once").filter(lapsed_deal=deal).exists():
        return None
    claim = claim_of(deal)
    lead = Lead(
        source=source,
        fingerprint=hashlib.sha256(f"deal\x1f{deal.uuid}".encode()).hexdigest(),
        end_customer=deal.end_customer,
        lapsed_deal=deal,
        customer_name=claim.name,
        customer_country=claim.country,
        customer_city=claim.city,
        customer_registration_number=claim.registration_number,
        customer_website=claim.website,
        sector=deal.end_customer.sector,
        contact_name=deal.contact_name,
        contact_email=deal.contact_email,
        contact_role=deal.contact_role,
    )
    lead.save(force_insert=True)
    families = list(ProductFamily.objects.filter(pk__in=deal.families.values("family_id")).order_by("code"))
    _write_families(lead, families)
    LeadClaim.objects.create(
        lead=lead,
        partner_id=deal.partner_id,
        owner_id=deal.owner_id,
        way=ClaimWay.DEAL,
        claimed_at=deal.submitted_at or now,
        ended_at=now,
        end=ClaimEnd.LAPSED,
    )
    _tell_created(lead, families, actor=actor)
    return lead


def checked_lead(facts: LeadFacts) -> tuple[dict[str, Any], list[ProductFamily]]:
    """The values of a lead and its families. Raises ``InvalidInput`` that names every wrong value."""
    values = facts.values()
    errors = _wrong_texts(values)
    if not values["customer_name"]:
        errors.append(FieldError("/customer/name", "required", _("Say who the customer is.")))
    if not is_country(values["customer_country"]):
        message = _("There is no such country; write its ISO 3166 code.")
        errors.append(FieldError("/customer/country", "unknown_country", message))
    if values["size"] not in CompanySize.values:
        errors.append(FieldError("/size", "choice", _("There is no such size of a company.")))
    if values["contact_email"]:
        try:
            EmailValidator()(values["contact_email"])
        except ValidationError:
            errors.append(FieldError("/contact/email", "email", _("This is not an e-mail address.")))
    families = families_by_code(facts.families)
    for index, code in enumerate(facts.families):
        if code not in families:
            errors.append(FieldError(f"/families/{index}", "unknown_family", _("There is no such product family.")))
    if errors:
        raise InvalidInput(errors)
    return values, sorted(families.values(), key=lambda family: family.code)


def _wrong_texts(values: dict[str, Any]) -> list[FieldError]:
    errors: list[FieldError] = []
    for name, longest in LEAD_TEXTS.items():
        group, _separator, rest = name.partition("_")
        pointer = f"/{group}/{rest}" if group in {"customer", "contact"} else f"/{name}"
        if len(values[name]) > longest:
            too_long = _("At most %(most)d characters.") % {"most": longest}
            errors.append(FieldError(pointer, "max_length", too_long))
        if "\x00" in values[name]:
            errors.append(FieldError(pointer, "characters", _("This text holds characters that cannot be kept.")))
    return errors


def _differences(lead: Lead, facts: LeadFacts) -> list[str]:
    changed = [name for name, value in facts.values().items() if getattr(lead, name) != value]
    if {family.code for family in lead.families.all()} != set(facts.families):
        changed.append("families")
    return changed


def _customer_behind(facts: LeadFacts, *, actor: Actor, now: datetime) -> EndCustomer:
    """The record that the lead plainly is, else a new one."""
    claim = CustomerClaim(
        name=facts.customer_name.strip(),
        country=facts.customer_country.strip().upper(),
        city=facts.customer_city.strip(),
        registration_number=facts.customer_registration_number.strip(),
        website=facts.customer_website.strip(),
    )
    same = [twin.end_customer_id for twin in find_twins(claim) if is_same(twin)]
    if same:
        return EndCustomer.objects.unscoped("the lead is this customer").get(pk=same[0])
    return create_customer(actor=actor, claim=claim, now=now, sector=facts.sector.strip())


def _write_families(lead: Lead, families: Collection[ProductFamily]) -> None:
    LeadFamily.objects.bulk_create(LeadFamily(lead=lead, family=family) for family in families)


def _tell_created(lead: Lead, families: Collection[ProductFamily], *, actor: Actor) -> None:
    tell(
        "lead.created",
        actor=actor,
        subject=subject_of_lead(lead),
        payload={
            "source": lead.source.code,
            "country": lead.customer_country,
            "families": [family.code for family in families],
            "state": LeadState.NEW.value,
        },
        visibility=Visibility.INTERNAL,
    )
