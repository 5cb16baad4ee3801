"""The customer decides in writing with whom it works: that ends a protection with the day."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.locked import Expectation, locked_deal, moment_after_lock, subject_of
from concord.deals.actions.protection_life import change_life, locked_life, with_change
from concord.deals.enums import EvidencePurpose
from concord.deals.models import Deal, Evidence
from concord.deals.protection_rules import demand_protected_or_won
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protections import same_companies
from concord.deals.rules import can_decide
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.periods import end_of_local_day, local_date
from concord.portal.refusals import InvalidInput
from concord.portal.work import action


@action
def record_customers_choice(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    upload: UploadedFile[bytes] | None = None,
    chosen: uuid.UUID | None = None,
    expect: Expectation | None = None,
) -> Deal:
    """The customer wrote that it works with somebody else: the protection ends when the next day begins.

    ``chosen`` is the registration that the customer prefers, where there is one at the same customer. The day is the
    vendor's. Locks the end customer, then the deals. Checks role, a protection in force, the customer's letter as
    evidence (for the vendor alone: it may name the other one), and the chosen registration. Writes life, protections
    and benefits. Records ``deal.customer_chose`` on both chains; neither names the other. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    if upload is not None:
        attach_evidence(
            actor=actor,
            deal_uuid=deal_uuid,
            upload=upload,
            purpose=EvidencePurpose.CUSTOMERS_CHOICE,
            now=now,
            is_internal=True,
            pointer="/file",
        )
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_decide(actor, deal).enforce()
    moment = moment_after_lock(now)
    row = demand_protected_or_won(deal, locked_life(deal), now=moment)
    letters = Evidence.objects.unscoped("the deal was fetched through its scope").filter(deal=deal)
    if not letters.filter(purpose=EvidencePurpose.CUSTOMERS_CHOICE).exists():
        raise InvalidInput.at("/file", "required", _("Attach what the customer wrote."))
    preferred = _preferred(actor, deal, chosen)
    zone = programme_terms().time_zone
    ends = end_of_local_day(local_date(moment, zone), zone)
    change_life(row, deal, with_change(row, deal, cut_at=ends), actor=actor, now=moment)
    deal.save()
    payload = {"ends_at": row.ends_at}
    record("deal.customer_chose", actor=actor, subject=subject_of(deal), payload={**payload, "for_you": False})
    if preferred is not None:
        record("deal.customer_chose", actor=actor, subject=subject_of(preferred), payload={**payload, "for_you": True})
    return deal


def _preferred(actor: Actor, deal: Deal, chosen: uuid.UUID | None) -> Deal | None:
    if chosen is None:
        return None
    found = (
        Deal.objects.visible_to(actor)
        .filter(uuid=chosen, end_customer_id__in=same_companies({deal.end_customer_id or 0}))
        .exclude(partner_id=deal.partner_id)
        .first()
    )
    if found is None:
        raise InvalidInput.at("/chosen", "unknown", _("This registration is not another partner's at this customer."))
    return found
