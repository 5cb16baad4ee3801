"""Price lists in the desk: their versions, what publishing one would change, and publishing it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn

from concord.partners.desk.recorded import RecordedViewSet
from concord.portal.actor import Actor
from concord.portal.desk import ScopedIndexView, ScopedInspectView
from concord.portal.doors import refuse_form
from concord.portal.refusals import Refusal
from concord.pricing.actions.price_lists import publish_price_list_version
from concord.pricing.actions.rules import save_price_list
from concord.pricing.desk.base import KEEPING, PricePage
from concord.pricing.enums import VersionStatus
from concord.pricing.forms.desk import PriceListForm, PublishForm
from concord.pricing.models import PriceList, PriceListVersion
from concord.pricing.queries.price_lists import Impact, impact_of
from concord.pricing.rules.catalogue import can_keep_prices


def _write(actor: Actor, price_list: PriceList, _form: Any) -> PriceList:
    return save_price_list(actor=actor, price_list=price_list)


def _markets(price_list: PriceList) -> str:
    return ", ".join(price_list.markets) or _("everywhere")


def _version_count(price_list: PriceList) -> int:
    return int(price_list.version_count)  # type: ignore[attr-defined]


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


class VersionView(PricePage):
    """One version: what it would change, and the button that publishes it."""

    template_name = "pricing/desk/version.html"
    header_icon = "doc-full"
    refused_form: PublishForm | None = None

    def get_page_title(self) -> str:
        """The list and the version's number."""
        return str(self._version)

    def trail(self) -> list[dict[str, Any]]:
        """Below its list."""
        price_list = self._version.price_list
        return [
            {"url": reverse("price_list_records:index"), "label": _("Price lists")},
            {"url": reverse("price_list_records:inspect", args=[price_list.pk]), "label": price_list.name},
        ]

    @property
    def _version(self) -> PriceListVersion:
        if not hasattr(self, "_found"):
            versions = PriceListVersion.objects.select_related("price_list")
            self._found = versions.filter(uuid=self.kwargs["version_uuid"]).first()
        if self._found is None:
            raise Http404
        return self._found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The version, its impact, and the form while it is a draft."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        version, now = self._version, timezone.now()
        is_draft = version.status == VersionStatus.DRAFT
        at = self._looked_at() or now
        context.update(
            version=version,
            price_count=version.prices.count(),
            impact=impact_of(version, at=at) if is_draft else None,
            may_publish=is_draft and bool(can_keep_prices(actor=self.actor)),
            form=self.refused_form or PublishForm(initial={"version": version.updated_at.isoformat()}),
        )
        if context["impact"] is not None:
            context["figures"] = _figures(context["impact"])
        return context

    def _looked_at(self) -> Any:
        try:
            moment = parse_datetime(self.request.GET.get("at", ""))
        except ValueError:
            return None
        return moment if moment is not None and timezone.is_aware(moment) else None


def _figures(impact: Impact) -> list[tuple[str, int]]:
    return [
        (_("dearer"), impact.up),
        (_("cheaper"), impact.down),
        (_("both, by quantity"), impact.mixed),
        (_("new"), impact.new),
        (_("gone"), impact.gone),
        (_("the same"), impact.same),
    ]


class PublishView(VersionView):
    """A version that is to be published. Refused, its page comes back with the reason."""

    roles = KEEPING
    http_method_names = ["post"]

    def post(self, request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
        """Publish."""
        form, version, now = PublishForm(request.POST), self._version, timezone.now()
        if form.is_valid():
            if form.cleaned_data["version"] != version.updated_at.isoformat():
                form.add_error(None, _("The draft was changed since you looked at it. Look at its impact again."))
            else:
                try:
                    published = publish_price_list_version(
                        actor=self.actor, version_uuid=version.uuid, at=form.moment(now), now=now
                    )
                except Refusal as refusal:
                    refuse_form(form, refusal)
                else:
                    messages.success(request, _("%(version)s is published.") % {"version": published})
                    return HttpResponseRedirect(reverse("price_list_records:version", args=[version.uuid]))
        typed = request.POST.copy()
        typed["version"] = version.updated_at.isoformat()
        form.data = typed
        self.refused_form = form
        return self.render_to_response(self.get_context_data(), status=422)


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
        Column("markets", label=gettext_lazy("Markets"), accessor=_markets),
        "priority",
        "kind",
        TitleColumn("versions", label=gettext_lazy("Versions"), accessor=_version_count, get_url=_inspect_url),
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
        ]
