"""A version of a price list in the desk: what publishing it would change, down to products and quotes; what follows."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from concord.portal.doors import TABLE_FORMATS, refuse_form, table_file
from concord.portal.refusals import Refusal
from concord.pricing.actions.price_list_versions import (
    discard_price_list_draft,
    publication_news,
    publish_or_ask,
    restore_price_list_version,
)
from concord.pricing.actions.unscheduling import unschedule_or_ask
from concord.pricing.desk.base import KEEPING, PricePage
from concord.pricing.enums import VersionStatus
from concord.pricing.forms.desk import PublishForm
from concord.pricing.models import PriceListVersion, Product
from concord.pricing.queries.impact import VERDICTS, Impact, changed_products, impact_of, price_changes, touched_quotes
from concord.pricing.rules.catalogue import can_keep_prices

#: quotes shown on a version's page, products on a page of its changes, ladders fetched at once for a file
TOUCHED, PER_PAGE, IN_ONE_STATEMENT = 25, 50, 500


class VersionView(PricePage):
    """One version: what it would change, and the button that publishes it."""

    template_name = "pricing/desk/version.html"
    header_icon = "doc-full"
    refused_form: PublishForm | None = None

    def get_page_title(self) -> str:
        """The list and the version's number."""
        return str(self.found)

    def trail(self) -> list[dict[str, Any]]:
        """Below its list."""
        price_list = self.found.price_list
        return [
            {"url": reverse("price_list_records:index"), "label": _("Price lists")},
            {"url": reverse("price_list_records:inspect", args=[price_list.pk]), "label": price_list.name},
        ]

    @property
    def found(self) -> PriceListVersion:
        """The version, or 404."""
        if not hasattr(self, "_found"):
            versions = PriceListVersion.objects.select_related("price_list")
            self._found = versions.filter(uuid=self.kwargs["version_uuid"]).first()
        if self._found is None:
            raise Http404
        return self._found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The version, its impact, and the form while it is a draft."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        version, now = self.found, timezone.now()
        is_draft = version.status == VersionStatus.DRAFT
        at = self.looked_at() or now
        context.update(
            version=version,
            price_count=version.prices.count(),
            impact=impact_of(version, at=at) if is_draft else None,
            may_publish=is_draft and bool(can_keep_prices(actor=self.actor)),
            publication=publication_news(version),
            may_restore=version.status in {VersionStatus.IN_FORCE, VersionStatus.ENDED}
            and bool(can_keep_prices(actor=self.actor)),
            may_unschedule=version.status == VersionStatus.SCHEDULED and bool(can_keep_prices(actor=self.actor)),
            form=self.refused_form or PublishForm(initial={"version": version.updated_at.isoformat()}),
        )
        if context["impact"] is not None:
            context["figures"] = _figures(context["impact"])
            context["touched"] = touched_quotes(version, at=at)[:TOUCHED]
        return context

    def looked_at(self) -> datetime | None:
        """The moment that the version is compared at, where the address names one."""
        try:
            moment = parse_datetime(self.request.GET.get("at", ""))
        except ValueError:
            return None
        return moment if moment is not None and timezone.is_aware(moment) else None


def _figures(impact: Impact) -> list[tuple[str, str, int]]:
    words = {
        "up": _("dearer"),
        "down": _("cheaper"),
        "mixed": _("both, by quantity"),
        "new": _("new"),
        "gone": _("gone"),
        "same": _("the same"),
    }
    return [(verdict, words[verdict], getattr(impact, verdict)) for verdict in VERDICTS]


class ChangesView(VersionView):
    """Every product that publishing would change, with its ladder before and after; also as a file."""

    template_name = "pricing/desk/version_changes.html"

    def get_page_title(self) -> str:
        """What the page lists."""
        return _("Changes of %(version)s") % {"version": self.found}

    def trail(self) -> list[dict[str, Any]]:
        """Below the version."""
        address = reverse("price_list_records:version", args=[self.found.uuid])
        return [*super().trail(), {"url": address, "label": str(self.found)}]

    def get(  # type: ignore[override] # a file is an answer, too
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """The page, or the file that was asked for."""
        ending = request.GET.get("export", "")
        if ending not in TABLE_FORMATS:
            return super().get(request, *args, **kwargs)
        version, at = self.found, self.looked_at() or timezone.now()
        headers = [_("SKU"), _("Product"), _("Change"), _("from quantity"), _("was"), _("becomes"), _("Change in %")]
        name = f"{version.price_list.code}-{version.number}-changes"
        return table_file(ending, name=name, headers=headers, rows=_change_rows(version, self._products(), at))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One page of products; three statements, and what every page needs."""
        context: dict[str, Any] = PricePage.get_context_data(self, **kwargs)
        version, at = self.found, self.looked_at() or timezone.now()
        page = Paginator(self._products(), PER_PAGE).get_page(self.request.GET.get("p"))
        context.update(
            version=version,
            page=page,
            changes=price_changes(version, list(page.object_list), at=at),
            chosen=self._verdicts(),
            search=self.request.GET.get("q", ""),
            choices=_figures(Impact(at)),
        )
        return context

    def _verdicts(self) -> str:
        change = self.request.GET.get("change", "")
        return change if change in VERDICTS else ""

    def _products(self) -> QuerySet[Product]:
        change = self._verdicts()
        at = self.looked_at() or timezone.now()
        search = self.request.GET.get("q", "")[:200]
        return changed_products(self.found, at=at, verdicts=[change] if change else VERDICTS[:-1], search=search)


def _change_rows(version: PriceListVersion, products: QuerySet[Product], at: datetime) -> Iterator[list[Any]]:
    rows = products.iterator(chunk_size=IN_ONE_STATEMENT)
    while batch := list(itertools.islice(rows, IN_ONE_STATEMENT)):
        for change in price_changes(version, batch, at=at):
            for one in change.breaks:
                yield [change.sku, change.name, change.verdict, one.minimum_quantity, one.was, one.becomes, one.percent]


class PublishView(VersionView):
    """A version that is to be published. Refused, its page comes back with the reason."""

    roles = KEEPING
    http_method_names = ["post"]

    def post(self, request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
        """Publish."""
        form, version, now = PublishForm(request.POST), self.found, timezone.now()
        if form.is_valid():
            if form.cleaned_data["version"] != version.updated_at.isoformat():
                form.add_error(None, _("The draft was changed since you looked at it. Look at its impact again."))
            else:
                try:
                    published = publish_or_ask(
                        actor=self.actor, version_uuid=version.uuid, at=form.moment(now), now=now
                    )
                except Refusal as refusal:
                    refuse_form(form, refusal)
                else:
                    texts = {
                        VersionStatus.DRAFT.value: _("%(version)s is being published."),
                        VersionStatus.SCHEDULED.value: _("%(version)s is scheduled; until then it can be taken back."),
                    }
                    text = texts.get(published.status, _("%(version)s is published."))
                    messages.success(request, text % {"version": published})
                    return HttpResponseRedirect(reverse("price_list_records:version", args=[version.uuid]))
        typed = request.POST.copy()
        typed["version"] = version.updated_at.isoformat()
        form.data = typed
        self.refused_form = form
        return self.render_to_response(self.get_context_data(), status=422)


class RestoreView(VersionView):
    """The prices of an old version, brought back as a draft."""

    roles = KEEPING
    http_method_names = ["post"]

    def post(self, request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
        """Make the draft; its page shows what publishing it would change."""
        version = self.found
        try:
            version = restore_price_list_version(actor=self.actor, version_uuid=version.uuid)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(version)s is a draft. Look at what it changes.") % {"version": version})
        return HttpResponseRedirect(reverse("price_list_records:version", args=[version.uuid]))


class UnscheduleView(VersionView):
    """A version that was to hold later, taken back to a draft."""

    roles = KEEPING
    http_method_names = ["post"]

    def post(self, request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
        """Take it back; partners that were told of it are told."""
        try:
            version = unschedule_or_ask(actor=self.actor, version_uuid=self.found.uuid, now=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            done = version.status == VersionStatus.DRAFT
            text = _("%(version)s is a draft again.") if done else _("%(version)s is being taken back.")
            messages.success(request, text % {"version": version})
        return HttpResponseRedirect(reverse("price_list_records:version", args=[version_uuid]))


class DiscardView(VersionView):
    """A draft that is put away."""

    roles = KEEPING
    http_method_names = ["post"]

    def post(self, request: HttpRequest, version_uuid: uuid.UUID) -> HttpResponse:
        """Put it away, and go back to the list."""
        version = self.found
        try:
            discard_price_list_draft(actor=self.actor, version_uuid=version.uuid)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("price_list_records:version", args=[version.uuid]))
        messages.success(request, _("The draft is put away."))
        return HttpResponseRedirect(reverse("price_list_records:inspect", args=[version.price_list_id]))
