"""The floor as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    """Users, events, limits and everything that the packages above stand on."""

    name = "concord.portal"
    label = "portal"
    verbose_name = _("Portal")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Load the Celery application and the start-up checks."""
        from concord.portal import celery, checks, registry  # noqa: F401 - registration happens on import
        from concord.portal.desk import make_exports_harmless
        from concord.portal.imports import consumers
        from concord.portal.invariants import guards

        registry.event_labels["import.requested"] = _("File handed in")
        registry.event_labels["import.stored"] = _("File imported")
        registry.event_labels["check.failed"] = _("Check of the database failed")
        consumers.register()
        guards.register()
        make_exports_harmless()
