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
        from concord.portal import registry
        from concord.portal.work import register_constraint
        from concord.pricing.actions.benefits import benefit_held
        from concord.pricing.actions.commitments import price_refused
        from concord.pricing.enums import QUOTE_EVENT_LABELS
        from concord.pricing.wiring import wire_catalogue

        register_constraint("one_registration_benefit", benefit_held)
        register_constraint("one_price", price_refused)
        register_constraint("one_currency", price_refused)
        registry.event_labels.update(QUOTE_EVENT_LABELS)
        wire_catalogue()
