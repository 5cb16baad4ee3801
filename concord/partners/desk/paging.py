"""Pages of long lists: counted as far as somebody would turn pages, and said so."""

from __future__ import annotations

from typing import Any

from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin.paginator import WagtailPaginator

#: a list that nobody searches in is counted and paged up to here
MOST_COUNTED = 10_000


class LongListPaginator(WagtailPaginator):
    """Counts no more than ``most`` rows: the cost of opening a list does not grow with it."""

    def __init__(self, object_list: Any, per_page: int, most: int = MOST_COUNTED, **options: Any) -> None:
        super().__init__(object_list, per_page, **options)
        self.most = most

    @cached_property
    def count(self) -> int:
        """As many rows as there are, or ``most``."""
        return int(self.object_list[: self.most].count())

    @property
    def is_cut(self) -> bool:
        """Whether there may be more than it counts."""
        return self.count >= self.most

    @cached_property
    def items_count_label(self) -> str:
        """How many, or that there are more."""
        if not self.is_cut:
            return str(super().items_count_label)
        return _("%(number)s %(items)s or more") % {
            "number": intcomma(self.count),
            "items": self.verbose_name_plural,
        }
