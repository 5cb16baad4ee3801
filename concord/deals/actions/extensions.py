"""Extending a protection: asked for with evidence, answered with a reason, granted when nobody answers in time."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.locked import Expectation, chosen_reason, locked_deal, moment_after_lock, subject_of
from concord.deals.actions.protection_life import change_life, locked_life, with_change
from concord.deals.enums import EvidencePurpose, ReasonKind
from concord.deals.models import Deal, Evidence, ExtensionRequest, ProtectionLife
from concord.deals.protection.life import Life, extended, reaches_further
from concord.deals.protection.working_time import answer_due_at
from concord.deals.protection_enums import RequestState
from concord.deals.protection_rules import can_answer, can_ask, demand_protected, is_ready_to_extend
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protection_life import life_of, requests_of
from concord.deals.rules import can_decide
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.refusals import Conflict, Denied, InvalidInput, WrongState
from concord.portal.work import action

LONGEST_NOTE = 2_000
#: so long beyond the moment at which the answer is due a protection is kept, so that no timer comes too late
SLACK = timedelta(days=1)


class ExtensionPending(Conflict):
    """One request of a deal waits at a time."""

    default_code = "extension_pending"

    def __init__(self) -> None:
        super().__init__(_("An extension was asked for already and waits for an answer."))


class NotReady(Conflict):
    """Too little is known of the deal to extend its protection; the message says what is missing."""

    default_code = "not_ready"


@action
def request_extension(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    note: str,
    now: datetime,
    upload: UploadedFile[bytes] | None = None,
    expect: Expectation | None = None,
) -> ExtensionRequest:
    """Ask for more time of protection, with evidence that the customer's project goes on.

    Locks the end customer, then the deal. Checks role, a protection in force, the note, that an extension is left and
    would reach further than the hard end, that enough is known of the deal, evidence newer than the last request, and
    that none waits. Writes the request and the file; where the answer is due after the end, the customer stays
    protected until then. Records ``deal.extension_requested``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``,
    ``Changed``, ``InvalidInput``, ``NotReady``, ``ExtensionPending``, ``Conflict``.
    """
    if upload is not None:
        # The file is looked into before any lock; refused later, it is not kept.
        attach_evidence(
            actor=actor, deal_uuid=deal_uuid, upload=upload, purpose=EvidencePurpose.EXTENSION, now=now, pointer="/file"
        )
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_ask(actor, deal).enforce()
    moment = moment_after_lock(now)
    row = demand_protected(deal, locked_life(deal), now=moment)
    said = _demand_note(note)
    life = life_of(row, deal)
    if requests_of(deal).filter(state=RequestState.PENDING).exists():
        raise ExtensionPending
    _demand_possible(row, life)
    request = ExtensionRequest(deal=deal, note=said, asked_at=moment, asked_by_id=actor.user_id)
    _demand_ready(deal, request)
    _demand_new_evidence(deal)
    request.answer_due_at = due = answer_due_at(moment, programme_terms())
    request.save(force_insert=True)
    if due + SLACK > row.ends_at:
        change_life(row, deal, replace(life, kept_until=due + SLACK), actor=actor, now=moment)
    deal.save()
    record(
        "deal.extension_requested",
        actor=actor,
        subject=subject_of(deal),
        payload={"request": request.uuid, "answer_due_at": due, "ends_at": row.ends_at},
    )
    return request


@action
def grant_extension(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str = "project_goes_on",
    note: str = "",
    expect: Expectation | None = None,
) -> ExtensionRequest:
    """Extend the protection by the programme's days, counted from its ordinary end and never beyond its hard end.

    Locks the end customer, then the deal. Checks role, that a request waits, the protection, the reason code, and that
    enough is known of the deal. Writes request, life, protections and benefits. Records ``deal.extended``. Raises
    ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``, ``NotReady``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_answer(actor, deal).enforce()
    request = _waiting(deal)
    moment = moment_after_lock(now)
    row = demand_protected(deal, locked_life(deal), now=moment)
    chosen = chosen_reason(ReasonKind.EXTEND, reason)
    _demand_possible(row, life_of(row, deal))
    _demand_ready(deal, request)
    request.reason, request.answer_note = chosen, note.strip()
    _extend(deal, row, request, actor=actor, now=moment, at=moment)
    return request


@action
def refuse_extension(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str,
    note: str = "",
    expect: Expectation | None = None,
) -> ExtensionRequest:
    """Leave the protection's end where it was; the partner reads the reason.

    Locks the end customer, then the deal. Checks role, that a request waits, and the reason code. Writes the request;
    a protection that was only kept for the answer ends now. Records ``deal.extension_refused``. Raises ``NotThere``,
    ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    can_answer(actor, deal).enforce()
    request = _waiting(deal)
    chosen = chosen_reason(ReasonKind.NO_EXTENSION, reason)
    moment = moment_after_lock(now)
    row = locked_life(deal)
    request.state, request.reason, request.answer_note = RequestState.REFUSED, chosen, note.strip()
    request.answered_at, request.answered_by_id = moment, actor.user_id
    request.save()
    if row is not None and row.kept_until is not None and row.ends_at > moment:
        ordinary = with_change(row, deal, kept_until=None)
        kept = None if ordinary.ends_at > moment else moment
        change_life(row, deal, replace(ordinary, kept_until=kept), actor=actor, now=moment)
    deal.save()
    record("deal.extension_refused", actor=actor, subject=subject_of(deal), payload={"reason": chosen.code})
    return request


@action
def extend_by_silence(
    *, actor: Actor, deal: Deal, row: ProtectionLife, request: ExtensionRequest, now: datetime
) -> ExtensionRequest:
    """Inside the timer, which holds the locks: grant what nobody answered by the moment at which the answer was due.

    Checks that enough is known of the deal, its contacts and promises as they are, its notes as old as they were when
    it was asked for: the vendor's silence ages nothing. Where the portal was away and a rival came in between, nothing
    is granted. Writes request, life, protections and benefits. Records ``deal.extended``. Raises ``NotReady``,
    ``Conflict``.
    """
    _demand_ready(deal, request)
    request.by_silence = True
    _extend(deal, row, request, actor=actor, now=now, at=request.answer_due_at)
    return request


def _extend(
    deal: Deal, row: ProtectionLife, request: ExtensionRequest, *, actor: Actor, now: datetime, at: datetime
) -> None:
    """``at``: the moment of the answer, at which the protection was in force."""
    request.state, request.answered_at, request.answered_by_id = RequestState.GRANTED, now, actor.user_id
    request.ends_before = row.ends_at
    row.extensions += 1
    change_life(row, deal, extended(life_of(row, deal), row.extension), actor=actor, now=at)
    request.ends_after = row.ends_at
    request.save()
    deal.save()
    payload = {
        "reason": request.reason.code if request.reason else "",
        "until": row.ends_at,
        "by_silence": request.by_silence,
    }
    record("deal.extended", actor=actor, subject=subject_of(deal), payload=payload)


def _waiting(deal: Deal) -> ExtensionRequest:
    request: ExtensionRequest | None = requests_of(deal).filter(state=RequestState.PENDING).first()
    if request is None:
        raise WrongState(
            state=deal.state, allowed=[RequestState.PENDING], message=_("No extension waits for an answer here.")
        )
    return request


def note_lacking(*, actor: Actor, deal: Deal, request: ExtensionRequest, refused: NotReady, now: datetime) -> None:
    """Inside the timer: keep, once, that silence could not grant a request; the partner reads what is missing."""
    request.lacking_at = now
    request.save(update_fields=["lacking_at", "updated_at"])
    record("deal.extension_lacking", actor=actor, subject=subject_of(deal), payload=dict(refused.details))


def _demand_possible(row: ProtectionLife, life: Life) -> None:
    if row.extensions >= row.most_extensions:
        raise Conflict(_("This protection was extended as often as the programme allows."), code="no_extension_left")
    if not reaches_further(life, row.extension):
        raise Conflict(_("No extension reaches beyond the hard end of a protection."), code="hard_end")


def _demand_ready(deal: Deal, request: ExtensionRequest) -> None:
    """Enough is known, measured at the moment of the request: while the vendor owes the answer nothing gets old."""
    ready = is_ready_to_extend(deal, now=request.asked_at)
    if isinstance(ready, Denied):
        raise NotReady(ready.message, details=ready.details)


def _demand_new_evidence(deal: Deal) -> None:
    files = Evidence.objects.unscoped("the deal was fetched through its scope").filter(
        deal=deal, purpose=EvidencePurpose.EXTENSION
    )
    last = requests_of(deal).order_by("-asked_at").first()
    if last is not None:
        files = files.filter(created_at__gt=last.created_at)
    if not files.exists():
        message = _("Attach evidence that the customer's project goes on.")
        raise InvalidInput.at("/file", "required", message)


def _demand_note(note: str) -> str:
    said = note.strip()
    if not said or len(said) > LONGEST_NOTE or "\x00" in said:
        message = _("Say in 1 to %(most)d characters why.") % {"most": LONGEST_NOTE}
        raise InvalidInput.at("/note", "length", message)
    return said
