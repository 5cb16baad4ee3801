"""Leads in every state, made through the actions themselves."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from concord.deals.actions.leads_claiming import claim_lead
from concord.deals.actions.leads_receiving import LeadFacts, create_lead
from concord.deals.actions.leads_routing import free_lead
from concord.deals.models import Lead, LeadSource
from concord.portal.actor import portal_actor
from concord.portal.models import User
from tests.cast import Cast
from tests.deals.making import now

#: what nobody may read before a claim; each stands nowhere else
SECRETS = {
    "customer_name": "Wintergarten Pumpenbau GmbH",
    "customer_registration_number": "HRB 771122",
    "customer_website": "wintergarten-pumpen.example",
    "details": "They want to replace Kuehnle",
    "contact_name": "Ottilie Wintergarten",
    "contact_email": "ottilie@wintergarten.example",
    "contact_phone": "+49 40 7711220",
    "contact_role": "Leiterin Instandhaltung",
    "external_id": "CRM-771122",
}
_numbers = itertools.count(1)


def source(code: str = "manual") -> LeadSource:
    """The source of that code; tests with real commits begin without those that the migration wrote."""
    return LeadSource.objects.get_or_create(code=code, defaults={"name": code})[0]


def facts(**changes: Any) -> LeadFacts:
    number = next(_numbers)
    values = {
        "customer_name": f"Kundenwerk {number:04} {number * 7919 % 10_007} AG",
        "customer_country": "DE",
        "customer_city": "Bremen",
        "families": ["connectors"],
        "summary": "Retrofit of a packing line",
    }
    return LeadFacts(**{**values, **changes})


def new(at: datetime | None = None, code: str = "manual", **changes: Any) -> Lead:
    return create_lead(actor=portal_actor(), source=source(code), facts=facts(**changes), now=at or now())


def free(at: datetime | None = None, code: str = "manual", **changes: Any) -> Lead:
    lead = new(at, code, **changes)
    return free_lead(actor=portal_actor(), lead_uuid=lead.uuid, now=at or now())


def claimed(cast: Cast, user: User | None = None, at: datetime | None = None, **changes: Any) -> Lead:
    lead = free(at, **changes)
    return claim_lead(actor=cast.actor(user or cast.seller_a), lead_uuid=lead.uuid, now=at or now())


def reload(lead: Lead) -> Lead:
    return Lead.objects.unscoped("the test looks").get(pk=lead.pk)
