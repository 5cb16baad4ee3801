"""Tables of the kit: sorted by their headings, stacked into cards on a phone, exported as CSV or XLSX.

class DealTable(Table):
    code = LeadColumn(linkify=True)
    value = MoneyColumn()
    review_status = StatusColumn(kind="deal")
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import django_tables2 as tables
from django.db.models import QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django_tables2.data import TableQuerysetData

from concord.portal.paging import Widen, page_of
from concord.portal.templatetags import concord as components
from concord.portal.ui import formats


class Column(tables.Column):
    """A column that names its cells for the stacked view."""

    css = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        attrs = kwargs.pop("attrs", {})
        for part in ("th", "td", "tf"):
            own = dict(attrs.get(part, {}))
            own["class"] = " ".join(filter(None, [own.get("class", ""), self.css]))
            attrs = {**attrs, part: own}
        super().__init__(*args, attrs=attrs, **kwargs)


class LeadColumn(Column):
    """The column that names the row; it becomes the title of its card."""

    css = "co-lead"


class NumberColumn(Column):
    """A grouped number, aligned by its digits."""

    css = "co-num"

    def render(self, value: Any) -> str:
        return formats.format_number(value)


class MoneyColumn(Column):
    """An amount with the currency of the row: `MoneyColumn(currency="currency")` names the accessor."""

    css = "co-num"

    def __init__(self, *args: Any, currency: str = "currency", **kwargs: Any) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any) -> SafeString:
        if hasattr(value, "currency"):
            return components.money(value)
        return components.money(value, str(tables.A(self.currency).resolve(record)))

    def value(self, value: Any) -> Any:
        """What an export holds: the bare amount."""
        return getattr(value, "amount", value)


class MomentColumn(Column):
    """A moment in the reader's zone, or a day."""

    def __init__(self, *args: Any, style: str = "datetime", **kwargs: Any) -> None:
        self.style = style
        super().__init__(*args, **kwargs)

    def render(self, value: Any) -> SafeString:
        return components.moment(value, self.style)

    def value(self, value: Any) -> Any:
        """ISO 8601, UTC."""
        return formats.iso(value) if value is not None else ""


class StatusColumn(Column):
    """A state as icon and word."""

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        from django.template.loader import render_to_string

        field = bound_column.accessor
        raw = tables.A(field).resolve(record, quiet=True)
        label = str(value) if str(value) != str(raw) else ""
        return render_to_string("portal/components/status.html", components.status(str(raw), self.kind, label))

    def value(self, value: Any) -> str:
        """The word."""
        return str(value)


class PagedRows(TableQuerysetData):
    """Rows of a long list: found, sorted and counted as they are, and read with all that columns show a page at a time.

    ``widened`` adds what the columns show to a query; what a page leaves out is never computed, unless the reader sorts
    by it. Of equal rows the newest comes first, so that each stands on exactly one page.
    """

    data: QuerySet[Any]

    def __init__(self, found: QuerySet[Any], widened: Widen) -> None:
        super().__init__(found)
        self._widened = widened

    def order_by(self, aliases: Any) -> None:
        """Sort by the columns, and then by age."""
        columns = [self.table.columns[tables.utils.OrderBy(alias).bare] for alias in aliases]
        stored = {field.name for field in self.data.model._meta.get_fields()}
        if any(accessor.bare.split("__")[0] not in stored for column in columns for accessor in column.order_by):
            self.data = self._widened(self.data)
        super().order_by(aliases)
        self.data = self.data.order_by(*self.data.query.order_by, "-pk")

    def __getitem__(self, key: Any) -> Any:
        """A page of rows, in one statement."""
        return page_of(self.data[key], self._widened)

    def __iter__(self) -> Iterator[Any]:
        """All rows, for an export."""
        return iter(self._widened(self.data))


class Table(tables.Table):
    """The base of every table in the extranet.

    `export_formats` offers downloads of the filtered rows, `caption` names the table for screen readers, and `empty`
    holds the inputs of the `empty` component, shown instead of a table without rows.
    """

    def __init__(
        self,
        *args: Any,
        export_formats: Sequence[str] = (),
        caption: str = "",
        empty: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.export_formats = export_formats
        self.caption = caption
        self.empty = empty

    class Meta:
        template_name = "portal/components/table.html"
        attrs = {"class": "co-table co-table-stack"}
        empty_text = _("Nothing here matches.")
        per_page = 50
