"""Finding end customers by what people type, and what is known around one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.functions import Coalesce

from concord.partners.matching.candidates import query_key, whole_name_keys
from concord.partners.matching.identifiers import is_public_suffix
from concord.partners.matching.normalise import name_key
from concord.partners.matching.score import Match
from concord.partners.matching.text import has_ideographs
from concord.partners.models import CustomerName, CustomerRelation, CustomerVerdict, EndCustomer
from concord.partners.models.end_customer import EndCustomerQuerySet
from concord.partners.queries.lexicon import asked_keys, telling_keys
from concord.partners.queries.twins import CustomerClaim, compared
from concord.portal.actor import Actor

_SHORTEST = 3
#: how alike a word of a name is that may have been meant
_NEAR = 0.6
#: so many are looked through for a part of a name or of a site; what more of them contain is cut there
MANY = 1_000
#: in shorter texts the address of a site says nothing: `com`, `www`
_SHORTEST_SITE = 4
_SITE_START = re.compile(r"^(?:https?:/*)?(?:www\.)?", re.IGNORECASE)


def search_customers(customers: EndCustomerQuerySet, text: str) -> EndCustomerQuerySet:
    """Narrow to customers whose names contain or resemble the text, or whose numbers or site contain it; best first.

    ``customers`` is scoped and filtered already. Chinese and Latin names are found in the form in which matching stores
    them, and a mistyped word as the words that it may mean. What more than ``MANY`` names contain (`tec`, `technology`)
    is cut: the companies of just that name are found, names that begin with it, names of which it is a rare word or
    nearly one, and where there is none of these, as many as that contain it, in the order of the alphabet.
    """
    wanted = text.strip()
    if not wanted:
        return customers
    key = query_key(wanted)
    customers = customers.order_by()  # a cut below takes what an index has first
    found = [customers.filter(_exactly(wanted)), *_by_site(customers, wanted)]
    if not key:
        return customers.filter(pk__in=_any_of(found))
    containing = customers.filter(_part_of_a_name(key))
    telling = telling_keys(asked_keys([wanted]))
    named = Q(exact_keys__overlap=list(whole_name_keys(wanted)))
    found += [customers.filter(block_keys__overlap=telling.keys), customers.filter(named)[:MANY]]
    if telling.all_common or containing[: MANY + 1].count() > MANY:
        found.append(customers.filter(sort_key__startswith=name_key(wanted).sort_key)[:MANY])
        if not telling.keys:
            cut = customers.filter(pk__in=_any_of([*found, containing[:MANY]]))
            return cut.annotate(is_named=ExpressionWrapper(named, BooleanField())).order_by(
                "-is_named", "sort_key", "pk"
            )
    else:
        found.append(containing)
    nearness = Coalesce(TrigramWordSimilarity(key, "search_key"), Value(0.0))
    closeness = TrigramSimilarity("legal_name", wanted)  # among many of one name that of the same form, written alike
    ranked = customers.filter(pk__in=_any_of(found)).annotate(nearness=nearness, closeness=closeness)
    return ranked.order_by("-nearness", "-closeness", "sort_key", "pk")


def find_customers(actor: Actor, customers: EndCustomerQuerySet, text: str) -> EndCustomerQuerySet:
    """Narrow to what the actor finds by a text. ``customers`` is scoped and filtered already.

    The vendor finds by everything that is known. A partner finds by what it is shown: other names and keys of a record
    may have come from other partners, and a search that knew them would tell of them word by word.
    """
    if actor.is_vendor:
        return search_customers(customers, text)
    wanted = text.strip()
    if not wanted:
        return customers
    found = Q(legal_name__icontains=wanted) | Q(short_name__icontains=wanted) | Q(website__icontains=wanted)
    found |= Q(registration_number__icontains=wanted) | Q(nearness__gte=_NEAR)
    key = name_key(wanted).sort_key
    if key:
        found |= Q(sort_key__contains=key)
    nearness = Coalesce(TrigramWordSimilarity(wanted, "legal_name"), Value(0.0))
    return customers.annotate(nearness=nearness).filter(found).order_by("-nearness", "sort_key", "pk")


def _any_of(found: Sequence[EndCustomerQuerySet]) -> Any:
    """The keys of all of them: each is found by an index of its own, which one condition with OR would not let happen
    under a cut."""
    first, *others = (one.values("pk") for one in found)
    return first.union(*others, all=True) if others else first


def _exactly(wanted: str) -> Q:
    """Its id in another system, or part of its registration number (which has a digit)."""
    found = Q(external_id=wanted[:64])
    if len(wanted) >= _SHORTEST and any(character.isdigit() for character in wanted):
        found |= Q(registration_number__icontains=wanted)
    return found


def _by_site(customers: EndCustomerQuerySet, wanted: str) -> list[EndCustomerQuerySet]:
    site = _SITE_START.sub("", wanted)
    if len(site) < _SHORTEST_SITE or is_public_suffix(site):
        return []
    return [customers.filter(website__icontains=site)[:MANY]]


def _part_of_a_name(key: str) -> Q:
    """The text anywhere in a name. One or two Chinese characters are a word of the stored form, or begin one."""
    if len(key) >= _SHORTEST:
        return Q(search_key__contains=key)
    if not has_ideographs(key):
        return Q(block_keys__overlap=[key])
    word = key if len(key) == 1 else f"{key} "
    part = Q(search_key__startswith=word) | Q(search_key__contains=f" {word}")
    return part if len(key) == 1 else part | Q(search_key__endswith=f" {key}") | Q(search_key=key)


@dataclass(frozen=True, slots=True)
class LikelyTwin:
    """Another customer that this one may be, with the comparison."""

    customer: EndCustomer
    match: Match


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of this customer and another one."""

    customer: EndCustomer
    verdict: CustomerVerdict


@dataclass(frozen=True, slots=True)
class CustomerAround:
    """A customer with all that hangs on it here."""

    names: Sequence[CustomerName]
    relations: Sequence[CustomerRelation]
    twins: Sequence[LikelyTwin]
    judgements: Sequence[Judgement]


def around_customer(*, actor: Actor, customer: EndCustomer) -> CustomerAround:
    """Names, related partners, likely twins that nobody has judged yet, and what was judged; for the vendor."""
    claim = CustomerClaim(
        name=customer.legal_name,
        country=customer.country,
        city=customer.city,
        registration_number=customer.registration_number,
        website=customer.website,
        short_name=customer.short_name,
    )
    found = compared(claim, of_customer_id=customer.pk)
    verdicts = found.verdicts
    twins = [twin for twin in found.twins if twin.end_customer_id not in verdicts]
    others = EndCustomer.objects.visible_to(actor).in_bulk([*verdicts, *(twin.end_customer_id for twin in twins)])
    return CustomerAround(
        names=sorted(found.names.get(customer.pk, ()), key=lambda one: (one.kind, one.name)),
        relations=list(
            CustomerRelation.objects.visible_to(actor)
            .filter(end_customer=customer)
            .select_related("partner")
            .order_by("since")
        ),
        twins=[
            LikelyTwin(others[twin.end_customer_id], twin.match) for twin in twins if twin.end_customer_id in others
        ],
        judgements=[Judgement(others[pk], verdict) for pk, verdict in verdicts.items() if pk in others],
    )
