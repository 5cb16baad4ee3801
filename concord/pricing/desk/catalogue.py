"""Products, warehouses and stock in the desk."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import BooleanField, Case, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from concord.partners.desk.recorded import RecordedViewSet
from concord.partners.models import ProductFamily
from concord.portal.actor import Actor
from concord.portal.desk import ScopedIndexView, ScopedModelViewSet
from concord.portal.ui.desk_columns import YesNoColumn
from concord.portal.ui.formats import format_moment
from concord.pricing.actions.catalogue_records import (
    save_product,
    save_product_document,
    save_substitute,
    save_warehouse,
)
from concord.pricing.enums import Lifecycle
from concord.pricing.forms.catalogue import ProductDocumentForm, ProductForm, SubstituteForm
from concord.pricing.models import Product, ProductDocument, ProductSubstitute, StockLevel, Warehouse
from concord.pricing.queries.availability import stale_after
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
    list_display = [
        "sku",
        Column("display_name", label=_("Name"), accessor="display_name"),
        "manufacturer_part_number",
        "manufacturer",
        "family",
        "status",
    ]
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
    inspect_view_fields = [*ProductForm.Meta.fields, "successor"]

    def get_form_class(self, for_update: bool = False) -> type[ProductForm]:
        """With the successor by its number."""
        return ProductForm


def _write_substitute(actor: Actor, substitute: ProductSubstitute, _form: Any) -> ProductSubstitute:
    return save_substitute(actor=actor, substitute=substitute)


class SubstituteViewSet(RecordedViewSet):
    """What is offered instead of what has ended or cannot be had."""

    model = ProductSubstitute
    name = "substitutes"
    empty_text = _("No substitute is named yet. One is offered when a product has ended or is short.")
    icon = "resubmit"
    menu_label = _("Substitutes")
    write = staticmethod(_write_substitute)
    list_display = ["product", "substitute", "rank", "note", YesNoColumn("is_offered", label=_("offered"))]
    list_filter = ["is_offered"]
    list_export = ["product", "substitute", "rank", "note", "note_zh", "is_offered"]
    search_fields = ["product__sku", "substitute__sku", "note"]
    ordering = ["product__sku", "rank"]
    inspect_view_fields = ["product", "substitute", "rank", "note", "note_zh", "is_offered"]

    def get_form_class(self, for_update: bool = False) -> type[SubstituteForm]:
        """With both products by their numbers."""
        return SubstituteForm


def _write_document(actor: Actor, document: ProductDocument, _form: Any) -> ProductDocument:
    return save_product_document(actor=actor, document=document)


class ProductDocumentViewSet(RecordedViewSet):
    """Pictures and data sheets of products."""

    model = ProductDocument
    name = "product_documents"
    empty_text = _("No picture or data sheet is linked to a product yet.")
    icon = "doc-full"
    menu_label = _("Product documents")
    write = staticmethod(_write_document)
    list_display = ["product", "collateral", "kind", YesNoColumn("is_shown", label=_("shown"))]
    list_filter = ["kind", "is_shown"]
    search_fields = ["product__sku", "collateral__title"]
    ordering = ["product__sku", "kind"]
    inspect_view_fields = ["product", "collateral", "kind", "is_shown"]

    def get_form_class(self, for_update: bool = False) -> type[ProductDocumentForm]:
        """With the product by its number."""
        return ProductDocumentForm


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
        latest = timezone.now() - stale_after()
        return levels.filter(as_of__lt=latest) if value else levels.filter(as_of__gte=latest)


class StockIndexView(ScopedIndexView):
    """The list; it is searched by product."""

    def get_base_queryset(self) -> QuerySet[StockLevel]:
        """With product and warehouse in the same statement, and whether the count is old."""
        old = Case(
            When(as_of__lt=timezone.now() - stale_after(), then=True), default=False, output_field=BooleanField()
        )
        levels: QuerySet[StockLevel] = super().get_base_queryset().select_related("product", "warehouse")
        return levels.annotate(is_old=old)

    def search_queryset(self, queryset: QuerySet[StockLevel]) -> QuerySet[StockLevel]:
        """By the catalogue's own search."""
        if not self.is_searching or not self.search_query:
            return queryset
        return queryset.filter(product__in=products_matching(self.search_query).values("pk"))

    @property
    def is_searchable(self) -> bool:
        """It is."""
        return True


def _counted(level: StockLevel) -> str:
    return format_moment(level.as_of)


def _old(level: StockLevel) -> str:
    return str(_("old count")) if level.is_old else ""  # type: ignore[attr-defined]


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
        Column("as_of", label=_("As of"), accessor=_counted, sort_key="as_of"),
        Column("stale", label=_("Old count"), accessor=_old),
    ]
    list_export = ["product", "warehouse", "on_hand", "reserved", "as_of"]
    ordering = ["product__sku", "warehouse__code"]
    inspect_view_enabled = False
