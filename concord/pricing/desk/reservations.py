"""Stock kept for quotes, in the desk: who holds what until when, and setting it free by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_filters
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from concord.portal.desk import ScopedIndexView, ScopedModelViewSet, desk_actor, needs_role
from concord.portal.enums import Role
from concord.portal.refusals import Refusal
from concord.portal.ui.desk_columns import MomentColumn
from concord.pricing.actions.reservations import free_reservation
from concord.pricing.enums import ReservationStage
from concord.pricing.models import StockReservation
from concord.pricing.queries.catalogue import products_matching


class ReservationFilter(WagtailFilterSet):
    """By stage, and those that still keep something."""

    stage = django_filters.ChoiceFilter(choices=ReservationStage.choices, label=_("Stage"))
    live = django_filters.BooleanFilter(method="only_live", label=_("In force"))

    class Meta:
        model = StockReservation
        fields = ("stage",)

    def only_live(self, rows: QuerySet[StockReservation], _name: str, value: bool | None) -> QuerySet[StockReservation]:
        """Those in force, or the others."""
        live = Q(ended_at__isnull=True, until__gt=timezone.now())
        return rows if value is None else rows.filter(live if value else ~live)


class FreeColumn(Column):
    """A button that sets the row's stock free."""

    cell_template_name = "pricing/desk/free_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """Whether there is anything to free, and where the button leads."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        live = instance.ended_at is None and instance.until > timezone.now()
        keeps = desk_actor(parent_context["request"].user).has_role(Role.PRICING_MANAGER)
        context["free_url"] = reverse("free_reservation", args=[instance.uuid]) if live and keeps else ""
        context["csrf_token"] = parent_context.get("csrf_token", "")
        return context


class ReservationIndexView(ScopedIndexView):
    """The list; it is searched by product."""

    def get_base_queryset(self) -> QuerySet[StockReservation]:
        """With what a row shows, in the same statement."""
        rows: QuerySet[StockReservation] = super().get_base_queryset().select_related("quote__partner", "product")
        return rows

    def search_queryset(self, queryset: QuerySet[StockReservation]) -> QuerySet[StockReservation]:
        """By the catalogue's own search."""
        if not self.is_searching or not self.search_query:
            return queryset
        return queryset.filter(product__in=products_matching(self.search_query).values("pk"))

    @property
    def is_searchable(self) -> bool:
        """It is."""
        return True


class ReservationViewSet(ScopedModelViewSet):
    """What quotes keep; it comes and goes with them."""

    model = StockReservation
    name = "stock_reservations"
    empty_text = _(
        "Nothing is kept for a quote. Whether issued and accepted quotes keep stock stands under Settings, Stock."
    )
    icon = "lock"
    menu_label = _("Reservations")
    index_view_class = ReservationIndexView
    filterset_class = ReservationFilter
    form_fields = ["quantity"]  # the view set asks for some; nobody may add or change rows
    list_display = [
        Column("product", label=_("Product"), accessor="product.sku"),
        "quantity",
        Column("stage", label=_("Stage"), accessor="get_stage_display"),
        Column("quote", label=_("Quote"), accessor="quote.number"),
        Column("partner", label=_("Partner"), accessor="quote.partner.name"),
        MomentColumn("until", label=_("Until"), sort_key="until"),
        MomentColumn("ended_at", label=_("Set free"), sort_key="ended_at"),
        FreeColumn("free", label=""),
    ]
    list_export = ["product", "quantity", "stage", "quote", "until", "ended_at"]
    ordering = ["-pk"]
    inspect_view_enabled = False


@require_POST
@needs_role(Role.PRICING_MANAGER)
def free(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Set one reservation free and go back to the list."""
    try:
        free_reservation(actor=desk_actor(request.user), reservation_uuid=uuid, now=timezone.now())  # type: ignore[arg-type]
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, gettext("The stock is free again."))
    return HttpResponseRedirect(reverse("stock_reservations:index"))


@hooks.register("register_admin_urls")
def reservation_urls() -> list[Any]:
    """The button's address."""
    return [path("stock-reservations/<uuid:uuid>/free/", free, name="free_reservation")]
