"""The end customers that a registration may also be about, with score and reasons: for the desk, never for partners."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from concord.deals.models import Deal
from concord.partners.enums import Verdict
from concord.partners.matching.score import Match, compare
from concord.partners.models import CustomerName, EndCustomer
from concord.partners.queries.twins import CustomerClaim, Twin, compared, profile_of

MOST_TWINS = 8


@dataclass(frozen=True, slots=True)
class LikelyTwin:
    """A customer record beside a registration's own one. ``verdict`` is a person's when ``said_by_person``."""

    customer: EndCustomer
    score: Decimal
    verdict: str
    reasons: tuple[dict[str, Any], ...]
    said_by_person: bool

    @property
    def points(self) -> int:
        """The score in whole points of 100, rounded down."""
        return int(self.score * 100)

    @property
    def is_same(self) -> bool:
        """Whether both count as one company from now on."""
        return self.verdict == Verdict.SAME

    @property
    def is_undecided(self) -> bool:
        """Whether a person has to look first."""
        return self.verdict == Verdict.REVIEW


@dataclass(frozen=True, slots=True)
class TwinsOf:
    """The likely twins of a deal's customer, and the further names of its own record."""

    twins: list[LikelyTwin]
    own_names: tuple[CustomerName, ...]


def claim_of(deal: Deal) -> CustomerClaim:
    """The customer as the partner typed it."""
    return CustomerClaim(
        name=deal.customer_name,
        country=deal.customer_country,
        city=deal.customer_city,
        registration_number=deal.customer_registration_number,
        website=deal.customer_website,
    )


def recognised_as(deal: Deal, customer: EndCustomer, *, names: Iterable[CustomerName] | None = None) -> Match:
    """How the claim, as the partner typed it, compares with the record that it became and its further names."""
    return compare(claim_of(deal).profile(), profile_of(customer, names=names))


def is_same(twin: Twin) -> bool:
    """Whether the claim is plainly this customer."""
    return Verdict(twin.match.verdict) == Verdict.SAME


def stored_reasons(twin: Twin) -> list[dict[str, Any]]:
    """The reasons of a match in the form that is stored and shown."""
    return [reason.as_dict() for reason in twin.match.reasons]


def likely_twins(deal: Deal) -> list[LikelyTwin]:
    """The records beside the deal's own one, as matching sees them now, best first; what persons said wins."""
    return twins_of(deal).twins


def twins_of(deal: Deal) -> TwinsOf:
    """The same as ``likely_twins``, with the further names of the deal's own record."""
    found = compared(claim_of(deal), limit=MOST_TWINS, of_customer_id=deal.end_customer_id)
    scored = {twin.end_customer_id: twin for twin in found.twins}
    said = {pk for pk, verdict in found.verdicts.items() if verdict.verdict == Verdict.SAME}
    customers = {pk: found.customers[pk] for pk in scored}
    if said - set(scored):
        others = EndCustomer.objects.unscoped("twins lie beside each other in the desk").alive()
        customers |= others.in_bulk(said - set(scored))
    twins = [
        LikelyTwin(
            customer=customer,
            score=_score(scored.get(pk)),
            verdict=Verdict.SAME if pk in said else scored[pk].match.verdict,
            reasons=tuple(stored_reasons(scored[pk])) if pk in scored else (),
            said_by_person=pk in said,
        )
        for pk, customer in customers.items()
    ]
    ranked = sorted(twins, key=lambda twin: (not twin.said_by_person, -twin.score, twin.customer.pk))
    return TwinsOf(ranked, tuple(found.names.get(deal.end_customer_id or 0, ())))


def _score(twin: Twin | None) -> Decimal:
    return Decimal(str(twin.match.score)) if twin else Decimal(1)
