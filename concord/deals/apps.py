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
        """Tell the floor what deals bring: stories, refusals, pages, names of events."""
        from concord.deals.pool_wiring import wire_pool
        from concord.deals.protection_wiring import wire_protections
        from concord.deals.wiring import wire

        wire()
        wire_pool()
        wire_protections()
