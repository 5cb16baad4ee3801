"""Tables of leads in the extranet. What is hidden from the reader was taken out of the rows before they come here."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableQuerysetData

from concord.deals.models import Lead
from concord.portal.countries import country_name
from concord.portal.ui.tables import Column, LeadColumn, MomentColumn, NumberColumn, StatusColumn, Table


def lead_link(record: Lead) -> str:
    """The lead's page."""
    return reverse("pool:lead", args=[record.uuid])


def lead_title(lead: Lead) -> str:
    """What a lead is called: its customer once that may be read, else where and what it is about."""
    if lead.customer_name:
        return lead.customer_name
    place = country_name(lead.customer_country)
    where = f"{lead.customer_city}, {place}" if lead.customer_city else place
    return f"{lead.summary} · {where}" if lead.summary else f"{lead.sector} · {where}" if lead.sector else where


class _CountryColumn(Column):
    def render(self, value: str) -> str:
        return country_name(value)

    def value(self, value: str) -> str:
        """The ISO code."""
        return value


class _FamiliesColumn(Column):
    def render(self, record: Lead) -> str:
        return self.value(record)

    def value(self, record: Lead) -> str:
        """Names, in order."""
        return ", ".join(family.display_name for family in record.families.all())


class QualityColumn(NumberColumn):
    """The score of the lead's source."""

    def render(self, value: int) -> SafeString:
        """Number and bar."""
        return SafeString(render_to_string("deals/parts/quality.html", {"score": value}))

    def value(self, value: int) -> int:
        """The number."""
        return value


class LeadRows(TableQuerysetData):
    """Rows in one order: of equal ones the newest comes first. Left to the database, a row that was written to, such as
    one that somebody claimed and gave back, would stand at another place among its equals."""

    data: QuerySet[Any]

    def order_by(self, aliases: Any) -> None:
        """Sort by the columns, and then by age."""
        super().order_by(aliases)
        self.data = self.data.order_by(*self.data.query.order_by, "-pk")


class _LeadTable(Table):
    """What both lists of leads show."""

    title = LeadColumn(verbose_name=_("Lead"), empty_values=(), order_by=("customer_country", "customer_city"))
    customer_country = _CountryColumn(verbose_name=_("Country"))
    customer_city = Column(verbose_name=_("City"))
    families = _FamiliesColumn(verbose_name=_("Product families"), orderable=False, empty_values=())
    quality = QualityColumn(verbose_name=_("Quality"), accessor="source__quality")

    def render_title(self, record: Lead) -> SafeString:
        """The title, leading to the page."""
        context = {"url": lead_link(record), "title": lead_title(record)}
        return SafeString(render_to_string("deals/parts/lead_link.html", context))

    def value_title(self, record: Lead) -> str:
        """The words alone."""
        return lead_title(record)

    def exported(self) -> list[list[Any]]:
        """Headings and rows of every column, as plain values."""
        return [list(row) for row in self.as_values()]


class PoolTable(_LeadTable):
    """What is free, by the best source first."""

    sector = Column(verbose_name=_("Sector"))
    size = Column(verbose_name=_("Size of the company"), accessor="get_size_display", orderable=False)
    free_since = MomentColumn(verbose_name=_("Free since"), style="date")

    class Meta(Table.Meta):
        sequence = ("title", "customer_country", "customer_city", "sector", "families", "size", "quality", "free_since")
        order_by = ("-quality",)
        empty_text = _("No lead matches these filters.")


class OwnLeadTable(_LeadTable):
    """What the reader's company was offered or holds, with its deadlines."""

    state = StatusColumn(verbose_name=_("State"), kind="lead")
    owner = Column(verbose_name=_("Seller"), accessor="owner__name")
    contact_name = Column(verbose_name=_("Contact"), order_by="by_contact_name")
    contact_email = Column(verbose_name=_("E-mail address"), order_by="by_contact_email")
    contact_phone = Column(verbose_name=_("Telephone"), order_by="by_contact_phone")
    due = MomentColumn(verbose_name=_("Due"))

    class Meta(Table.Meta):
        sequence = (
            "title",
            "state",
            "due",
            "contact_name",
            "contact_email",
            "contact_phone",
            "customer_country",
            "customer_city",
            "families",
            "owner",
            "quality",
        )
        order_by = ("due",)
        empty_text = _("No lead matches these filters.")
