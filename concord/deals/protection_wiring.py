"""What protections, appeals and the programme's terms hand to the floor when the apps are ready."""

from __future__ import annotations

from concord.deals.actions.appeals import AppealedAlready
from concord.deals.actions.extensions import ExtensionPending
from concord.deals.actions.holds import HoldPending, HoldsOverlap
from concord.deals.models import (
    Appeal,
    ClosingDay,
    ExtensionRequest,
    Precedent,
    ProgrammeSettings,
    ProtectionHold,
    ProtectionLife,
)
from concord.deals.models.programme import settings_checks
from concord.deals.panels import protection_news
from concord.deals.protection_enums import APPEAL_LOOKS, LIFE_LOOKS, PROTECTION_EVENT_LABELS, REQUEST_LOOKS
from concord.deals.queries.invariants import protection_invariants
from concord.deals.queries.programme import demand_consistent
from concord.portal import registry
from concord.portal.desk import give_permissions
from concord.portal.enums import Role
from concord.portal.invariants import register_invariant
from concord.portal.ui.looks import register_looks
from concord.portal.work import register_constraint


def wire_protections() -> None:
    """Everything that other packages reach protections by."""
    register_constraint("one_pending_extension", ExtensionPending)
    register_constraint("one_pending_hold", HoldPending)
    register_constraint("holds_apart", HoldsOverlap)
    register_constraint("deals_appeal_deal_id_key", AppealedAlready)
    for invariant in protection_invariants():
        register_invariant(invariant)
    if demand_consistent not in settings_checks:
        settings_checks.append(demand_consistent)
    registry.event_labels.update(PROTECTION_EVENT_LABELS)
    register_looks("request", REQUEST_LOOKS)
    register_looks("appeal", APPEAL_LOOKS)
    register_looks("life", LIFE_LOOKS)
    registry.panels.append(registry.Panel("deals.protections", "deals/panels/protections.html", 12, protection_news))
    managers = {Role.CHANNEL_MANAGER}
    readers = {Role.CHANNEL_MANAGER, Role.PRICING_MANAGER}
    for model in (Appeal, ExtensionRequest, Precedent, ProtectionHold, ProtectionLife):
        give_permissions(model, view=readers)
    give_permissions(ClosingDay, view=managers, change=managers, delete=managers)
    give_permissions(ProgrammeSettings, view=managers, change=managers)
