"""Set-based writes of what other systems send: families, partners and end customers.

Each compares the whole set with what is stored and writes what differs, in statements whose number does not grow with
the rows. The caller (``concord.portal.imports``) opens the transaction, counts and records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from concord.partners.actions.customers import fill_keys
from concord.partners.enums import NameKind, PartnerStatus
from concord.partners.models import CustomerName, EndCustomer, Partner, ProductFamily
from concord.partners.queries.known_customers import known_customers
from concord.portal.actor import Actor
from concord.portal.countries import main_time_zone
from concord.portal.events import Subject, record
from concord.portal.imports import Counts, folded
from concord.portal.work import action

CHUNK = 1000
#: what matching reads: a change of one of these means new keys
_MATCHED = frozenset({"legal_name", "short_name", "country", "registration_number", "website", "city"})

Done = Callable[[int], None]


def _nothing(_done: int) -> None:
    """Nobody wants to know how far it is."""


@dataclass(slots=True)
class CustomerFeedRow:
    """One end customer as a feed has it: ``facts`` are the fields that the feed states, and no others."""

    legal_name: str
    country: str
    city: str = ""
    external_id: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


@action
def store_families(*, rows: Sequence[Mapping[str, str]]) -> Counts:
    """Create or rename product families; ``code`` is the key whatever its case, absent keys stay as they are."""
    known = {folded(family.code): family for family in ProductFamily.objects.all()}
    new, changed = [], []
    for row in rows:
        stored = known.get(folded(row["code"]))
        if stored is None:
            new.append(ProductFamily(**row))
        elif _differs(stored, {key: value for key, value in row.items() if key != "code"}):
            changed.append(stored)
    ProductFamily.objects.bulk_create(new)
    ProductFamily.objects.bulk_update(changed, ["name", "name_zh"])
    return Counts(len(new), len(changed), len(rows) - len(new) - len(changed))


@action
def store_partners(*, actor: Actor, rows: Sequence[Mapping[str, Any]], done: Done = _nothing) -> Counts:
    """Create or change partners; ``code`` is the key, absent keys stay as they are.

    ``tier`` is a ``Tier``, ``families`` a tuple of ``ProductFamily``. Records ``partner.created`` and
    ``partner.changed`` (with the names of what changed) for each partner that did.
    """
    known = {
        folded(partner.code): partner
        for partner in Partner.objects.unscoped("a feed of all partners").prefetch_related("families")
    }
    created = updated = 0
    for number, row in enumerate(rows, start=1):
        facts = {key: value for key, value in row.items() if key not in {"code", "families"}}
        partner = known.get(folded(row["code"]))
        if partner is None:
            facts.setdefault("status", PartnerStatus.ACTIVE)
            facts.setdefault("time_zone", main_time_zone(facts["country"]))
            partner = Partner(code=row["code"], **facts)
            partner.save(force_insert=True)
            partner.families.set(row.get("families", ()))
            record("partner.created", actor=actor, subject=_subject(partner), payload={"code": partner.code})
            created += 1
        elif changed := _change_partner(partner, facts, row.get("families")):
            record("partner.changed", actor=actor, subject=_subject(partner), payload={"changed": sorted(changed)})
            updated += 1
        done(number)
    return Counts(created, updated, len(rows) - created - updated)


def _subject(partner: Partner) -> Subject:
    return Subject("partner", partner.uuid, partner.pk)


def _change_partner(
    partner: Partner, facts: Mapping[str, Any], families: Iterable[ProductFamily] | None
) -> frozenset[str]:
    changed = set(_differs(partner, facts))
    if families is not None and {family.pk for family in families} != {one.pk for one in partner.families.all()}:
        partner.families.set(families)
        changed.add("families")
    if changed:
        partner.save()  # also for families: the record's version tag follows from it
    return frozenset(changed)


@action
def store_customers(*, rows: Sequence[CustomerFeedRow], now: datetime, done: Done = _nothing) -> Counts:
    """Create or change end customers with their names and matching keys.

    A row is the stored customer with its external id, else the one with the same name, country and (where several
    share them) city that has no external id yet. A legal name that changes stays as a former name. Callers have
    refused rows that could be several customers.
    """
    known = known_customers()
    new: list[EndCustomer] = []
    changed: list[EndCustomer] = []
    renamed: list[tuple[EndCustomer, str]] = []
    for number, row in enumerate(rows, start=1):
        facts = {"legal_name": row.legal_name, "country": row.country, **row.facts}
        if row.external_id:
            facts["external_id"] = row.external_id
        stored = known.customer_of(row)
        if stored is None:
            new.append(EndCustomer(**facts))
        else:
            before = stored.legal_name
            differing = _differs(stored, facts)
            if "legal_name" in differing:
                renamed.append((stored, before))
            if differing:
                changed.append(stored)
        done(number)
    _write(new, changed, renamed, now)
    return Counts(len(new), len(changed), len(rows) - len(new) - len(changed))


def _write(
    new: list[EndCustomer], changed: list[EndCustomer], renamed: list[tuple[EndCustomer, str]], now: datetime
) -> None:
    for customer in new:
        fill_keys(customer, names=(), merged_keys=())
    EndCustomer.objects.bulk_create(new, batch_size=CHUNK)
    names = [name for customer in (*new, *changed) for name in _own_names(customer)]
    CustomerName.objects.bulk_create(names, batch_size=CHUNK, ignore_conflicts=True)
    for customer, before in renamed:
        customer.names.filter(name=before).update(kind=NameKind.FORMER, until=now.date())
        customer.names.filter(name=customer.legal_name).update(kind=NameKind.LEGAL)
    if not changed:
        return
    by_customer: dict[int, list[CustomerName]] = {}
    for name in CustomerName.objects.filter(end_customer__in=[customer.pk for customer in changed]):
        by_customer.setdefault(name.end_customer_id, []).append(name)
    merged_keys: dict[int | None, list[str]] = {}
    merged = EndCustomer.objects.unscoped("records that are one of these by now").filter(merged_into__in=changed)
    for into, keys in merged.values_list("merged_into_id", "exact_keys"):
        merged_keys.setdefault(into, []).extend(keys)
    for customer in changed:
        fill_keys(customer, names=by_customer.get(customer.pk, ()), merged_keys=merged_keys.get(customer.pk, ()))
        customer.updated_at = now
    fields = [
        *_MATCHED,
        "updated_at",
        "address",
        "sector",
        "external_id",
        "exact_keys",
        "block_keys",
        "search_key",
        "sort_key",
    ]
    EndCustomer.objects.unscoped("a feed changes any customer").bulk_update(changed, fields, batch_size=CHUNK)


def _own_names(customer: EndCustomer) -> Iterable[CustomerName]:
    yield CustomerName(end_customer=customer, name=customer.legal_name, kind=NameKind.LEGAL)
    if customer.short_name and customer.short_name != customer.legal_name:
        yield CustomerName(end_customer=customer, name=customer.short_name, kind=NameKind.SHORT)


def _differs(stored: Any, facts: Mapping[str, Any]) -> list[str]:
    """Set what differs and name it."""
    changed = [name for name, value in facts.items() if getattr(stored, name) != value]
    for name in changed:
        setattr(stored, name, facts[name])
    return changed
