"""What the pool hands to the floor when the apps are ready."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concord.deals import consumers
from concord.deals.actions.leads_locked import NotFree
from concord.deals.importers import KINDS
from concord.deals.models import Lead, LeadSource
from concord.deals.pool.terms import pool_terms
from concord.deals.pool_enums import LEAD_EVENT_LABELS, LEAD_LOOKS
from concord.deals.pool_panels import claims_to_follow_up, find_leads
from concord.deals.pool_rules import can_read_pool
from concord.deals.queries.pool_invariants import pool_invariants
from concord.portal import imports, registry
from concord.portal.desk import give_permissions
from concord.portal.enums import Role
from concord.portal.invariants import register_invariant
from concord.portal.ui.looks import register_looks
from concord.portal.work import register_constraint


def wire_pool() -> None:
    """Everything that other packages reach the pool by."""
    pool_terms()  # terms that contradict each other are refused at the start
    register_constraint("lead_one_claim", NotFree)
    for invariant in pool_invariants():
        register_invariant(invariant)
    registry.event_labels.update(LEAD_EVENT_LABELS)
    registry.subject_urls["lead"] = _address
    registry.menu_items.append(
        registry.MenuItem(
            label=_("Pool"),
            url_name="pool:list",
            icon="lifebuoy",
            order=30,
            allowed=can_read_pool,
            prefix="/pool/",
        )
    )
    registry.panels.append(registry.Panel("pool.follow_up", "deals/panels/leads.html", 20, claims_to_follow_up))
    registry.search_providers.append(registry.SearchProvider("leads", 20, find_leads))
    register_looks("lead", LEAD_LOOKS)
    for kind in KINDS:
        imports.register_import(kind)
    consumers.register()
    give_permissions(Lead, view={Role.CHANNEL_MANAGER, Role.PRICING_MANAGER}, add=(), change={Role.CHANNEL_MANAGER})
    give_permissions(LeadSource, view={Role.CHANNEL_MANAGER}, change={Role.CHANNEL_MANAGER})


def _address(public_id: str) -> str:
    return reverse("pool:lead", args=[public_id])
