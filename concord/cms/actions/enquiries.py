"""Answers of the public form become leads."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from concord.cms.models import LeadFormPage
from concord.deals.actions.leads_receiving import LeadFacts, create_lead
from concord.deals.models import Lead
from concord.deals.pool.terms import pool_terms
from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.limits import Limit, spend
from concord.portal.work import action

_HOUR = timedelta(hours=1)


@action
def receive_enquiry(*, page: LeadFormPage, facts: LeadFacts, key: uuid.UUID, asked_by: str, now: datetime) -> Lead:
    """Write the lead that a visitor of the form asks for; sent twice with one ``key``, it is one lead.

    Locks nothing. Checks the limits of the address and of all visitors together, and every value. Writes the lead with
    the moment and the words of the consent. Records ``lead.created``. Raises ``TooMany``, ``InvalidInput``.
    """
    terms = pool_terms()
    spend(Limit("enquiry-address", terms.enquiries_an_hour, _HOUR), asked_by)
    spend(Limit("enquiry-all", terms.enquiries_an_hour_in_all, _HOUR), "everybody")
    return create_lead(
        actor=portal_actor(Door.PUBLIC),
        source=page.source,
        facts=facts,
        now=now,
        fingerprint=key.hex,
        consent_text=page.consent,
    )
