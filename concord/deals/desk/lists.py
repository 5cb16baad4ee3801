"""The queue of registrations that wait for an answer, and the list of all deals."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from concord.deals.desk.columns import ChooseColumn, ClockColumn, ReadinessColumn, StateColumn, TwinsColumn
from concord.deals.desk.filters import saved_filters
from concord.deals.filters import DealReportFilter, QueueFilter
from concord.deals.models import Deal
from concord.deals.queries.deals import deals_listed, queue_figures, waiting_for_an_answer
from concord.deals.queries.readiness import is_worked_on, readiness_of_many
from concord.deals.rules import can_decide
from concord.portal.desk import desk_actor
from concord.portal.paging import page_of
from concord.portal.tabular.writing import harmless
from concord.portal.ui.desk_columns import MomentColumn


def bench_url(deal: Deal) -> str:
    """Where a deal is decided on."""
    return reverse("registrations:bench", args=[deal.uuid])


def texts_harmless(*fields: str) -> dict[str, dict[str, Any]]:
    """What people typed goes into a spreadsheet so that none of it is run as a formula."""
    return {name: {"csv": _harmless_text, "xlsx": _harmless_text} for name in fields}


def _harmless_text(value: Any) -> str:
    return harmless("" if value is None else str(value))


class _DealList(generic.IndexView):
    model = Deal
    paginate_by = 50
    is_searchable = True
    search_fields = ["customer_name", "title", "partner__name"]
    search_backend_name = None
    any_permission_required = ["view"]
    custom_field_preprocess = texts_harmless("title", "customer_name", "customer_city", "partner.name", "owner.name")


class QueueView(_DealList):
    """Registrations that wait for an answer, the one that is due first at the top."""

    page_title = _("Registrations to answer")
    header_icon = "tasks"
    index_url_name = "registrations:queue"
    index_results_url_name = "registrations:queue_results"
    template_name = "deals/desk/queue.html"
    results_template_name = "deals/desk/queue_results.html"
    filterset_class = QueueFilter
    default_ordering = "answer_due_at"
    columns = [
        ChooseColumn("choose", label=_("Choose")),
        TitleColumn("customer_name", label=_("Customer as typed"), get_url=bench_url, sort_key="customer_name"),
        Column("partner", label=_("Partner"), accessor="partner.name", sort_key="partner__name", classname="co-words"),
        TwinsColumn("twin_count", label=_("Likely twins"), sort_key="twin_score"),
        ClockColumn("answer_due_at", label=_("Answer"), sort_key="answer_due_at"),
        MomentColumn("submitted_at", label=_("Submitted"), sort_key="submitted_at"),
        Column("owner", label=_("Seller"), accessor="owner.name"),
    ]
    export_filename = "registrations"
    list_export = [
        "uuid",
        "title",
        "customer_name",
        "customer_country",
        "customer_city",
        "partner.name",
        "owner.name",
        "twin_count",
        "twin_score",
        "submitted_at",
        "answer_due_at",
    ]
    export_headings = {
        "partner.name": _("Partner"),
        "owner.name": _("Seller"),
        "twin_count": _("Likely twins"),
        "twin_score": _("Score of the likeliest"),
    }

    def get_base_queryset(self) -> QuerySet[Deal]:
        """The queue, scoped."""
        return waiting_for_an_answer(desk_actor(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The figures above the list."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        actor = desk_actor(self.request.user)
        context["figures"] = queue_figures(actor, now=timezone.now())
        context["can_decide"] = bool(can_decide(actor))
        context.update(saved_filters(actor.user_id, "queue"))
        return context


class AllDealsView(_DealList):
    """Every deal with its state; for reading."""

    page_title = _("All deals")
    header_icon = "list-ul"
    index_url_name = "registrations:all"
    index_results_url_name = "registrations:all_results"
    template_name = "deals/desk/all.html"
    filterset_class = DealReportFilter
    default_ordering = "-pk"
    columns = [
        TitleColumn("customer_name", label=_("Customer as typed"), get_url=bench_url, sort_key="customer_name"),
        Column("title", label=_("Deal"), sort_key="title", classname="co-words"),
        Column("partner", label=_("Partner"), accessor="partner.name", sort_key="partner__name", classname="co-words"),
        StateColumn("state", label=_("State")),
        ReadinessColumn("readiness", label=_("Readiness")),
        MomentColumn("submitted_at", label=_("Submitted"), sort_key="submitted_at"),
        MomentColumn("protected_until", label=_("Protected until"), sort_key="protected_until"),
    ]
    export_filename = "deals"
    list_export = [
        "uuid",
        "title",
        "customer_name",
        "customer_country",
        "partner.name",
        "owner.name",
        "review_status",
        "sales_stage",
        "submitted_at",
        "decided_at",
        "protected_until",
        "quoted_amount",
        "quoted_currency",
    ]
    export_headings = {
        "partner.name": _("Partner"),
        "owner.name": _("Seller"),
        "protected_until": _("Protected until"),
        "quoted_amount": _("Quoted"),
        "quoted_currency": _("Currency"),
    }

    def get_base_queryset(self) -> QuerySet[Deal]:
        """All deals that left the draft, scoped; with their figures where the whole list needs them."""
        found = Deal.objects.visible_to(desk_actor(self.request.user))
        needs_figures = self.is_export or self.ordering.lstrip("-") == "protected_until"
        return self._widened(found) if needs_figures else found

    def _widened(self, deals: QuerySet[Deal]) -> QuerySet[Deal]:
        return deals_listed(desk_actor(self.request.user), now=timezone.now())(deals)

    def paginate_queryset(self, queryset: QuerySet[Deal], page_size: int) -> Any:
        """A page of them, with their figures."""
        paginator, page, shown, has_others = super().paginate_queryset(queryset, page_size)
        page.object_list = page_of(shown, self._widened)
        return paginator, page, page.object_list, has_others

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The readiness of the deals of this page that are worked on, and the reader's own filters."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        shown = context["object_list"]
        found = readiness_of_many([deal.pk for deal in shown if is_worked_on(deal)], now=timezone.now())
        for deal in shown:
            deal.readiness = found.get(deal.pk)
        context.update(saved_filters(desk_actor(self.request.user).user_id, "all"))
        return context
