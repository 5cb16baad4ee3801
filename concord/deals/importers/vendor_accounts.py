"""Customers of the vendor's own team as a table: the list that the own sales people keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.eligibility import set_vendor_account
from concord.partners.models import EndCustomer
from concord.partners.queries.known_customers import (
    KnownCustomers,
    MergedCustomer,
    SeveralCustomers,
    known_customers,
)
from concord.portal.countries import country_of
from concord.portal.enums import Role
from concord.portal.imports import Counts, ImportContext, ImportKind, folded
from concord.portal.tabular import ChoiceColumn, Row, RowError, TextColumn

YES_NO: Final = {"yes": "yes", "no": "no", "true": "yes", "false": "no", "1": "yes", "0": "no", "是": "yes", "否": "no"}
COLUMNS: Final = (
    TextColumn("external_id", max_length=64, default="", aliases=("外部编号",)),
    TextColumn("customer", max_length=250, default="", aliases=("legal_name", "account", "客户")),
    TextColumn("country", max_length=80, default="", aliases=("office_location", "国家")),
    TextColumn("city", max_length=120, default="", aliases=("城市",)),
    TextColumn("note", max_length=300, default="", aliases=("备注",)),
    ChoiceColumn("is_own", default="yes", choices=YES_NO, aliases=("own", "自营")),
)


@dataclass(slots=True)
class _Named:
    legal_name: str
    country: str
    city: str
    external_id: str | None


def _customer(row: Row, known: KnownCustomers) -> EndCustomer | None:
    """The stored customer of a row. Raises ``LookupError`` when that is not clear."""
    values: dict[str, Any] = dict(row.values)
    if values["external_id"]:
        found = known.by_external_id.get(values["external_id"])
        if found is not None and found.merged_into_id is not None:
            raise MergedCustomer(values["external_id"])
        return found
    if values["country"]:
        named = _Named(values["customer"], country_of(values["country"]), values["city"], None)
        return known.customer_of(named)
    everywhere = known.named(values["customer"])
    if len(everywhere) > 1:
        everywhere = [one for one in everywhere if folded(one.city) == folded(values["city"])] or everywhere
    if len(everywhere) > 1:
        raise SeveralCustomers(values["customer"])
    return everywhere[0] if everywhere else None


def check(rows: Sequence[Row], _context: ImportContext) -> Iterable[RowError]:
    """Each row names one stored customer, and no two rows the same."""
    known = known_customers()
    taken: dict[int, int] = {}
    for row in rows:
        if not row.values["external_id"] and not row.values["customer"]:
            yield row.error("customer", "required", _("Say which customer, by name or external id."))
            continue
        try:
            found = _customer(row, known)
        except SeveralCustomers:
            yield row.error(
                "customer", "ambiguous", _("Several customers have this name. State the country or the city.")
            )
            continue
        except MergedCustomer:
            yield row.error("external_id", "merged", _("This customer was merged into another one."))
            continue
        if found is None:
            yield row.error("customer", "unknown_customer", _("There is no such customer. Import the customer first."))
            continue
        earlier = taken.setdefault(found.pk, row.number)
        if earlier != row.number:
            text = _("This is the same customer as in row %(row)s.")
            yield row.error("customer", "repeated", text, row=earlier)


def store(rows: Sequence[Row], context: ImportContext) -> Counts:
    """Every row through the action that the desk's button takes."""
    known = known_customers()
    changed = 0
    for number, row in enumerate(rows, start=1):
        found = _customer(row, known)
        assert found is not None  # the check has seen to it
        changed += set_vendor_account(
            actor=context.actor,
            customer_uuid=found.uuid,
            is_own=row.values["is_own"] == "yes",
            note=row.values["note"],
            now=context.now,
        )
        context.progress(number, len(rows))
    return Counts(updated=changed, unchanged=len(rows) - changed)


VENDOR_ACCOUNTS: Final = ImportKind(
    code="vendor_accounts",
    label=_("Customers of the vendor's own team"),
    columns=COLUMNS,
    roles=frozenset({Role.CHANNEL_MANAGER, Role.VENDOR_SYSTEM}),
    scope="deals:decide",
    check=check,
    store=store,
)
