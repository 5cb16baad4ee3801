"""Price lists in the desk, each with its versions."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, QuerySet
from django.urls import path, reverse
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.ui.tables import Column, TitleColumn

from concord.partners.desk.recorded import RecordedViewSet
from concord.portal.actor import Actor
from concord.portal.desk import ScopedIndexView, ScopedInspectView
from concord.pricing.actions.rules import save_price_list
from concord.pricing.desk.price_list_versions import (
    ChangesView,
    DiscardView,
    PublishView,
    RestoreView,
    UnscheduleView,
    VersionView,
)
from concord.pricing.forms.desk import PriceListForm
from concord.pricing.models import PriceList


def _write(actor: Actor, price_list: PriceList, _form: Any) -> PriceList:
    return save_price_list(actor=actor, price_list=price_list)


def _versions(price_list: PriceList) -> str:
    count = int(price_list.version_count)  # type: ignore[attr-defined]
    return ngettext("%(count)d version", "%(count)d versions", count) % {"count": count}


def _inspect_url(price_list: PriceList) -> str:
    return reverse("price_list_records:inspect", args=[price_list.pk])


class PriceListIndexView(ScopedIndexView):
    """Lists, each with how many versions it has."""

    def get_base_queryset(self) -> QuerySet[PriceList]:
        """Counted in the same statement."""
        lists: QuerySet[PriceList] = super().get_base_queryset().annotate(version_count=Count("versions"))
        return lists


class PriceListInspectView(ScopedInspectView):
    """A list with its versions, newest first."""

    template_name = "pricing/desk/price_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The versions, each with how many prices it has."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["versions"] = self.object.versions.annotate(price_count=Count("prices")).order_by("-number")
        return context


class PriceListViewSet(RecordedViewSet):
    """Price lists."""

    model = PriceList
    name = "price_lists"
    url_namespace = "price_list_records"
    icon = "tablet-alt"
    menu_label = gettext_lazy("Price lists")
    write = staticmethod(_write)
    index_view_class = PriceListIndexView
    inspect_view_class = PriceListInspectView
    list_display = [
        "name",
        "code",
        "currency",
        Column("markets", label=gettext_lazy("Markets"), accessor="get_markets_display"),
        "priority",
        "kind",
        TitleColumn("versions", label=gettext_lazy("Versions"), accessor=_versions, get_url=_inspect_url),
    ]
    list_filter = ["currency", "kind"]
    list_export = ["code", "name", "currency", "markets", "priority", "kind"]
    search_fields = ["name", "code"]
    ordering = ["currency", "-priority"]
    inspect_view_fields = ["code", "name", "currency", "markets", "priority", "kind"]

    def get_form_class(self, for_update: bool = False) -> type[PriceListForm]:
        """The list's own form."""
        return PriceListForm

    def get_urlpatterns(self) -> list[Any]:
        """With the versions' pages."""
        return [
            *super().get_urlpatterns(),
            path("versions/<uuid:version_uuid>/", VersionView.as_view(), name="version"),
            path("versions/<uuid:version_uuid>/publish/", PublishView.as_view(), name="publish"),
            path("versions/<uuid:version_uuid>/changes/", ChangesView.as_view(), name="changes"),
            path("versions/<uuid:version_uuid>/restore/", RestoreView.as_view(), name="restore"),
            path("versions/<uuid:version_uuid>/discard/", DiscardView.as_view(), name="discard"),
            path("versions/<uuid:version_uuid>/unschedule/", UnscheduleView.as_view(), name="unschedule"),
        ]
