"""The package as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PricingConfig(AppConfig):
    """Catalogue, price lists, price engine, commitments, quotes and stock."""

    name = "concord.pricing"
    label = "pricing"
    verbose_name = _("Prices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor how the database's refusals are said and what the package's events are called."""
        from concord.pricing.quote_wiring import wire_quotes
        from concord.pricing.wiring import wire_catalogue

        wire_catalogue()
        wire_quotes()
