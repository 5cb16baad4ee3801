"""What catalogue, price lists, stock and their imports hand down to the floor when the apps are ready."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.desk import give_permissions
from concord.portal.enums import Role
from concord.portal.imports import register_import
from concord.portal.invariants import register_invariant
from concord.portal.invariants.guards import guarding_triggers
from concord.portal.models import ImportRun
from concord.portal.work import register_constraint
from concord.pricing.actions.reservations import OutOfStock
from concord.pricing.actions.rules import TIE_CONSTRAINTS, rules_tied
from concord.pricing.enums import CATALOGUE_EVENT_LABELS
from concord.pricing.importers import KINDS
from concord.pricing.models import (
    ApprovalLevel,
    PriceFloor,
    PriceList,
    Product,
    ProductDocument,
    ProductSubstitute,
    ProgrammeBonus,
    Promotion,
    RegistrationDiscount,
    StockLevel,
    StockReservation,
    TierDiscount,
    Warehouse,
)
from concord.pricing.panels import new_price_lists
from concord.pricing.queries.catalogue import search_products
from concord.pricing.queries.invariants import price_invariants
from concord.pricing.queries.merging import built_on_merge, merge_plan
from concord.pricing.queries.tier_facts import tier_facts


def wire_catalogue() -> None:
    """Kinds of import, names of events, the menu and the search."""
    for kind in KINDS:
        register_import(kind)
    registry.event_labels.update(CATALOGUE_EVENT_LABELS)
    for name in (*TIE_CONSTRAINTS, "price_list_priority_once"):
        register_constraint(name, rules_tied)
    guarding_triggers.update(
        {
            "pricing_pricecommitment commitment_locks_customer",
            "pricing_stockreservation reservation_within_stock",
            "pricing_product product_words_on_insert",
            "pricing_product product_words_on_update",
        }
    )
    at_customers = ("pricecommitment", "priceexception", "quote", "registrationbenefit", "specialprice")
    guarding_triggers.update(f"pricing_{table} not_at_merged_customer" for table in at_customers)
    for invariant in price_invariants():
        register_invariant(invariant)
    registry.merge_participants.append(registry.MergeParticipant("pricing", merge_plan, built_on_merge))
    managers, keepers = {Role.CHANNEL_MANAGER, Role.PRICING_MANAGER}, {Role.PRICING_MANAGER}
    for model in (
        ApprovalLevel,
        PriceFloor,
        PriceList,
        Product,
        ProductDocument,
        ProductSubstitute,
        ProgrammeBonus,
        Promotion,
        RegistrationDiscount,
        TierDiscount,
        Warehouse,
    ):
        give_permissions(model, view=managers, change=keepers)
    give_permissions(StockLevel, view=managers)
    give_permissions(StockReservation, view=managers)
    register_constraint("reservation_within_stock", OutOfStock)
    give_permissions(ImportRun, view=managers)
    registry.menu_items.append(
        registry.MenuItem(
            label=_("Prices & stock"),
            url_name="pricing:check",
            icon="tags",
            order=40,
            allowed=_sees_prices,
            prefix="/prices/",
        )
    )
    registry.panels.append(registry.Panel("pricing.lists", "pricing/panels/new_price_lists.html", 25, new_price_lists))
    registry.tier_facts.append(tier_facts)
    registry.search_providers.append(registry.SearchProvider("products", 40, _search))


def _sees_prices(actor: Actor) -> bool:
    return actor.is_known and not actor.roles <= {Role.CONTENT_EDITOR}


def _search(actor: Actor, text: str, limit: int) -> list[registry.SearchResult]:
    """Products by part of a number or name; choosing one shows its page."""
    if not _sees_prices(actor):
        return []
    return [
        registry.SearchResult(
            title=f"{product.sku} · {product.display_name}",
            url=reverse("pricing:product", args=[product.uuid]),
            kind=_("Product"),
            icon="package",
            summary=product.manufacturer_part_number,
        )
        for product in search_products(text, limit=limit)
    ]
