"""The package as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Partner organisations, their people, end customers and matching, API clients."""

    name = "concord.partners"
    label = "partners"
    verbose_name = _("Partners")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor who people are and what the package's events are called."""
        from concord.partners.enums import EVENT_LABELS
        from concord.partners.importers import KINDS
        from concord.partners.queries.people import resolve_user
        from concord.portal import imports, registry

        registry.register_user_resolver(resolve_user)
        registry.event_labels.update(EVENT_LABELS)
        for kind in KINDS:
            imports.register_import(kind)
