"""The package as a Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    """Partner organisations, their people, end customers and matching, API clients."""

    name = "concord.partners"
    label = "partners"
    verbose_name = _("Partners")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the floor who people are, what the package's events are called, what it imports and what it follows."""
        from concord.partners import checks  # noqa: F401 - checks register themselves
        from concord.partners.actions.matching_keys import note_fresh_keys
        from concord.partners.consumers import CONSUMERS
        from concord.partners.enums import EVENT_LABELS, LOOKS
        from concord.partners.importers import KINDS
        from concord.partners.models import ApiClient, EndCustomer, Member, Partner, ProductFamily, Tier
        from concord.partners.queries.invariants import customer_invariants
        from concord.partners.queries.matching_keys import key_invariants
        from concord.partners.queries.people import resolve_user
        from concord.portal import imports, registry
        from concord.portal.desk import give_permissions
        from concord.portal.enums import Role
        from concord.portal.events import register_consumer
        from concord.portal.invariants import register_invariant
        from concord.portal.invariants.guards import guarding_triggers
        from concord.portal.ui.looks import register_looks

        managers = {Role.CHANNEL_MANAGER, Role.PRICING_MANAGER}
        channel = {Role.CHANNEL_MANAGER}
        give_permissions(Partner, view=managers, change=channel)
        give_permissions(Member, view=channel, change=channel)
        give_permissions(EndCustomer, view=managers, change=channel, add=())
        give_permissions(Tier, view=managers, change=channel)
        give_permissions(ProductFamily, view=managers, change=managers)
        give_permissions(ApiClient, view=channel, add=channel)
        registry.register_user_resolver(resolve_user, reads=["member__partner"])
        registry.event_labels.update(EVENT_LABELS)
        registry.menu_items.append(
            registry.MenuItem(
                label=_("Company"),
                url_name="partners:company",
                icon="building-store",
                order=80,
                allowed=lambda actor: actor.is_partner,
                prefix="/company/",
            )
        )
        for invariant in [*key_invariants(), *customer_invariants()]:
            register_invariant(invariant)
        post_migrate.connect(
            lambda **_kwargs: note_fresh_keys(), sender=self, weak=False, dispatch_uid="partners.fresh_keys"
        )
        guarding_triggers.update(
            {
                "partners_endcustomer customer_tree",
                "partners_endcustomer customer_words_on_insert",
                "partners_endcustomer customer_words_on_update",
                "partners_customerrelation not_at_merged_customer",
            }
        )
        for kind in KINDS:
            imports.register_import(kind)
        for consumer in CONSUMERS:
            register_consumer(consumer)
        for name, looks in LOOKS.items():
            register_looks(name, looks)
