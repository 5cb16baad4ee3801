"""The package as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    """Pages of the extranet: home, news, knowledge base, search."""

    name = "concord.cms"
    label = "cms"
    verbose_name = _("Pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor what the pages bring: entries of the menu, and their part of the search."""
        from concord.cms.providers import PROVIDERS
        from concord.cms.rules import can_enter
        from concord.portal import registry

        for label, name, icon, order, prefix in (
            (_("Home"), "cms:home", "home", 10, "/"),
            (_("Programme"), "cms:programme", "award", 70, "/programme/"),
        ):
            registry.menu_items.append(
                registry.MenuItem(
                    label=label,
                    url_name=name,
                    icon=icon,
                    order=order,
                    allowed=lambda actor: bool(can_enter(actor=actor)),
                    prefix=prefix,
                )
            )
        registry.search_providers.extend(PROVIDERS)
