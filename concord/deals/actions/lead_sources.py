"""Sources of leads: written by channel managers, rated from what became of their leads."""

from __future__ import annotations

from datetime import datetime

from concord.deals.models import LeadSource
from concord.deals.pool_rules import can_run_pool
from concord.deals.queries.lead_sources import source_rows
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.work import action


@action
def save_source(*, actor: Actor, source: LeadSource) -> LeadSource:
    """Write a source of leads. Checks that the actor may. Records ``lead_source.saved`` for the vendor alone."""
    can_run_pool(actor).enforce()
    source.save()
    record(
        "lead_source.saved",
        actor=actor,
        subject=Subject("lead_source", source.uuid),
        payload={"code": source.code, "kind": source.kind, "is_routed": source.is_routed},
        visibility=Visibility.INTERNAL,
    )
    return source


@action
def rate_sources(*, now: datetime) -> int:
    """Compute every source's score anew; how many changed. Safe to repeat; records nothing, as nothing happened."""
    changed = 0
    for row in source_rows():
        if row.source.quality != row.quality.score:
            changed += 1
        LeadSource.objects.filter(pk=row.source.pk).update(quality=row.quality.score, rated_at=now)
    return changed
