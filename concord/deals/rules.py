"""May this actor do that with a registration, and if not, why not. Page, desk and API say the same."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from concord.deals.enums import DEED_STATES, FINAL_STAGES, Deed, EvidencePurpose, ReviewStatus
from concord.deals.models import Deal
from concord.partners.models import Member
from concord.partners.rules import can_manage_members
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied, WrongState

DECIDING = frozenset({Deed.RETURN, Deed.APPROVE, Deed.REJECT, Deed.DUPLICATE})
_DECIDERS = (Role.CHANNEL_MANAGER, Role.VENDOR_SYSTEM)


def can_register(actor: Actor) -> Answer:
    """Partners register for themselves; channel managers and internal systems on behalf of a partner."""
    if actor.is_partner or actor.has_role(*_DECIDERS):
        return Allowed()
    return Denied("register", _("Only partners and channel managers may register deals."))


def can_edit(actor: Actor, deal: Deal) -> Answer:
    """Those who work on the deal: its owner, the company's administrator and systems."""
    if _works_on(actor, deal):
        return Allowed()
    return Denied("edit", _("Only those who work on this deal may change it."))


def can_withdraw(actor: Actor, deal: Deal) -> Answer:
    """The partner's side alone withdraws what it registered."""
    return can_edit(actor, deal)


def can_close(actor: Actor, deal: Deal) -> Answer:
    """Where the sale stands, and that it is won or lost, say those who work on the deal, or a channel manager."""
    if actor.has_role(*_DECIDERS):
        return Allowed()
    return can_edit(actor, deal)


def can_decide(actor: Actor, deal: Deal | None = None) -> Answer:
    """Decisions are the channel manager's, and never on a registration of one's own."""
    if not actor.has_role(*_DECIDERS):
        return Denied("decide", _("Only channel managers decide on registrations."))
    if deal is not None and actor.user_id is not None and deal.owner_id == actor.user_id:
        return Denied("own_registration", _("Nobody decides on a registration of their own."))
    return Allowed()


def can_read_deals(actor: Actor) -> bool:
    """Partners read their own deals, channel and pricing managers all; editors of content have no business here."""
    return actor.is_partner or actor.has_role(Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)


def can_read_desk(actor: Actor) -> Answer:
    """The desk's lists of deals are read by channel managers and pricing managers."""
    if actor.has_role(Role.CHANNEL_MANAGER, Role.PRICING_MANAGER):
        return Allowed()
    return Denied("desk", _("Only channel managers and pricing managers see this."))


def can_add_activity(actor: Actor, deal: Deal) -> Answer:
    """The partner's people on the deal, channel managers and internal systems note what was done.

    A draft is the partner's alone.
    """
    if deal.review_status == ReviewStatus.DRAFT and actor.is_vendor and not (actor.is_portal or actor.is_superuser):
        return Denied("draft", _("Only those who work on this deal may change it."))
    if actor.has_role(*_DECIDERS):
        return Allowed()
    return can_edit(actor, deal)


def can_attach(actor: Actor, deal: Deal) -> Answer:
    """Evidence is handed in by those who work on the deal, by channel managers and internal systems."""
    if actor.has_role(*_DECIDERS):
        return Allowed()
    return can_edit(actor, deal)


def demand_open_for_evidence(deal: Deal, purpose: EvidencePurpose) -> None:
    """A deal that is over takes evidence for an appeal or a promise alone. Raises ``WrongState``."""
    if deal.is_final and purpose not in {EvidencePurpose.APPEAL, EvidencePurpose.PROMISE}:
        still_open = {ReviewStatus.DRAFT, ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.APPROVED}
        raise WrongState(
            state=deal.state,
            allowed=sorted(still_open),
            message=_("This cannot be done with a registration that is “%(state)s”.") % {"state": state_label(deal)},
        )


def can_break_glass(actor: Actor) -> Answer:
    """A channel manager may open a draft that is a seller's own, with a reason; systems have no emergencies."""
    if actor.has_role(Role.CHANNEL_MANAGER) and actor.user_id is not None:
        return Allowed()
    return Denied("break_glass", _("Only channel managers open drafts of sellers."))


def can_hand_over(actor: Actor, deal: Deal) -> Answer:
    """Whoever works on the deal hands it over, and channel managers and internal systems do."""
    if actor.has_role(*_DECIDERS):
        return Allowed()
    return can_edit(actor, deal)


def can_hand_over_person(actor: Actor, member: Member) -> Answer:
    """A person's work is handed over by the person, the company's administrator, or a channel manager."""
    if actor.user_id is not None and actor.user_id == member.user_id:
        return Allowed()
    return can_manage_members(actor=actor, partner_id=member.partner_id)


def may(actor: Actor, deed: Deed, deal: Deal) -> Answer:
    """Whether the actor's role reaches for a deed, whatever the deal's state."""
    if deed in DECIDING:
        return can_decide(actor, deal)
    if deed == Deed.WITHDRAW:
        return can_withdraw(actor, deal)
    if deed in {Deed.STAGE, Deed.WIN, Deed.LOSE}:
        return can_close(actor, deal)
    return can_edit(actor, deal)


def is_possible(deed: Deed, deal: Deal) -> bool:
    """Whether the deal's state allows a deed, whoever asks."""
    return deal.sales_stage not in FINAL_STAGES and deal.review_status in DEED_STATES[deed]


def demand_state(deed: Deed, deal: Deal) -> None:
    """Raise ``WrongState``, naming the state and those that would allow the deed, unless it is possible now."""
    if not is_possible(deed, deal):
        raise WrongState(
            state=deal.state,
            allowed=sorted(DEED_STATES[deed]),
            message=_("This cannot be done with a registration that is “%(state)s”.") % {"state": state_label(deal)},
        )


def state_label(deal: Deal) -> str:
    """The deal's state in the reader's language."""
    if deal.sales_stage in FINAL_STAGES:
        return str(deal.get_sales_stage_display())
    return str(deal.get_review_status_display())


def possible_deeds(actor: Actor, deal: Deal) -> Sequence[Deed]:
    """What the actor can do with the deal now, in the order of the buttons."""
    return [deed for deed in Deed if is_possible(deed, deal) and may(actor, deed, deal)]


def _works_on(actor: Actor, deal: Deal) -> bool:
    if actor.is_portal or actor.is_superuser:
        return True
    if not actor.is_partner or actor.partner_id != deal.partner_id:
        return False
    return actor.sees_whole_partner or deal.owner_id == actor.user_id
