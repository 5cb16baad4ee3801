"""Appeals: one against a decision, with new evidence, judged by somebody else than the one who decided."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.decisions import protect, refuse_protected
from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.locked import Expectation, chosen_reason, locked_deal, moment_after_lock, subject_of
from concord.deals.actions.protection_life import end_protection
from concord.deals.enums import EvidencePurpose, ReasonKind, ReviewStatus
from concord.deals.models import Appeal, Deal, Evidence
from concord.deals.protection.window import protection_window
from concord.deals.protection.working_time import appeal_until, judgement_due_at
from concord.deals.protection_enums import AppealState, EndCause
from concord.deals.protection_rules import can_appeal, can_judge, demand_appealable, demand_open_appeal
from concord.deals.queries.appeals import appeal_of, judge_for
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protections import live_protections, same_companies
from concord.deals.queries.twins import likely_twins
from concord.partners.models import ProductFamily
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.locking import lock_end_customers
from concord.portal.refusals import Conflict, InvalidInput, NotThere
from concord.portal.work import action

LONGEST_TEXT = 4_000


class AppealedAlready(Conflict):
    """A decision is appealed against once."""

    default_code = "appealed_already"

    def __init__(self) -> None:
        super().__init__(_("This decision was appealed against already. There is one appeal."))


class AppealTooLate(Conflict):
    """The time to appeal is over."""

    default_code = "appeal_too_late"

    def __init__(self, until: datetime) -> None:
        super().__init__(_("The time to appeal is over."), details={"appeal_until": until.isoformat()})


@action
def file_appeal(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    grounds: str,
    now: datetime,
    upload: UploadedFile[bytes] | None = None,
    expect: Expectation | None = None,
) -> Appeal:
    """Appeal against a rejection or a duplicate, with evidence that the decision did not know.

    Locks the deal. Checks role, state, that there was no appeal, the time, the grounds, and that a file was attached
    for the appeal since the decision that was not there before. Writes the file and the appeal, which goes to the
    programme's neutral person (to the deputy when that person decided). Records ``deal.appealed``. Raises
    ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``, ``AppealedAlready``, ``AppealTooLate``.
    """
    if upload is not None:
        # The file is looked into before any lock; refused later, it is not kept.
        attach_evidence(
            actor=actor, deal_uuid=deal_uuid, upload=upload, purpose=EvidencePurpose.APPEAL, now=now, pointer="/file"
        )
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_appeal(actor, deal).enforce()
    if Appeal.objects.unscoped("one appeal").filter(deal=deal).exists():
        raise AppealedAlready
    demand_appealable(deal)
    terms = programme_terms()
    assert deal.decided_at is not None  # a decision has its moment
    until = appeal_until(deal.decided_at, terms)
    if now >= until:
        raise AppealTooLate(until)
    said = _demand_text(grounds, "/grounds")
    _demand_new_evidence(deal)
    appeal = Appeal(
        deal=deal,
        grounds=said,
        decision=deal.review_status,
        decided_at=deal.decided_at,
        decider_id=deal.decided_by_id,
        filed_at=now,
        filed_by_id=actor.user_id,
        due_at=judgement_due_at(now, terms),
        judge_id=judge_for(terms, decider_id=deal.decided_by_id),
    )
    appeal.save(force_insert=True)
    deal.save()
    record(
        "deal.appealed",
        actor=actor,
        subject=subject_of(deal),
        payload={"appeal": appeal.uuid, "due_at": appeal.due_at},
    )
    return appeal


@action
def uphold_decision(
    *, actor: Actor, deal_uuid: uuid.UUID, reason: str, judgement: str, now: datetime, expect: Expectation | None = None
) -> Appeal:
    """The decision stands, for good.

    Locks the deal. Checks that the actor may judge this appeal, that it is open, reason code and text. Writes the
    appeal. Records ``deal.appeal_upheld``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``,
    ``InvalidInput``.
    """
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    appeal = _appeal_to_judge(actor, deal)
    chosen = chosen_reason(ReasonKind.UPHOLD, reason)
    _judge(appeal, AppealState.UPHELD, actor=actor, now=now, judgement=judgement)
    appeal.reason = chosen
    appeal.save()
    deal.save()
    record("deal.appeal_upheld", actor=actor, subject=subject_of(deal), payload={"reason": chosen.code})
    return appeal


@action
def overturn_decision(
    *, actor: Actor, deal_uuid: uuid.UUID, reason: str, judgement: str, now: datetime, expect: Expectation | None = None
) -> Appeal:
    """The decision falls: what rivals hold of this customer in these families ends, and the appellant is protected.

    Locks the end customer with every record of the same company, then the deal. Checks that the actor may judge, that
    the appeal is open, reason code, text, and that no protected twin is left undecided. Writes the rivals'
    protections, lives and benefits, then the deal, its protections, its benefit and the appeal: all in one
    transaction, so that there is no moment with two holders and none in which a third could come between. Records
    ``deal.protection_ended`` on the rivals' chains, ``deal.appeal_overturned`` on this one. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``, ``TwinUndecided``.
    """
    seen = Deal.objects.visible_to(actor).filter(uuid=deal_uuid).first()
    if seen is None or seen.end_customer_id is None:
        raise NotThere
    others = {twin.customer.pk for twin in likely_twins(seen)} | same_companies({seen.end_customer_id})
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True, customers=others)
    appeal = _appeal_to_judge(actor, deal)
    chosen = chosen_reason(ReasonKind.OVERTURN, reason)
    moment = moment_after_lock(now)
    _judge(appeal, AppealState.OVERTURNED, actor=actor, now=moment, judgement=judgement)
    families = list(ProductFamily.objects.filter(pk__in=deal.families.values("family_id")).order_by("code"))
    _end_rivals(deal, [family.pk for family in families], actor=actor, at=moment)
    refuse_protected(deal, families, now=moment)
    deal.review_status, deal.decision_reason, deal.protected_until_month = ReviewStatus.APPROVED, chosen, None
    deal.decided_at, deal.decided_by_id, deal.decision_note = moment, actor.user_id, judgement.strip()
    deal.save()
    window = protection_window(moment, deal.vendor_delay, programme_terms())
    protect(deal, families, window, actor=actor, now=moment)
    appeal.reason = chosen
    appeal.save()
    record(
        "deal.appeal_overturned",
        actor=actor,
        subject=subject_of(deal),
        payload={
            "reason": chosen.code,
            "families": [family.code for family in families],
            "protected_until": window.end,
        },
    )
    return appeal


def _end_rivals(deal: Deal, families: list[int], *, actor: Actor, at: datetime) -> None:
    customers = same_companies({deal.end_customer_id or 0})
    held = live_protections(end_customer_ids=customers, family_ids=families, now=at)
    rivals = {one.deal_id for one in held if one.deal_id != deal.pk}
    lock_end_customers(customers)
    rows = Deal.objects.unscoped("what an appeal takes from its rivals").select_for_update(of=("self",))
    for rival in rows.filter(pk__in=rivals).order_by("pk"):
        end_protection(rival, actor=actor, at=at, cause=EndCause.APPEAL, families=families)
        rival.save()


def _appeal_to_judge(actor: Actor, deal: Deal) -> Appeal:
    appeal: Appeal | None = appeal_of(deal)
    if appeal is None or not actor.is_vendor:
        raise NotThere
    can_judge(actor, appeal).enforce()
    demand_open_appeal(appeal)
    demand_appealable(deal)
    return appeal


def _judge(appeal: Appeal, state: AppealState, *, actor: Actor, now: datetime, judgement: str) -> None:
    appeal.judgement = _demand_text(judgement, "/judgement")
    appeal.state, appeal.judged_at, appeal.judged_by_id = state, now, actor.user_id


def _demand_new_evidence(deal: Deal) -> None:
    """A file for the appeal that came after the decision and is none of those that were there before."""
    files = list(
        Evidence.objects.unscoped("what the decision knew")
        .filter(deal=deal, is_internal=False)
        .values_list("purpose", "sha256", "at")
    )
    assert deal.decided_at is not None  # a decision has its moment
    known = {sha for _purpose, sha, at in files if at < deal.decided_at}
    since = {sha for purpose, sha, at in files if purpose == EvidencePurpose.APPEAL and at >= deal.decided_at}
    if since <= known:
        message = _("An appeal needs evidence that the decision did not know. Attach a file.")
        raise InvalidInput.at("/file", "required", message)


def _demand_text(text: str, pointer: str) -> str:
    said = text.strip()
    if not said or len(said) > LONGEST_TEXT or "\x00" in said:
        message = _("Say in 1 to %(most)d characters why.") % {"most": LONGEST_TEXT}
        raise InvalidInput.at(pointer, "length", message)
    return said
