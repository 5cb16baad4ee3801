"""The package as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DealsConfig(AppConfig):
    """Registrations, protection, conflicts, history."""

    name = "concord.deals"
    label = "deals"
    verbose_name = _("Deals")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor what deals bring: stories, refusals, names of events."""
        from concord.deals.actions.decisions import AlreadyProtected
        from concord.deals.enums import EVENT_LABELS
        from concord.deals.models import Deal, ReasonCode
        from concord.deals.protection.terms import programme_terms
        from concord.deals.queries.stories import deal_story
        from concord.portal import registry
        from concord.portal.desk import give_permissions
        from concord.portal.enums import Role
        from concord.portal.work import register_constraint

        give_permissions(Deal, view={Role.CHANNEL_MANAGER, Role.PRICING_MANAGER})
        give_permissions(ReasonCode, view={Role.CHANNEL_MANAGER}, change={Role.CHANNEL_MANAGER})
        programme_terms()  # terms that contradict each other are refused at the start
        register_constraint("one_protection", AlreadyProtected)
        registry.event_labels.update(EVENT_LABELS)
        registry.story_resolvers["deal"] = deal_story
