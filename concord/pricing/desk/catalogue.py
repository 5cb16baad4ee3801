"""Products, warehouses and stock in the desk."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column

from concord.partners.desk.recorded import RecordedViewSet
from concord.partners.models import ProductFamily
from concord.portal.actor import Actor
from concord.portal.desk import ScopedIndexView, ScopedModelViewSet
from concord.pricing.actions.rules import save_product, save_warehouse
from concord.pricing.enums import Lifecycle
from concord.pricing.models import Product, StockLevel, Warehouse
from concord.pricing.queries.availability import STALE_AFTER
from concord.pricing.queries.catalogue import products_matching


class ProductFilter(WagtailFilterSet):
    """By family and lifecycle."""

    family = django_filters.ModelChoiceFilter(queryset=ProductFamily.objects.all(), label=_("Product family"))
    status = django_filters.ChoiceFilter(choices=Lifecycle.choices, label=_("Lifecycle"))

    class Meta:
        model = Product
        fields = ("family", "status")


class ProductIndexView(ScopedIndexView):
    """The list; searching finds parts of numbers and names as everywhere else."""

    def search_queryset(self, queryset: QuerySet[Product]) -> QuerySet[Product]:
        """The catalogue's own search."""
        if not self.is_searching or not self.search_query:
            return queryset
        return queryset & products_matching(self.search_query)

    @property
    def is_searchable(self) -> bool:
        """It is."""
        return True


def _write_product(actor: Actor, product: Product, _form: Any) -> Product:
    return save_product(actor=actor, product=product)


class ProductViewSet(RecordedViewSet):
    """The catalogue."""

    model = Product
    name = "products"
    url_namespace = "product_records"
    icon = "list-ul"
    menu_label = _("Products")
    write = staticmethod(_write_product)
    index_view_class = ProductIndexView
    filterset_class = ProductFilter
    form_fields = [
        "sku",
        "manufacturer_part_number",
        "manufacturer",
        "name",
        "name_zh",
        "family",
        "unit",
        "pack_size",
        "minimum_order_quantity",
        "order_multiple",
        "description",
        "status",
    ]
    list_display = ["sku", "display_name", "manufacturer_part_number", "manufacturer", "family", "status"]
    list_export = [
        "sku",
        "manufacturer_part_number",
        "manufacturer",
        "name",
        "name_zh",
        "family",
        "unit",
        "pack_size",
        "minimum_order_quantity",
        "order_multiple",
        "status",
    ]
    ordering = ["sku"]
    inspect_view_fields = form_fields


def _write_warehouse(actor: Actor, warehouse: Warehouse, _form: Any) -> Warehouse:
    return save_warehouse(actor=actor, warehouse=warehouse)


class WarehouseViewSet(RecordedViewSet):
    """Warehouses."""

    model = Warehouse
    name = "warehouses"
    icon = "home"
    menu_label = _("Warehouses")
    write = staticmethod(_write_warehouse)
    form_fields = ["code", "name", "country"]
    list_display = ["name", "code", "country"]
    ordering = ["code"]
    inspect_view_fields = form_fields


class StockFilter(WagtailFilterSet):
    """By warehouse and family; and those that nobody counted of late."""

    warehouse = django_filters.ModelChoiceFilter(queryset=Warehouse.objects.all(), label=_("Warehouse"))
    product__family = django_filters.ModelChoiceFilter(queryset=ProductFamily.objects.all(), label=_("Product family"))
    stale = django_filters.BooleanFilter(method="only_stale", label=_("Old counts"))

    class Meta:
        model = StockLevel
        fields = ("warehouse", "product__family")

    def only_stale(self, levels: QuerySet[StockLevel], _name: str, value: bool | None) -> QuerySet[StockLevel]:
        """Counts older than is told everywhere else, or the fresh ones."""
        if value is None:
            return levels
        latest = timezone.now() - STALE_AFTER
        return levels.filter(as_of__lt=latest) if value else levels.filter(as_of__gte=latest)


class StockIndexView(ScopedIndexView):
    """The list; it is searched by product."""

    def get_base_queryset(self) -> QuerySet[StockLevel]:
        """With product and warehouse in the same statement."""
        return super().get_base_queryset().select_related("product", "warehouse")

    def search_queryset(self, queryset: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
        """By the catalogue's own search."""
        if not self.is_searching or not self.search_query:
            return queryset
        return queryset.filter(product__in=products_matching(self.search_query).values("pk"))

    @property
    def is_searchable(self) -> bool:
        """It is."""
        return True


def _is_stale(level: StockLevel) -> bool:
    return timezone.now() - level.as_of > STALE_AFTER


class StockViewSet(ScopedModelViewSet):
    """Stock as its feeds say; nobody types it."""

    model = StockLevel
    name = "stock"
    icon = "table"
    menu_label = _("Stock")
    index_view_class = StockIndexView
    filterset_class = StockFilter
    form_fields = ["on_hand"]  # the view set asks for some; nobody may add or change rows
    list_display = [
        Column("product", label=_("Product"), accessor="product.sku"),
        Column("name", label=_("Name"), accessor="product.display_name"),
        "warehouse",
        "on_hand",
        "reserved",
        Column("available", label=_("Available"), accessor="available"),
        "as_of",
        BooleanColumn("stale", label=_("Old count"), accessor=_is_stale),
    ]
    list_export = ["product", "warehouse", "on_hand", "reserved", "as_of"]
    ordering = ["product__sku", "warehouse__code"]
    inspect_view_enabled = False
