"""Writing end customers: new ones, relations to partners, and what people say of two of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from concord.partners.enums import NameKind, Verdict
from concord.partners.matching.candidates import block_keys, exact_keys, search_key
from concord.partners.matching.normalise import name_key
from concord.partners.models import CustomerName, CustomerRelation, CustomerVerdict, EndCustomer
from concord.partners.queries.twins import CustomerClaim, profile_of
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.work import action


def fill_keys(
    customer: EndCustomer, *, names: Iterable[CustomerName] | None = None, merged_keys: Iterable[str] | None = None
) -> None:
    """Compute what matching looks up. Call it after names or facts changed, before saving.

    ``names`` are the customer's names where they are at hand (or not stored yet), else they are read; ``merged_keys``
    likewise the exact keys of the records that were merged into it, which lead here from then on.
    """
    profile = profile_of(customer, names=names)
    customer.exact_keys = sorted(
        {*exact_keys(profile), *(_keys_of_merged(customer) if merged_keys is None else merged_keys)}
    )
    customer.block_keys = list(block_keys(profile))
    customer.search_key = search_key(profile)
    customer.sort_key = name_key(customer.legal_name).sort_key[:250]


def _keys_of_merged(customer: EndCustomer) -> set[str]:
    merged = EndCustomer.objects.unscoped("records that are this one by now").filter(merged_into=customer)
    return {key for keys in merged.values_list("exact_keys", flat=True) for key in keys}


@action
def create_customer(
    *,
    actor: Actor,
    claim: CustomerClaim,
    now: datetime,
    external_id: str | None = None,
    aliases: Sequence[str] = (),
    **facts: Any,
) -> EndCustomer:
    """Write a new end customer from a claim.

    Locks nothing. Writes the customer, its names and its keys. Records ``customer.created`` for the vendor only.
    ``facts`` are further fields of the model (address, sector).
    """
    customer = EndCustomer(
        external_id=external_id,
        legal_name=claim.name,
        short_name=claim.short_name,
        country=claim.country,
        city=claim.city,
        registration_number=claim.registration_number,
        website=claim.website,
        **facts,
    )
    customer.save(force_insert=True)
    names = {claim.name: NameKind.LEGAL}
    if claim.short_name:
        names.setdefault(claim.short_name, NameKind.SHORT)
    for alias in aliases:
        names.setdefault(alias, NameKind.ALIAS)
    CustomerName.objects.bulk_create(
        CustomerName(end_customer=customer, name=name, kind=kind) for name, kind in names.items()
    )
    fill_keys(customer)
    customer.save()
    record(
        "customer.created",
        actor=actor,
        subject=Subject("customer", customer.uuid),
        payload={"name": claim.name, "country": claim.country},
        visibility=Visibility.INTERNAL,
    )
    return customer


@action
def relate(*, partner_id: int, end_customer_id: int, now: datetime) -> None:
    """Let a partner see an end customer's record from now on. Safe to repeat; part of the action that causes it."""
    relate_all(pairs=[(partner_id, end_customer_id)], now=now)


@action
def relate_all(*, pairs: Iterable[tuple[int, int]], now: datetime) -> None:
    """Let partners see end customers' records from now on, in one statement: pairs of their keys. Safe to repeat."""
    CustomerRelation.objects.bulk_create(
        [CustomerRelation(partner_id=own, end_customer_id=seen, since=now) for own, seen in sorted(pairs)],
        ignore_conflicts=True,
    )


@action
def record_verdict(*, actor: Actor, left_id: int, right_id: int, verdict: Verdict, now: datetime) -> None:
    """Remember what a person said of two customers; it wins over the score from then on.

    Writes one verdict a pair, the last one said. Records ``customer.verdict`` on both customers, for the vendor only.
    """
    low, high = sorted((left_id, right_id))
    CustomerVerdict.objects.update_or_create(
        left_id=low,
        right_id=high,
        defaults={"verdict": verdict, "decided_by": actor.user_id, "decided_at": now},
    )
    both = EndCustomer.objects.unscoped("the pair that was judged").filter(pk__in=(low, high)).order_by("pk")
    left, right = both
    for one, other in ((left, right), (right, left)):
        record(
            "customer.verdict",
            actor=actor,
            subject=Subject("customer", one.uuid),
            payload={"other": other.uuid, "verdict": verdict},
            visibility=Visibility.INTERNAL,
        )
