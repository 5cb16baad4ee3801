"""May this actor do that with a lead, and if not, why not."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from concord.deals.models import Lead
from concord.deals.pool_enums import LEAD_DEED_STATES, LeadDeed
from concord.deals.rules import can_read_deals
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied, WrongState


def can_read_pool(actor: Actor) -> bool:
    """Whoever reads deals reads leads: each side its own part of them."""
    return can_read_deals(actor)


def can_run_pool(actor: Actor) -> Answer:
    """Leads are brought in, routed, assigned and withdrawn by channel managers and internal systems."""
    if actor.has_role(Role.CHANNEL_MANAGER, Role.VENDOR_SYSTEM):
        return Allowed()
    return Denied("run_pool", _("Only channel managers run the pool of leads."))


def can_work_leads(actor: Actor) -> Answer:
    """Leads are claimed and answered by partners: the vendor assigns instead."""
    if actor.is_partner:
        return Allowed()
    return Denied("work_leads", _("Only partners claim leads. Assign the lead to a partner instead."))


def can_work_on(actor: Actor, lead: Lead) -> Answer:
    """A claimed lead is worked on by the one who holds it, the company's administrator and its systems."""
    if not actor.is_partner:
        return can_work_leads(actor)
    if actor.partner_id == lead.partner_id and (actor.sees_whole_partner or lead.owner_id == actor.user_id):
        return Allowed()
    return Denied("not_yours", _("Only those who work on this lead may do that."))


def possible_lead_deeds(actor: Actor, lead: Lead) -> Sequence[LeadDeed]:
    """What the actor can do with the lead now, in the order of the buttons; limits are looked at when it is done."""
    if not actor.is_partner:
        return []
    return [deed for deed in LeadDeed if LEAD_DEED_STATES[deed] == lead.state]


def demand_lead_state(deed: LeadDeed, lead: Lead) -> None:
    """Raise ``WrongState``, naming the state and the one that would allow the deed, unless it is possible now."""
    allowed = LEAD_DEED_STATES[deed]
    if lead.state != allowed:
        raise WrongState(
            state=lead.state,
            allowed=[allowed],
            message=_("This cannot be done with a lead that is “%(state)s”.") % {"state": lead.get_state_display()},
        )
