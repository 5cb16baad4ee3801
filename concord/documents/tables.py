"""The library as a table."""

from __future__ import annotations

from typing import Any

from django.template.defaultfilters import filesizeformat
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from concord.documents.models import Collateral
from concord.documents.queries.library import excerpt_of
from concord.portal.ui.tables import Column, LeadColumn, MomentColumn, Table


class SizeColumn(Column):
    """Bytes for people."""

    css = "co-num co-nowrap"

    def render(self, value: int) -> str:
        return str(filesizeformat(value))


class LibraryTable(Table):
    """One document a row."""

    title = LeadColumn(verbose_name=_("Document"), order_by=("title", "pk"))
    kind = Column(verbose_name=_("Kind"))
    families = Column(verbose_name=_("Families"), orderable=False, empty_values=())
    language = Column(verbose_name=_("Language"), default=_("any"))
    version = Column(verbose_name=_("Version"))
    file_size = SizeColumn(verbose_name=_("Size"))
    valid_until = MomentColumn(
        verbose_name=pgettext_lazy("document", "Valid until"), style="date", default=_("further notice")
    )
    fetch = Column(verbose_name=_("Download"), empty_values=(), orderable=False, exclude_from_export=True)

    class Meta(Table.Meta):
        sequence = ("title", "kind", "families", "language", "version", "file_size", "valid_until", "fetch")

    def render_title(self, record: Collateral) -> SafeString:
        return render_to_string("documents/parts/title.html", {"document": record, "words": excerpt_of(record)})

    def render_families(self, record: Collateral) -> SafeString:
        names = [(family.display_name,) for family in record.families.all()]
        if not names:
            return format_html('<span class="co-muted">{}</span>', gettext("all"))
        return format_html_join(", ", "{}", names[:3] + ([("…",)] if len(names) > 3 else []))

    def render_fetch(self, record: Collateral) -> SafeString:
        return render_to_string("documents/parts/fetch.html", {"document": record})

    def value_families(self, record: Collateral) -> str:
        return "|".join(family.code for family in record.families.all())

    def value_title(self, record: Collateral) -> Any:
        return record.title
