"""What is stored of customers and the programme, for feeds that arrive as whole sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from concord.partners.models import EndCustomer
from concord.portal.imports import folded


class NamedCustomer(Protocol):
    """What a feed says of a customer."""

    legal_name: str
    country: str
    city: str
    external_id: str | None


class SeveralCustomers(LookupError):
    """More than one stored customer could be meant."""


class MergedCustomer(LookupError):
    """The external id belongs to a customer that was merged into another one."""


@dataclass(slots=True)
class KnownCustomers:
    """Every stored customer by what feeds know of it."""

    by_external_id: dict[str, EndCustomer] = field(default_factory=dict)
    by_name: dict[tuple[str, str], list[EndCustomer]] = field(default_factory=dict)

    by_short_name: dict[str, list[EndCustomer]] = field(default_factory=dict)
    everywhere: dict[str, list[EndCustomer]] = field(default_factory=dict)

    def named(self, name: str) -> list[EndCustomer]:
        """The living customers of a name, legal or else short, wherever they are."""
        return self.everywhere.get(folded(name)) or self.by_short_name.get(folded(name), [])

    def customer_of(self, row: NamedCustomer) -> EndCustomer | None:
        """The customer that a row is about, or ``None`` for a new one. Raises ``LookupError`` when that is unclear."""
        if row.external_id and row.external_id in self.by_external_id:
            found = self.by_external_id[row.external_id]
            if found.merged_into_id is not None:
                raise MergedCustomer(row.external_id)
            return found
        namesakes = self.by_name.get((folded(row.legal_name), row.country), [])
        if row.external_id:
            namesakes = [one for one in namesakes if one.external_id is None]
        if len(namesakes) > 1:
            namesakes = [one for one in namesakes if folded(one.city) == folded(row.city)] or namesakes
        if len(namesakes) > 1:
            raise SeveralCustomers(row.legal_name)
        return namesakes[0] if namesakes else None


def known_customers() -> KnownCustomers:
    """All of them, in one statement."""
    known = KnownCustomers()
    for customer in EndCustomer.objects.unscoped("a feed is compared with every customer").order_by("pk"):
        if customer.external_id:
            known.by_external_id[customer.external_id] = customer
        if customer.merged_into_id is None:
            name = folded(customer.legal_name)
            known.by_name.setdefault((name, customer.country), []).append(customer)
            known.everywhere.setdefault(name, []).append(customer)
            if customer.short_name:
                known.by_short_name.setdefault(folded(customer.short_name), []).append(customer)
    return known
