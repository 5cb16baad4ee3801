"""A deal's page: where it stands, what is protected, its quotes, what was done and the whole story."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.deals.access import access_deal
from concord.deals.actions.activities import add_activity, finish_step
from concord.deals.actions.closing import lose_deal, win_deal, withdraw_registration
from concord.deals.actions.locked import as_read_at
from concord.deals.actions.stages import move_stage
from concord.deals.actions.submission import submit_registration
from concord.deals.enums import COMPLETABLE, OPEN_STAGES, Deed, ReasonKind, ReviewStatus, SalesStage
from concord.deals.forms.activity import ActivityForm, EndForm
from concord.deals.forms.evidence import EvidenceForm
from concord.deals.models import Deal, DealContact
from concord.deals.protection.working_time import appeal_until
from concord.deals.protection_enums import RequestState
from concord.deals.protection_rules import can_appeal, can_ask, is_extendable
from concord.deals.queries.evidence import evidence_of
from concord.deals.queries.history import deal_history
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protection_life import protection_view
from concord.deals.queries.protections import protections_of
from concord.deals.queries.registrations import activities_of, is_overdue, lines_of, next_step_of
from concord.deals.queries.story import contacts_of, objections_of, promises_of
from concord.deals.queries.timeline import timeline_of
from concord.deals.queries.vocabulary import Vocabulary
from concord.deals.queries.workbench import urgency
from concord.deals.rules import can_add_activity, can_attach, can_read_deals, possible_deeds
from concord.deals.tables import detail_url
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotAllowed, NotThere, Refusal
from concord.portal.ui.looks import look_of
from concord.pricing.queries.quotes import quotes_of_story


@require_safe
@extranet_page(can_read_deals)
def detail(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """One deal."""
    return _page(request, access_deal(actor_of(request), deal_uuid, "appeal__reason"))


def _page(
    request: HttpRequest, deal: Deal, *, activity_form: ActivityForm | None = None, status: int = 200
) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    words = Vocabulary()
    history = deal_history(actor, deal, words)
    activities = activities_of(actor, deal)
    contacts, promises, objections = contacts_of(deal), promises_of(deal), objections_of(deal)
    step, protections = next_step_of(activities), protections_of(deal)
    deeds = set(possible_deeds(actor, deal))
    context: dict[str, Any] = {
        "deal": deal,
        "lines": lines_of(deal),
        "protections": [one for one in protections if one.period.upper > now] or protections,
        "quotes": quotes_of_story(actor, "deal", deal.uuid, now=now),
        "history": history,
        "timeline": timeline_of(
            history, request.GET, things=[*activities, *contacts, *promises, *objections], is_vendor=actor.is_vendor
        ),
        "activities": activities,
        "contacts": contacts,
        "promises": promises,
        "objections": objections,
        "step": step,
        "step_overdue": is_overdue(step, now=now),
        "deeds": {deed.value: True for deed in deeds},
        "stages": _stages(deal),
        "to_complete": [COMPLETABLE[name] for name in deal.fields_to_complete if name in COMPLETABLE],
        "clock": urgency(deal.answer_due_at, now=now),
        "version": deal.updated_at.isoformat(),
        "can_add_activity": bool(can_add_activity(actor, deal)),
        "activity_form": activity_form or _activity_form(actor, contacts, words),
        "is_vendor": actor.is_vendor,
        "evidence": evidence_of(actor, deal),
        "evidence_form": EvidenceForm(is_vendor=actor.is_vendor) if can_attach(actor, deal) else None,
        **_ending(deeds, words),
        **_loss(actor, deal, now),
        **_protection(actor, deal, now),
    }
    return render(request, "deals/detail.html", context, status=status)


def _stages(deal: Deal) -> list[dict[str, Any]]:
    """The way of the sale, once the registration was handed in: the stages and how it ended, if it has."""
    if deal.review_status == ReviewStatus.DRAFT:
        return []
    way = [SalesStage(stage) for stage in OPEN_STAGES]
    stage = SalesStage(deal.sales_stage)
    if stage not in way:
        # Of a sale that is over nobody says here how far it had come: the history does.
        return []
    return [
        {
            "value": one.value,
            "label": one.label,
            "icon": look_of(one.value, kind="deal").icon,
            "is_behind": way.index(one) < way.index(stage),
            "is_current": one == stage,
        }
        for one in way
    ]


def _activity_form(actor: Actor, contacts: list[DealContact], words: Vocabulary, data: Any = None) -> ActivityForm:
    return ActivityForm(data, kinds=words.kinds_on_offer(), contacts=contacts, is_vendor=actor.is_vendor)


def _ending(deeds: set[Deed], words: Vocabulary) -> dict[str, Any]:
    """The forms of the dialogs that end a deal."""
    endings = {Deed.LOSE: ReasonKind.LOSE, Deed.WITHDRAW: ReasonKind.WITHDRAW}
    kinds = [kind for deed, kind in endings.items() if deed in deeds]
    return {f"{kind}_form": EndForm(reasons=words.reasons_on_offer(kind), prefix=kind) for kind in kinds}


def _protection(actor: Actor, deal: Deal, now: datetime) -> dict[str, Any]:
    """The protection's clock and what may be asked for."""
    view = protection_view(deal, now=now)
    asks = view is not None and view.is_live and is_extendable(deal) and bool(can_ask(actor, deal))
    if view is None or not asks:
        return {"protection": view}
    extension, hold = (one is not None and one.state == RequestState.PENDING for one in (view.extension, view.hold))
    return {
        "protection": view,
        "can_ask_extension": not extension and view.extensions_left > 0 and view.can_reach_further,
        "can_ask_hold": not hold and view.hold_left > timedelta(),
    }


def _loss(actor: Actor, deal: Deal, now: datetime) -> dict[str, Any]:
    """What the loser of a decision learns: until when it may appeal, in the vendor's working days; what came of it."""
    appeal = getattr(deal, "appeal", None)
    if appeal is not None:
        return {"appeal": appeal}
    if deal.review_status not in {"duplicate", "rejected"} or deal.decided_at is None:
        return {}
    terms = programme_terms()
    until = appeal_until(deal.decided_at, terms)
    return {
        "appeal_until": until,
        "appeal_days": terms.appeal_within_working_days,
        "appeal_open": until > now,
        "can_appeal": bool(can_appeal(actor, deal)),
    }


@require_safe
@extranet_page(can_read_deals)
def history(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """The whole story, oldest first."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    return render(request, "deals/history.html", {"deal": deal, "history": deal_history(actor, deal)})


def _submit(actor: Actor, deal: Deal, request: HttpRequest) -> str:
    submit_registration(actor=actor, deal_uuid=deal.uuid, now=timezone.now(), expect=_as_shown(request))
    return _("Submitted. The vendor answers within its working hours; you will see it here.")


def _withdraw(actor: Actor, deal: Deal, request: HttpRequest) -> str:
    withdraw_registration(
        actor=actor,
        deal_uuid=deal.uuid,
        reason=request.POST.get("withdraw-reason", ""),
        now=timezone.now(),
        expect=_as_shown(request),
    )
    return _("Withdrawn.")


def _move(actor: Actor, deal: Deal, request: HttpRequest) -> str:
    moved = move_stage(
        actor=actor,
        deal_uuid=deal.uuid,
        stage=request.POST.get("stage", ""),
        now=timezone.now(),
        expect=_as_shown(request),
    )
    return _("The sale stands at “%(stage)s” now.") % {"stage": moved.get_sales_stage_display()}


def _win(actor: Actor, deal: Deal, request: HttpRequest) -> str:
    win_deal(actor=actor, deal_uuid=deal.uuid, now=timezone.now(), expect=_as_shown(request))
    return _("Congratulations. The deal is won.")


def _lose(actor: Actor, deal: Deal, request: HttpRequest) -> str:
    lose_deal(
        actor=actor,
        deal_uuid=deal.uuid,
        reason=request.POST.get("lose-reason", ""),
        now=timezone.now(),
        expect=_as_shown(request),
    )
    return _("Noted as lost.")


def _as_shown(request: HttpRequest) -> Any:
    return as_read_at(request.POST.get("version", ""))


_DEEDS: dict[str, Callable[[Actor, Deal, HttpRequest], str]] = {
    Deed.SUBMIT.value: _submit,
    Deed.WITHDRAW.value: _withdraw,
    Deed.STAGE.value: _move,
    Deed.WIN.value: _win,
    Deed.LOSE.value: _lose,
}


@require_POST
@extranet_page(can_read_deals)
def do(request: HttpRequest, deal_uuid: uuid.UUID, deed: str) -> HttpResponse:
    """One of the buttons of a deal's page."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    if deed not in _DEEDS:
        raise Http404
    try:
        messages.success(request, _DEEDS[deed](actor, deal, request))
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        # Incomplete: the form says at which field. Everything else is said above the page.
        errors = getattr(refusal, "errors", ())
        for sentence in [str(error.message) for error in errors] or [str(refusal.message)]:
            messages.error(request, sentence)
    return redirect(detail_url(deal))


@require_POST
@extranet_page(can_read_deals)
def note(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """Note an activity; refused, the page comes back with what was typed."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    form = _activity_form(actor, contacts_of(deal), Vocabulary(), request.POST)
    status = 422
    if form.is_valid():
        try:
            add_activity(actor=actor, deal_uuid=deal.uuid, now=timezone.now(), **form.cleaned_data)
        except (NotThere, NotAllowed):
            raise
        except Refusal as refusal:
            refuse_form(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Noted."))
            return redirect(detail_url(deal))
    return _page(request, deal, activity_form=form, status=status)


@require_POST
@extranet_page(can_read_deals)
def step_done(request: HttpRequest, deal_uuid: uuid.UUID, activity_uuid: uuid.UUID) -> HttpResponse:
    """The next step is done."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    finish_step(actor=actor, deal_uuid=deal.uuid, activity_uuid=activity_uuid, now=timezone.now())
    messages.success(request, _("Done."))
    return redirect(detail_url(deal))
