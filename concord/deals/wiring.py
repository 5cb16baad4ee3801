"""What deals hand to the floor when the apps are ready."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.decisions import AlreadyProtected
from concord.deals.actions.evidence import AboutSomethingElse
from concord.deals.actions.people import ContactTaken
from concord.deals.enums import EVENT_LABELS
from concord.deals.importers.deals import DEALS
from concord.deals.importers.vendor_accounts import VENDOR_ACCOUNTS
from concord.deals.models import Deal, EligibilityRule, KindOfActivity, ReasonCode, VendorAccount
from concord.deals.panels import funnel, waiting_for_me
from concord.deals.providers import find_deals
from concord.deals.queries.checks import alarm
from concord.deals.queries.handover import open_work_of
from concord.deals.queries.invariants import deal_invariants
from concord.deals.queries.merging import built_on_merge, merge_plan
from concord.deals.queries.programme import installed_terms
from concord.deals.queries.stories import deal_story
from concord.deals.rules import can_break_glass, can_read_deals
from concord.portal import registry
from concord.portal.desk import give_permissions
from concord.portal.enums import Role
from concord.portal.imports import register_import
from concord.portal.invariants import register_invariant
from concord.portal.invariants.guards import guarding_triggers
from concord.portal.ui.looks import Look, register_looks
from concord.portal.work import register_constraint


def wire() -> None:
    """Everything that other packages reach deals by."""
    installed_terms()  # terms that contradict each other are refused at the start
    alarm()
    register_constraint("one_protection", AlreadyProtected)
    register_constraint("contact_email_once", ContactTaken)
    register_constraint("evidence_about_its_deal", AboutSomethingElse)
    register_import(DEALS)
    register_import(VENDOR_ACCOUNTS)
    guarding_triggers.update(
        {
            "deals_protection protection_locks_customer",
            "deals_evidence evidence_is_kept",
            "deals_evidence evidence_about_its_deal",
        }
    )
    at_customers = ("deal", "dealtwin", "lead", "protection", "vendoraccount")
    guarding_triggers.update(f"deals_{table} not_at_merged_customer" for table in at_customers)
    for invariant in deal_invariants():
        register_invariant(invariant)
    registry.merge_participants.append(registry.MergeParticipant("deals", merge_plan, built_on_merge))
    registry.event_labels.update(EVENT_LABELS)
    registry.story_resolvers["deal"] = deal_story
    registry.subject_urls["deal"] = _address
    registry.open_work.append(lambda user_id: open_work_of(user_id).counted())
    registry.handover_addresses.append(lambda member: reverse("deals:handover", args=[member]))
    registry.menu_items.append(
        registry.MenuItem(
            label=_("Deals"),
            url_name="deals:list",
            icon="briefcase",
            order=20,
            allowed=can_read_deals,
            prefix="/deals/",
        )
    )
    registry.account_links.append(
        registry.MenuItem(
            label=_("Calendar"), url_name="deals:calendar", icon="calendar", order=10, allowed=can_read_deals
        )
    )
    registry.account_links.append(
        registry.MenuItem(
            label=_("Drafts of sellers"),
            url_name="deals:closed",
            icon="lock-open",
            order=20,
            allowed=lambda actor: bool(can_break_glass(actor)),
        )
    )
    registry.panels.append(registry.Panel("deals.waiting", "deals/panels/waiting.html", 10, waiting_for_me))
    registry.panels.append(registry.Panel("deals.funnel", "deals/panels/funnel.html", 40, funnel))
    registry.search_providers.append(registry.SearchProvider("deals", 10, find_deals))
    register_looks(
        "deal",
        {
            "submitted": Look("warn", "clock", _("Waiting for an answer")),
            "imported": Look("info", "database-import", _("Taken over")),
            "returned": Look("warn", "arrow-back-up", _("Returned for completion")),
            "qualified": Look("info", "filter-check", _("Qualified")),
            "quoted": Look("info", "file-invoice", _("Quoted")),
            "negotiating": Look("info", "messages", _("Negotiating")),
        },
    )
    register_looks(
        "promise",
        {
            "open": Look("info", "clock", _("Open")),
            "kept": Look("ok", "circle-check", _("Kept")),
            "broken": Look("bad", "circle-x", _("Broken")),
            "withdrawn": Look("muted", "arrow-back", _("Withdrawn")),
        },
    )
    give_permissions(Deal, view={Role.CHANNEL_MANAGER, Role.PRICING_MANAGER})
    give_permissions(
        EligibilityRule, view={Role.CHANNEL_MANAGER}, change={Role.CHANNEL_MANAGER}, delete={Role.CHANNEL_MANAGER}
    )
    give_permissions(VendorAccount, view={Role.CHANNEL_MANAGER})
    give_permissions(ReasonCode, view={Role.CHANNEL_MANAGER}, change={Role.CHANNEL_MANAGER})
    give_permissions(KindOfActivity, view={Role.CHANNEL_MANAGER}, change={Role.CHANNEL_MANAGER})


def _address(public_id: str) -> str:
    return reverse("deals:detail", args=[public_id])
