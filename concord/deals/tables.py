"""Tables of deals in the extranet."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from concord.deals.models import Deal
from concord.deals.rules import state_label
from concord.portal.ui.tables import Column, LeadColumn, MomentColumn, MoneyColumn, Table


def detail_url(deal: Deal) -> str:
    """The deal's page."""
    return reverse("deals:detail", args=[deal.uuid])


def detail_link(record: Deal) -> str:
    """The same, for a table's row."""
    return detail_url(record)


class StateColumn(Column):
    """Where the deal stands, as icon and word."""

    def render(self, record: Deal) -> SafeString:
        """Both fields in one word: the end of the sale when it is over, else the review."""
        return SafeString(render_to_string("deals/parts/state.html", {"deal": record}))

    def value(self, record: Deal) -> str:
        """The word."""
        return state_label(record)


class DealTable(Table):
    """The actor's deals."""

    customer_name = LeadColumn(verbose_name=_("Customer"), linkify=detail_link)
    title = Column(verbose_name=_("Deal"))
    state = StateColumn(verbose_name=_("State"), accessor="state", order_by=("review_status", "sales_stage"))
    stage = Column(verbose_name=_("Stage"), accessor="get_sales_stage_display", visible=False, orderable=False)
    owner = Column(verbose_name=_("Seller"), accessor="owner__name")
    quoted_amount = MoneyColumn(verbose_name=_("Quoted"), currency="quoted_currency")
    quoted_currency = Column(verbose_name=_("Currency"), visible=False)
    submitted_at = MomentColumn(verbose_name=_("Submitted"), style="date")
    protected_until = MomentColumn(verbose_name=_("Protected until"), style="date")
    expected_close_on = MomentColumn(verbose_name=_("Expected close"), style="date")

    class Meta(Table.Meta):
        sequence = (
            "customer_name",
            "title",
            "state",
            "owner",
            "quoted_amount",
            "protected_until",
            "expected_close_on",
            "submitted_at",
        )
        order_by = ("-submitted_at",)
        empty_text = _("No deal matches these filters.")

    def exported(self) -> list[list[Any]]:
        """Headings and rows of every column, as plain values."""
        return [list(row) for row in self.as_values()]
