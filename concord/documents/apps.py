"""The package as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """The collateral library and the PDF engine."""

    name = "concord.documents"
    label = "documents"
    verbose_name = _("Documents")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor what the library brings: menu, search, names of events, what follows from them."""
        from concord.documents import checks, consumers, receivers  # noqa: F401 - checks register themselves
        from concord.documents.enums import EVENT_LABELS
        from concord.documents.providers import LIBRARY
        from concord.documents.rules import can_use_library
        from concord.portal import registry

        registry.event_labels.update(EVENT_LABELS)
        registry.menu_items.append(
            registry.MenuItem(
                label=_("Library"),
                url_name="documents:library",
                icon="books",
                order=60,
                allowed=lambda actor: bool(can_use_library(actor=actor)),
                prefix="/library/",
            )
        )
        registry.search_providers.append(LIBRARY)
        consumers.register()
        receivers.connect()
