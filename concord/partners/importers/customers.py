"""End customers as a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.partners.actions.feeds import CustomerFeedRow, store_customers
from concord.partners.queries.known_customers import MergedCustomer, SeveralCustomers, known_customers
from concord.portal.countries import is_country
from concord.portal.enums import Role
from concord.portal.imports import Counts, ImportContext, ImportKind, folded
from concord.portal.tabular import Row, RowError, TextColumn

COLUMNS: Final = (
    TextColumn("external_id", max_length=64, aliases=("外部编号",)),
    TextColumn("legal_name", required=True, max_length=250, aliases=("公司全称",)),
    TextColumn("short_name", max_length=120, default="", aliases=("公司简称",)),
    TextColumn("country", required=True, max_length=2, aliases=("国家",)),
    TextColumn("registration_number", max_length=64, default="", aliases=("注册号",)),
    TextColumn("website", max_length=250, default="", aliases=("网站",)),
    TextColumn("city", max_length=120, default="", aliases=("城市",)),
    TextColumn("address", max_length=300, default="", aliases=("地址",)),
    TextColumn("sector", max_length=120, default="", aliases=("行业",)),
)
_FACTS: Final = ("short_name", "registration_number", "website", "city", "address", "sector")


def feed_row(row: Row) -> CustomerFeedRow:
    """A row as the action takes it: only columns that the file has."""
    return CustomerFeedRow(
        legal_name=row.values["legal_name"],
        country=row.values["country"].upper(),
        city=row.values["city"],
        external_id=row.values["external_id"],
        facts={name: row.values[name] for name in _FACTS if name in row.positions},
    )


def check(rows: Sequence[Row], _context: ImportContext) -> Iterable[RowError]:
    """The country must exist, and it must be clear which customer is meant; two rows never mean the same one."""
    known = known_customers()
    taken: dict[int, int] = {}
    for row in rows:
        if not is_country(row.values["country"].upper()):
            yield row.error("country", "unknown_country", _("There is no such country; write its ISO 3166 code."))
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
    """All rows in one action."""
    return store_customers(
        rows=[feed_row(row) for row in rows],
        now=context.now,
        done=lambda done: context.progress(done, len(rows)),
    )


def identity(row: Row) -> tuple[object, ...]:
    """The external id, else name, country and city."""
    values = row.values
    if values["external_id"]:
        return ("id", values["external_id"])
    return ("name", folded(values["legal_name"]), values["country"].upper(), folded(values["city"]))


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
