"""Finding end customers by what people type, and what is known around one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from concord.partners.matching.candidates import query_key
from concord.partners.matching.score import Match
from concord.partners.models import CustomerName, CustomerRelation, CustomerVerdict, EndCustomer
from concord.partners.models.end_customer import EndCustomerQuerySet
from concord.partners.queries.lexicon import asked_keys, telling_keys
from concord.partners.queries.twins import CustomerClaim, find_twins
from concord.portal.actor import Actor

_SHORTEST = 3


def search_customers(customers: EndCustomerQuerySet, text: str) -> EndCustomerQuerySet:
    """Narrow to customers whose names contain or resemble the text, or whose numbers or site contain it; best first.

    ``customers`` is scoped already. Chinese and Latin names are found in the form in which matching stores them, and a
    mistyped word as the words that it may mean. A text whose words very many have is found as part of a name
    alone, and in the order of the alphabet.
    """
    wanted = text.strip()
    if not wanted:
        return customers
    key = query_key(wanted)
    found = Q(external_id=wanted[:64])
    if len(wanted) >= _SHORTEST:  # less has no trigram to look up
        found |= Q(registration_number__icontains=wanted) | Q(website__icontains=wanted)
    if not key:
        return customers.filter(found)
    found |= Q(search_key__contains=key) if len(key) >= _SHORTEST else Q(block_keys__overlap=[key])
    telling = telling_keys(asked_keys([wanted]))
    if telling.all_common:
        return customers.filter(found).order_by("sort_key", "pk")
    found |= Q(block_keys__overlap=telling.keys)
    nearness = Coalesce(TrigramWordSimilarity(key, "search_key"), Value(0.0))
    closeness = TrigramSimilarity("legal_name", wanted)  # among many of one name that of the same form, written alike
    ranked = customers.filter(found).annotate(nearness=nearness, closeness=closeness)
    return ranked.order_by("-nearness", "-closeness", "sort_key", "pk")


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
    verdicts = {
        verdict.right_id if verdict.left_id == customer.pk else verdict.left_id: verdict
        for verdict in CustomerVerdict.objects.filter(Q(left=customer) | Q(right=customer))
    }
    twins = [twin for twin in find_twins(claim, of_customer_id=customer.pk) if twin.end_customer_id not in verdicts]
    others = EndCustomer.objects.visible_to(actor).in_bulk([*verdicts, *(twin.end_customer_id for twin in twins)])
    return CustomerAround(
        names=list(customer.names.order_by("kind", "name")),
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
