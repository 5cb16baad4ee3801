"""What prices, catalogue and stock bring to the desk."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from concord.pricing.desk.catalogue import (
    ProductDocumentViewSet,
    ProductViewSet,
    StockViewSet,
    SubstituteViewSet,
    WarehouseViewSet,
)
from concord.pricing.desk.demand import demand_entry  # noqa: F401 - its hooks register themselves
from concord.pricing.desk.imports import ImportsViewSet
from concord.pricing.desk.late_stamps import late_stamps_on_home  # noqa: F401 - its hooks register themselves
from concord.pricing.desk.price_exceptions import price_exceptions_entry  # noqa: F401 - its hooks register themselves
from concord.pricing.desk.price_lists import PriceListViewSet
from concord.pricing.desk.reservations import ReservationViewSet
from concord.pricing.desk.rules import (
    ApprovalLevelViewSet,
    PriceFloorViewSet,
    ProgrammeBonusViewSet,
    PromotionViewSet,
    RegistrationDiscountViewSet,
    TierDiscountViewSet,
)


class CatalogueGroup(ViewSetGroup):
    """Products, stock and imports."""

    menu_label = _("Catalogue & stock")
    menu_icon = "list-ul"
    menu_order = 160
    items = (
        ProductViewSet,
        StockViewSet,
        ReservationViewSet,
        SubstituteViewSet,
        ProductDocumentViewSet,
        WarehouseViewSet,
        ImportsViewSet,
    )


class PricesGroup(ViewSetGroup):
    """Price lists and everything that changes a price."""

    menu_label = _("Prices")
    menu_icon = "tag"
    menu_order = 170
    items = (
        PriceListViewSet,
        PromotionViewSet,
        TierDiscountViewSet,
        RegistrationDiscountViewSet,
        ProgrammeBonusViewSet,
        PriceFloorViewSet,
        ApprovalLevelViewSet,
    )


@hooks.register("register_admin_viewset")
def catalogue() -> CatalogueGroup:
    """Products, stock, warehouses, imports."""
    return CatalogueGroup()


@hooks.register("register_admin_viewset")
def prices() -> PricesGroup:
    """Lists, promotions, discounts, bonuses, floors."""
    return PricesGroup()


@hooks.register("insert_global_admin_css")
def price_style() -> SafeString:
    """Styles of these pages."""
    return format_html('<link rel="stylesheet" href="{}">', static("pricing/desk.css"))
