"""What is stored already of what another system calls its deals, products, people and customers."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Lower

from concord.deals.models import Deal
from concord.partners.models import EndCustomer, Member, Partner
from concord.portal.imports import folded
from concord.pricing.models import Product
from concord.pricing.queries.named_products import products_named

_NOT_A_WORD = re.compile(r"[\W_]+")


def bare(text: object) -> str:
    """A name as one compares it: letters and digits alone, so that ``GTXPro`` and ``GTX Pro`` are one."""
    return _NOT_A_WORD.sub("", folded(text))


@dataclass(slots=True)
class KnownForDeals:
    """Everything that a feed of deals may name, read in a number of statements that does not grow with its rows."""

    partners: dict[str, Partner] = field(default_factory=dict)
    #: (partner, e-mail address or name) -> the people so called
    people: dict[tuple[int, str], set[int]] = field(default_factory=dict)
    products: dict[str, set[int]] = field(default_factory=dict)
    customers: dict[str, list[EndCustomer]] = field(default_factory=dict)
    deals: dict[str, Deal] = field(default_factory=dict)


def known_for_deals(
    *, products: Iterable[str], customers: Iterable[str], external_ids: Collection[str]
) -> KnownForDeals:
    """What is stored of the names in a feed."""
    known = KnownForDeals()
    every = Partner.objects.unscoped("a feed names partners by code").select_related("tier")
    known.partners = {folded(partner.code): partner for partner in every}
    members = Member.objects.unscoped("a feed names people").filter(partner__isnull=False)
    for partner_id, user_id, email, name in members.values_list("partner_id", "user_id", "user__email", "user__name"):
        if partner_id is not None:
            for called in (email, name):
                known.people.setdefault((partner_id, folded(called)), set()).add(user_id)
    known.products = _products({text for text in products if text})
    known.customers = _customers({folded(text) for text in customers if text})
    stored = Deal.objects.unscoped("a feed is compared with what came before").filter(external_id__in=external_ids)
    known.deals = {deal.external_id: deal for deal in stored}
    return known


def people_called(ids: Collection[int]) -> dict[int, str]:
    """Name and address of people, by id."""
    rows = Member.objects.unscoped("a feed names people").filter(user_id__in=ids)
    return {pk: f"{name} · {email}" for pk, name, email in rows.values_list("user_id", "user__name", "user__email")}


def customers_called(ids: Sequence[int]) -> list[str]:
    """The legal names of customers, in that order."""
    found = EndCustomer.objects.unscoped("a feed is compared with customers").in_bulk(ids)
    return [found[pk].legal_name for pk in ids if pk in found]


def _products(texts: set[str]) -> dict[str, set[int]]:
    """By number, else by name without regard to blanks and signs; more than one product means that it is not clear."""
    named = products_named(texts)
    by_sku = {meaning.sku: text for text, meaning in named.items() if meaning.sku}
    found: dict[str, set[int]] = {}
    for pk, sku in Product.objects.filter(sku__in=list(by_sku)).values_list("pk", "sku"):
        found.setdefault(bare(by_sku[sku]), set()).add(pk)
    missing = {bare(text) for text in texts} - set(found) - {""}
    squeezed = Func(
        Lower(F("name")), Value(r"[^[:alnum:]]+"), Value(""), Value("g"),
        function="regexp_replace", output_field=TextField(),
    )  # fmt: skip
    named_so = Product.objects.annotate(squeezed=squeezed).filter(squeezed__in=list(missing))
    for pk, name in named_so.values_list("pk", "name"):
        found.setdefault(bare(name), set()).add(pk)
    return found


def _customers(names: set[str]) -> dict[str, list[EndCustomer]]:
    """The living records of these names, legal or short."""
    alive = EndCustomer.objects.unscoped("a feed names customers").alive()
    lowered = alive.annotate(legal=Lower("legal_name"), short=Lower("short_name")).order_by("pk")
    found: dict[str, list[EndCustomer]] = {}
    for customer in lowered.filter(legal__in=list(names)):
        found.setdefault(folded(customer.legal_name), []).append(customer)
    for customer in lowered.filter(short__in=list(names - set(found) - {""})):
        found.setdefault(folded(customer.short_name), []).append(customer)
    return found
