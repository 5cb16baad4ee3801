"""May this actor ask for an extension or a hold, answer it, appeal or judge; and does the state allow it."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.enums import FINAL_STAGES, ReviewStatus, SalesStage
from concord.deals.models import Appeal, Deal, ProtectionLife
from concord.deals.protection_enums import AppealState
from concord.deals.queries.readiness import readiness_of
from concord.deals.rules import can_decide, can_edit, state_label
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import Allowed, Answer, Denied, WrongState

APPEALABLE = frozenset({ReviewStatus.DUPLICATE, ReviewStatus.REJECTED})


def can_ask(actor: Actor, deal: Deal) -> Answer:
    """Extensions and holds are asked for by those who work on the deal."""
    return can_edit(actor, deal)


def can_answer(actor: Actor, deal: Deal) -> Answer:
    """Requests are answered by channel managers and internal systems, never by the deal's own people."""
    return can_decide(actor, deal)


def can_appeal(actor: Actor, deal: Deal) -> Answer:
    """The losing partner's own people appeal."""
    if actor.is_vendor and not actor.is_portal:
        return Denied("appeal", _("Only the partner appeals against a decision."))
    return can_edit(actor, deal)


def can_judge(actor: Actor, appeal: Appeal) -> Answer:
    """A person, never the one who decided before; the named neutral person where there is one."""
    if actor.user_id is None or not actor.has_role(Role.CHANNEL_MANAGER):
        return Denied("judge", _("Only channel managers judge appeals."))
    if actor.user_id == appeal.decider_id:
        return Denied("second_eyes", _("Somebody else than the person who decided must judge the appeal."))
    if appeal.judge_id is not None and actor.user_id != appeal.judge_id:
        return Denied("not_the_judge", _("This appeal is judged by the neutral person that the programme names."))
    return Allowed()


def is_extendable(deal: Deal) -> bool:
    """Whether the deal's state allows extensions and holds: approved, and the sale still open."""
    return deal.review_status == ReviewStatus.APPROVED and deal.sales_stage not in FINAL_STAGES


def demand_protected(deal: Deal, row: ProtectionLife | None, *, now: datetime) -> ProtectionLife:
    """The live protection of an open deal. Raises ``WrongState`` for any other."""
    if row is None or row.ends_at <= now or not is_extendable(deal):
        raise WrongState(
            state=deal.state,
            allowed=["approved"],
            message=_("This needs a deal with a protection in force; this one is “%(state)s”.")
            % {"state": state_label(deal)},
        )
    return row


def demand_protected_or_won(deal: Deal, row: ProtectionLife | None, *, now: datetime) -> ProtectionLife:
    """The live protection of a deal, also of one that is won. Raises ``WrongState``."""
    if row is not None and row.ends_at > now and deal.sales_stage == SalesStage.WON:
        return row
    return demand_protected(deal, row, now=now)


def demand_appealable(deal: Deal) -> None:
    """Only what was decided against can be appealed against. Raises ``WrongState``."""
    if deal.review_status not in APPEALABLE or deal.sales_stage in FINAL_STAGES:
        raise WrongState(
            state=deal.state,
            allowed=sorted(APPEALABLE),
            message=_("This cannot be done with a registration that is “%(state)s”.") % {"state": state_label(deal)},
        )


def demand_open_appeal(appeal: Appeal) -> None:
    """An appeal is judged once. Raises ``WrongState``."""
    if appeal.state != AppealState.OPEN:
        raise WrongState(
            state=appeal.state, allowed=[AppealState.OPEN], message=_("This appeal has been judged already.")
        )


def is_ready_to_extend(deal: Deal, *, now: datetime) -> Answer:
    """Whether so much is known of the deal that somebody else could take over; the *no* says what is missing."""
    found = readiness_of(deal, now)
    if found.is_ready:
        return Allowed()
    message = _("Too little is known of this deal to extend its protection (%(score)d of %(line)d points). %(missing)s")
    missing = {"score": found.score, "line": found.line, "missing": " ".join(found.reasons)}
    return Denied("readiness", message % missing, {"score": found.score, "line": found.line})
