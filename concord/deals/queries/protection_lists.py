"""The desk's lists around protections, with the figures that stand above each: one statement for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from concord.deals.models import Appeal, ExtensionRequest, Precedent, ProtectionHold, ProtectionLife
from concord.deals.protection_enums import AppealState, EndCause, RequestState
from concord.portal.actor import Actor

#: how long before its end a protection ends "soon" where nobody says otherwise
SOON = timedelta(days=14)


def extension_rows(actor: Actor) -> QuerySet[Any]:
    """Every request for more time, with what the list and its file show of deal and people."""
    found: QuerySet[Any] = (
        ExtensionRequest.objects.visible_to(actor)
        .select_related("deal__partner", "asked_by", "reason")
        .annotate(reason_code=F("reason__code"), asker=F("asked_by__name"))
    )
    return found


def hold_rows(actor: Actor) -> QuerySet[Any]:
    """Every stop of the clock, asked for or set."""
    found: QuerySet[Any] = (
        ProtectionHold.objects.visible_to(actor)
        .select_related("deal__partner", "cause", "reason", "asked_by")
        .annotate(starts_at=F("period__startswith"), ends_at=F("period__endswith"), asker=F("asked_by__name"))
    )
    return found


def appeal_rows(actor: Actor) -> QuerySet[Any]:
    """Every appeal. Lists show no names of partners or customers: whoever judges has not read them there."""
    found: QuerySet[Any] = (
        Appeal.objects.visible_to(actor)
        .select_related("deal", "judge", "judged_by", "reason", "precedent")
        .annotate(
            judge_name=F("judge__name"), judged_by_name=F("judged_by__name"),
            reason_code=F("reason__code"), precedent_on=F("precedent__published_on"),
        )
    )  # fmt: skip
    return found


def choice_rows(actor: Actor) -> QuerySet[ProtectionLife]:
    """Protections that end, or ended, because the customer chose in writing."""
    return protection_rows(actor).filter(Q(cut_at__isnull=False) | Q(end_cause=EndCause.CUSTOMERS_CHOICE))


def precedent_rows() -> QuerySet[Precedent]:
    """What everybody may read."""
    return Precedent.objects.select_related("appeal__deal", "published_by").annotate(publisher=F("published_by__name"))


def protection_rows(actor: Actor) -> QuerySet[ProtectionLife]:
    """Every protection that there was."""
    return ProtectionLife.objects.visible_to(actor).select_related("deal__partner", "deal__owner")


def standing(now: datetime) -> Q:
    """Holds whose clock stands at a moment."""
    return Q(state=RequestState.GRANTED, period__contains=now)


def live(now: datetime) -> Q:
    """Protections in force at a moment."""
    return Q(ended_at__isnull=True, ends_at__gt=now)


def extension_figures(actor: Actor, *, now: datetime) -> Mapping[str, int]:
    """How many wait, are overdue, lack readiness, were granted and by silence."""
    waits = Q(state=RequestState.PENDING)
    return ExtensionRequest.objects.visible_to(actor).aggregate(
        waiting=Count("pk", filter=waits),
        overdue=Count("pk", filter=waits & Q(answer_due_at__lte=now)),
        lacking=Count("pk", filter=waits & Q(lacking_at__isnull=False)),
        granted=Count("pk", filter=Q(state=RequestState.GRANTED)),
        by_silence=Count("pk", filter=Q(by_silence=True)),
        refused=Count("pk", filter=Q(state=RequestState.REFUSED)),
    )


def hold_figures(actor: Actor, *, now: datetime) -> Mapping[str, int]:
    """How many wait, stand now, and were ended early."""
    return ProtectionHold.objects.visible_to(actor).aggregate(
        waiting=Count("pk", filter=Q(state=RequestState.PENDING)),
        standing=Count("pk", filter=standing(now)),
        ended_early=Count("pk", filter=Q(ended_at__isnull=False)),
        refused=Count("pk", filter=Q(state=RequestState.REFUSED)),
    )


def appeal_figures(actor: Actor, *, now: datetime) -> Mapping[str, int]:
    """How many wait, are overdue, are the reader's, and how they were judged."""
    opened = Q(state=AppealState.OPEN)
    return Appeal.objects.visible_to(actor).aggregate(
        waiting=Count("pk", filter=opened),
        overdue=Count("pk", filter=opened & Q(due_at__lte=now)),
        mine=Count("pk", filter=opened & Q(judge_id=actor.user_id)),
        upheld=Count("pk", filter=Q(state=AppealState.UPHELD)),
        overturned=Count("pk", filter=Q(state=AppealState.OVERTURNED)),
    )


def life_figures(rows: QuerySet[ProtectionLife], *, now: datetime) -> Mapping[str, Any]:
    """How many are in force, end soon, stand in grace, and are over."""
    return rows.aggregate(
        live=Count("pk", filter=live(now)),
        ending=Count("pk", filter=live(now) & Q(ends_at__lte=now + SOON)),
        in_grace=Count("pk", filter=live(now) & Q(in_grace=True)),
        over=Count("pk", filter=~live(now)),
    )
