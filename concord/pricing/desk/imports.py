"""Imports in the desk: hand a file in, watch it go, fetch the rows that were turned away."""

from __future__ import annotations

import csv
import io
import uuid
from itertools import islice
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.viewsets.base import ViewSet

from concord.portal.desk import ScopedIndexView, desk_actor
from concord.portal.doors import refuse_form
from concord.portal.imports import import_kinds, words_of
from concord.portal.imports.mapping import described, in_parts, write_report
from concord.portal.imports.runs import FINAL, start_import
from concord.portal.models import ImportRun
from concord.portal.refusals import Refusal
from concord.portal.ui.desk_columns import MomentColumn
from concord.pricing.desk.base import MANAGERS, ForRoles, PricePage
from concord.pricing.enums import VersionStatus
from concord.pricing.forms.desk import UploadForm, kinds_for
from concord.pricing.models import PriceListVersion

SHOWN_REJECTIONS = 20
#: lines shown of each part of the mapping
SHOWN_MAPPINGS = 12


def _address(run: ImportRun) -> str:
    return reverse("imports:run", args=[run.uuid])


def _label(run: ImportRun) -> str:
    kind = import_kinds.get(run.kind)
    return str(kind.label) if kind else run.kind


class RunsView(ForRoles, ScopedIndexView):
    """Imports, newest first."""

    model = ImportRun
    page_title = gettext_lazy("Imports")
    header_icon = "upload"
    empty_text = gettext_lazy("No file was imported yet. Import one to bring products, prices or stock up to date.")
    index_url_name = "imports:index"
    index_results_url_name = "imports:index_results"
    add_url_name = "imports:upload"
    add_item_label = gettext_lazy("Import a file")
    default_ordering = "-pk"

    def get_add_url(self) -> str | None:
        """For whoever may import anything: it is a role's right, not one of the table's."""
        return reverse("imports:upload") if kinds_for(self.actor, list(import_kinds.values())) else None

    list_filter = ["kind", "state"]
    list_export = ("file_name", "kind", "state", "rows", "created", "updated", "unchanged", "rejected", "created_at")
    columns = [
        TitleColumn("file_name", label=gettext_lazy("File"), get_url=_address),
        Column("kind", label=gettext_lazy("Kind"), accessor=_label),
        Column("state", label=gettext_lazy("State"), accessor="get_state_display"),
        Column("rows", label=gettext_lazy("Rows")),
        Column("created", label=gettext_lazy("Created")),
        Column("updated", label=gettext_lazy("Updated")),
        Column("unchanged", label=gettext_lazy("Unchanged")),
        Column("rejected", label=gettext_lazy("Rejected")),
        MomentColumn("created_at", label=gettext_lazy("Handed in"), with_time=True),
    ]


class UploadView(PricePage):
    """Hand a file in."""

    template_name = "pricing/desk/upload.html"
    page_title = gettext_lazy("Import a file")
    header_icon = "upload"
    form: UploadForm | None = None

    def trail(self) -> list[dict[str, Any]]:
        """Below the list of imports."""
        return [{"url": reverse("imports:index"), "label": _("Imports")}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["form"] = self.form or self._form()
        return context

    def _form(self, *data: Any) -> UploadForm:
        return UploadForm(*data, kinds=kinds_for(self.actor, list(import_kinds.values())))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the file; the work is done in the background."""
        self.form = form = self._form(request.POST, request.FILES)
        if form.is_valid():
            data = form.cleaned_data
            try:
                run = start_import(
                    actor=self.actor,
                    kind=data["kind"],
                    file=data["file"],
                    file_name=data["file"].name,
                    options=form.options(),
                    dry_run=data["dry_run"],
                    accept_good_rows=data["accept_good_rows"],
                )
            except Refusal as refusal:
                refuse_form(form, refusal)
            else:
                return HttpResponseRedirect(_address(run))
        return self.render_to_response(self.get_context_data(), status=422)


class RunView(PricePage):
    """One import: how far it is, what it did. The page looks again by itself while the work goes on."""

    template_name = "pricing/desk/run.html"
    header_icon = "upload"

    def get_page_title(self) -> str:
        """The file's name."""
        return self.run.file_name

    def trail(self) -> list[dict[str, Any]]:
        """Below the list of imports."""
        return [{"url": reverse("imports:index"), "label": _("Imports")}]

    @property
    def run(self) -> ImportRun:
        """The run, or 404."""
        return _run(self, self.kwargs["run_uuid"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The run and whether it is over."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        run = self.run
        context.update(
            run=run, kind_label=_label(run), is_over=run.state in FINAL, share=_share(run), draft=_draft(run)
        )
        context.update(rejections=_first_rejections(run), shown_rejections=SHOWN_REJECTIONS)
        context["parts"] = in_parts(described(run.mapping, words_of(run.kind)), shown=SHOWN_MAPPINGS)
        return context


def _draft(run: ImportRun) -> PriceListVersion | None:
    """The draft that an import of prices went into, as long as it is one."""
    if run.kind != "prices" or run.dry_run or run.state not in FINAL:
        return None
    versions = PriceListVersion.objects.filter(price_list__code=run.options.get("list"), status=VersionStatus.DRAFT)
    return versions.order_by("-number").first()


def _first_rejections(run: ImportRun) -> list[list[str]]:
    """Row, column and reason of the first rejections; the file, as long as it is kept, holds them all."""
    if not run.rejections or not run.rejections.storage.exists(str(run.rejections.name)):
        return []
    with run.rejections.open("rb") as file:
        rows = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""))
        next(rows, None)
        return [row[:3] for row in islice(rows, SHOWN_REJECTIONS)]


def _share(run: ImportRun) -> int:
    return min(100 * run.done // run.rows, 100) if run.rows else 0


def _run(view: ForRoles, run_uuid: uuid.UUID) -> ImportRun:
    run = ImportRun.objects.visible_to(view.actor).filter(uuid=run_uuid).first()
    if run is None:
        raise Http404
    return run


class RejectedView(ForRoles):
    """The rows that were turned away, with row, column and reason."""

    def get(self, request: HttpRequest, run_uuid: uuid.UUID) -> FileResponse:
        """The file."""
        run = _run(self, run_uuid)
        if not run.rejections:
            raise Http404
        return FileResponse(
            run.rejections.open("rb"), as_attachment=True, filename=f"{run.kind}-rejected.csv", content_type="text/csv"
        )


class _ForManagers(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return desk_actor(request.user).has_role(*MANAGERS)  # type: ignore[arg-type]


class MappingView(ForRoles):
    """What of the file becomes what, as a table in the reader's language."""

    def get(self, request: HttpRequest, run_uuid: uuid.UUID) -> HttpResponse:
        """The report file."""
        run = _run(self, run_uuid)
        if not run.mapping:
            raise Http404
        answer = HttpResponse(content_type="text/csv")
        answer["Content-Disposition"] = f'attachment; filename="{run.kind}-mapping.csv"'
        report = io.BytesIO()
        write_report(report, run.mapping, words_of(run.kind))
        answer.write(report.getvalue())
        return answer


class ImportsViewSet(ViewSet):
    """Imports of every kind."""

    name = "imports"
    menu_item_class = _ForManagers
    icon = "upload"
    menu_label = gettext_lazy("Imports")

    def get_urlpatterns(self) -> list[Any]:
        """List, upload, one run, its rejected rows, what its file becomes."""
        return [
            path("", RunsView.as_view(), name="index"),
            path("results/", RunsView.as_view(results_only=True), name="index_results"),
            path("new/", UploadView.as_view(), name="upload"),
            path("<uuid:run_uuid>/", RunView.as_view(), name="run"),
            path("<uuid:run_uuid>/rejected/", RejectedView.as_view(), name="rejected"),
            path("<uuid:run_uuid>/mapping/", MappingView.as_view(), name="mapping"),
        ]
