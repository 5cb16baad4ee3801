"""Fetching a deal for a door: the actor's own, or not there. The two are never told apart."""

from __future__ import annotations

import uuid

from django.utils import timezone

from concord.deals.models import Deal, Evidence, Lead
from concord.deals.queries.emergency import opened_in_emergency
from concord.deals.queries.leads import leads_for
from concord.portal.actor import Actor
from concord.portal.refusals import NotThere


def access_deal(actor: Actor, deal_uuid: uuid.UUID | str, *along: str) -> Deal:
    """One deal with partner, owner and reasons; also a draft opened in an emergency. Raises ``NotThere``.

    ``along`` names more relations that the page reads.
    """
    try:
        wanted = uuid.UUID(str(deal_uuid))
    except ValueError:
        raise NotThere from None
    deal = (
        Deal.objects.visible_to(actor)
        .select_related("partner", "owner", "end_customer", "decision_reason", "closing_reason", *along)
        .filter(uuid=wanted)
        .first()
    )
    if deal is None:
        deal = opened_in_emergency(actor, wanted, now=timezone.now())
    if deal is None:
        raise NotThere
    return deal


def access_lead(actor: Actor, lead_uuid: uuid.UUID) -> Lead:
    """One lead with what the actor may read of it. Raises ``NotThere``."""
    lead = leads_for(actor).filter(uuid=lead_uuid).first()
    if lead is None:
        raise NotThere
    return lead


def access_evidence(actor: Actor, deal: Deal, evidence_uuid: uuid.UUID) -> Evidence:
    """One file of a deal that the actor has fetched already. Raises ``NotThere``, also when the file itself is gone."""
    found = Evidence.objects.visible_to(actor).filter(deal=deal, uuid=evidence_uuid).first()
    if found is None or not found.file.storage.exists(found.file.name or ""):
        raise NotThere
    return found
