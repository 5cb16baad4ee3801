"""The words of the programme that are set in the desk: reasons, families, kinds of activity. Small, read together."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import Any

from django.db.models import F, Value
from django.utils.translation import pgettext

from concord.deals.enums import ReasonKind
from concord.deals.models import KindOfActivity, ReasonCode
from concord.partners.models import ProductFamily
from concord.partners.models.programme import NamedInTwoLanguages

_COLUMNS = ("table", "pk", "code", "name", "name_zh", "sort", "is_offered")


class Vocabulary:
    """Everything that has a name set in the desk: one statement, and only when the first name is asked for."""

    @cached_property
    def _rows(self) -> dict[str, list[Any]]:
        reasons = ReasonCode.objects.annotate(table=Value("reason"), sort=F("kind"), is_offered=F("is_active"))
        kinds = KindOfActivity.objects.annotate(table=Value("kind"), sort=Value(""), is_offered=F("is_active"))
        families = ProductFamily.objects.annotate(table=Value("family"), sort=Value(""), is_offered=Value(True))
        rows: dict[str, list[Any]] = defaultdict(list)
        parts = [part.order_by().values_list(*_COLUMNS, named=True) for part in (reasons, kinds, families)]
        for row in parts[0].union(*parts[1:], all=True):
            rows[row.table].append(row)
        return rows

    @cached_property
    def _names(self) -> dict[tuple[str, str], NamedInTwoLanguages]:
        return {
            (table, row.code): ReasonCode(name=row.name, name_zh=row.name_zh)
            for table, rows in self._rows.items()
            for row in rows
        }

    def _name(self, table: str, code: str) -> str:
        found = self._names.get((table, code))
        return found.display_name if found else code

    def reason(self, code: str) -> str:
        """A reason's name in the reader's language, else its code."""
        return self._name("reason", code)

    def families(self, codes: list[str]) -> str:
        """Families by name, in the reader's language."""
        return pgettext("between names in a list", ", ").join(self._name("family", code) for code in codes)

    def reasons_on_offer(self, kind: ReasonKind) -> list[ReasonCode]:
        """What can be chosen for a kind of decision, in the order in which it was set up."""
        found = [row for row in self._rows["reason"] if row.sort == kind and row.is_offered]
        return [
            ReasonCode(pk=row.pk, kind=row.sort, code=row.code, name=row.name, name_zh=row.name_zh)
            for row in sorted(found, key=lambda row: row.pk)
        ]

    def kinds_on_offer(self) -> list[KindOfActivity]:
        """The kinds that an activity may have now, by code."""
        found = [row for row in self._rows["kind"] if row.is_offered]
        return [
            KindOfActivity(pk=row.pk, code=row.code, name=row.name, name_zh=row.name_zh)
            for row in sorted(found, key=lambda row: row.code)
        ]
