"""Customers of the vendor's own team: which there are, and what is found to be made one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, QuerySet

from concord.deals.models import VendorAccount
from concord.partners.models import EndCustomer
from concord.partners.queries.customers import search_customers
from concord.partners.queries.merged_records import merged_into
from concord.portal.actor import Actor

_MOST_FOUND = 10


@dataclass(frozen=True, slots=True)
class Found:
    """A customer that a search found, and whether the vendor's own team has it already."""

    customer: EndCustomer
    is_own: bool


def vendor_accounts() -> QuerySet[VendorAccount]:
    """All of them, with what the list and its file show; for channel managers."""
    return VendorAccount.objects.select_related("end_customer", "by").annotate(by_name=F("by__name"))


def is_vendor_account(customer_ids: Collection[int]) -> bool:
    """Whether the vendor's own team works with one of these records, or with one that was merged into them."""
    return accounts_of(customer_ids).exists()


def accounts_of(customer_ids: Collection[int]) -> QuerySet[VendorAccount]:
    """The accounts that count for these records, also those that stayed with records merged into them."""
    return VendorAccount.objects.filter(end_customer_id__in=merged_into(customer_ids))


def to_be_own(actor: Actor, text: str) -> list[Found]:
    """Customers by any spelling, number or site, the likeliest first; none for no text."""
    if not text.strip():
        return []
    rows = search_customers(EndCustomer.objects.visible_to(actor).alive(), text.strip())[:_MOST_FOUND]
    found = list(rows)
    own = set(accounts_of([one.pk for one in found]).values_list("end_customer_id", flat=True))
    return [Found(one, one.pk in own) for one in found]
