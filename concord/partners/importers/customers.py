"""End customers as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concord.partners.actions.feed_groups import store_groups
from concord.partners.actions.feeds import CustomerFeedRow, store_customers
from concord.partners.queries.known_customers import (
    KnownCustomers,
    MergedCustomer,
    SeveralCustomers,
    known_customers,
)
from concord.portal.countries import country_of
from concord.portal.enums import Role
from concord.portal.imports import Counts, ImportContext, ImportKind, folded
from concord.portal.tabular import Row, RowError, TextColumn

COLUMNS: Final = (
    TextColumn("external_id", max_length=64, aliases=("外部编号",)),
    TextColumn("legal_name", required=True, max_length=250, aliases=("account", "公司全称")),
    TextColumn("short_name", max_length=120, default="", aliases=("公司简称",)),
    TextColumn("country", required=True, max_length=80, aliases=("office_location", "国家")),
    TextColumn("registration_number", max_length=64, default="", aliases=("注册号",)),
    TextColumn("website", max_length=250, default="", aliases=("网站",)),
    TextColumn("city", max_length=120, default="", aliases=("城市",)),
    TextColumn("address", max_length=300, default="", aliases=("地址",)),
    TextColumn("sector", max_length=120, default="", aliases=("行业",)),
    TextColumn("part_of_group", max_length=250, default="", aliases=("subsidiary_of", "所属集团")),
    # A common CRM export has these; nothing here is made of them.
    TextColumn("year_established", max_length=40, default=""),
    TextColumn("revenue", max_length=40, default=""),
    TextColumn("employees", max_length=40, default=""),
)
_FACTS: Final = ("short_name", "registration_number", "website", "city", "address", "sector")


def feed_row(row: Row) -> CustomerFeedRow:
    """A row as the action takes it: only columns that the file has."""
    return CustomerFeedRow(
        legal_name=row.values["legal_name"],
        country=country_of(row.values["country"]),
        city=row.values["city"],
        external_id=row.values["external_id"],
        facts={name: row.values[name] for name in _FACTS if name in row.positions},
    )


def check(rows: Sequence[Row], _context: ImportContext) -> Iterable[RowError]:
    """The country must exist, and it must be clear which customer is meant; two rows never mean the same one."""
    known = known_customers()
    taken: dict[int, int] = {}
    own = _names_in(rows)
    for row in rows:
        if not country_of(row.values["country"]):
            yield row.error("country", "unknown_country", _("There is no such country; write its ISO 3166 code."))
            continue
        if row.values["part_of_group"] and (wrong := _wrong_group(row, known, own)):
            yield wrong
            continue
        try:
            stored = known.customer_of(feed_row(row))
        except SeveralCustomers:
            text = _("Several customers have this name. State the city or the external id.")
            yield row.error("legal_name", "ambiguous", text)
        except MergedCustomer:
            yield row.error("external_id", "merged", _("This customer was merged into another one."))
        else:
            earlier = taken.setdefault(stored.pk, row.number) if stored else row.number
            if earlier != row.number:
                text = _("This is the same customer as in row %(row)s.")
                yield row.error("legal_name", "repeated", text, row=earlier)


def store(rows: Sequence[Row], context: ImportContext) -> Counts:
    """All rows in one action, then who is part of whose group."""
    counts = store_customers(
        rows=[feed_row(row) for row in rows],
        now=context.now,
        done=lambda done: context.progress(done, len(rows)),
    )
    parts = [row for row in rows if row.values["part_of_group"]]
    if not parts:
        return counts
    known = known_customers()
    pairs = [(known.customer_of(feed_row(row)), known.named(row.values["part_of_group"])) for row in parts]
    grouped = store_groups(
        actor=context.actor,
        pairs=[(part, wholes[0]) for part, wholes in pairs if part is not None and len(wholes) == 1],
        now=context.now,
    )
    said = ngettext("%(n)d company is part of a group.", "%(n)d companies are part of a group.", len(parts))
    # A company that was known and only now is part of a group has changed, too.
    moved = min(grouped, counts.unchanged)
    note = said % {"n": len(parts)} if grouped else ""
    return replace(counts, updated=counts.updated + moved, unchanged=counts.unchanged - moved, note=note)


def _names_in(rows: Sequence[Row]) -> Counter[str]:
    return Counter(folded(row.values["legal_name"]) for row in rows)


def _wrong_group(row: Row, known: KnownCustomers, own: Mapping[str, int]) -> RowError | None:
    """The head of a group is another company that is stored or stands in the same file, under one name."""
    name = row.values["part_of_group"]
    if folded(name) == folded(row.values["legal_name"]):
        return row.error("part_of_group", "itself", _("A company is not part of its own group."))
    found = len(known.named(name)) or own.get(folded(name), 0)
    if not found:
        text = _("There is no customer of this name, neither stored nor in this file.")
        return row.error("part_of_group", "unknown_customer", text)
    if found > 1 or own.get(folded(name), 0) > 1:
        return row.error("part_of_group", "ambiguous", _("Several customers have this name."))
    return None


def identity(row: Row) -> tuple[object, ...]:
    """The external id, else name, country and city."""
    values = row.values
    if values["external_id"]:
        return ("id", values["external_id"])
    return ("name", folded(values["legal_name"]), country_of(values["country"]), folded(values["city"]))


CUSTOMERS: Final = ImportKind(
    code="customers",
    label=_("End customers"),
    columns=COLUMNS,
    key=identity,
    key_column="legal_name",
    roles=frozenset({Role.CHANNEL_MANAGER, Role.VENDOR_SYSTEM}),
    scope="customers:write",
    check=check,
    store=store,
)
