"""Which end customers a claim may be about. Never shown to partners: doors decide what of it may be said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Q

from concord.partners.enums import NameKind, Verdict
from concord.partners.matching.candidates import CANDIDATES, exact_keys
from concord.partners.matching.ranking import likeness_as_written
from concord.partners.matching.reasons import Reason
from concord.partners.matching.score import Match, Profile, compare, profile
from concord.partners.matching.score import Verdict as MatchVerdict
from concord.partners.models import CustomerName, CustomerVerdict, EndCustomer
from concord.partners.queries.groups import group_of
from concord.partners.queries.lexicon import RARE, asked_keys

#: exact keys that many companies share
INITIALS = "ini:"
#: what an equal country and an equal city each add to the weight of shared words
PLACE = 0.25

_SAID: dict[str, MatchVerdict] = {Verdict.SAME: "same", Verdict.REVIEW: "review", Verdict.DIFFERENT: "different"}


@dataclass(frozen=True, slots=True)
class CustomerClaim:
    """A customer as somebody typed it. ``country`` is an ISO 3166-1 code; empty strings mean unknown."""

    name: str
    country: str
    city: str = ""
    registration_number: str = ""
    website: str = ""
    short_name: str = ""

    def profile(self) -> Profile:
        """The claim, normalised for matching."""
        return profile(
            self.name,
            short_name=self.short_name,
            country=self.country,
            city=self.city,
            registration_number=self.registration_number,
            domain=self.website,
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """What a claim was compared with: every record looked at, its own one too, and what persons said of that one.

    ``names`` and ``verdicts`` are by customer: further names of each, and the verdict on it and the claim's own record.
    """

    twins: list[Twin]
    customers: Mapping[int, EndCustomer]
    names: Mapping[int, Sequence[CustomerName]]
    verdicts: Mapping[int, CustomerVerdict]


@dataclass(frozen=True, slots=True)
class Twin:
    """An end customer that a claim may be about, and how it compares."""

    end_customer_id: int
    match: Match


_EXACT = """
SELECT id FROM (
    (SELECT id, 0 AS place, country = %(country)s AS near FROM partners_endcustomer
     WHERE exact_keys && %(exact)s::varchar[] AND merged_into_id IS NULL ORDER BY near DESC LIMIT %(most)s)
    UNION ALL
    (SELECT id, 1, country = %(country)s AS near FROM partners_endcustomer
     WHERE exact_keys && %(initials)s::varchar[] AND merged_into_id IS NULL ORDER BY near DESC LIMIT %(few)s)
) AS found GROUP BY id ORDER BY min(place), bool_or(near) DESC, id
"""
# A key counts for the more the fewer customers have it. One that very many have finds nobody where a rarer one does: it
# only puts those first that have it too.
_BY_WORDS = """
WITH found AS MATERIALIZED (
    SELECT asked.key, asked.factor, hit.id
    FROM unnest(%(keys)s::varchar[], %(factors)s::float[]) AS asked(key, factor) CROSS JOIN LATERAL (
        SELECT id FROM partners_endcustomer
        WHERE block_keys @> ARRAY[asked.key] AND merged_into_id IS NULL LIMIT %(rare)s + 1
    ) AS hit
), weighed AS MATERIALIZED (
    SELECT key, factor / (1 + ln(count(*))) AS weight, count(*) <= %(rare)s AS is_rare FROM found GROUP BY key, factor
)
SELECT customer.id FROM partners_endcustomer AS customer CROSS JOIN LATERAL (
    SELECT sum(weight) AS weight FROM weighed WHERE key = ANY (customer.block_keys)
) AS shared
WHERE customer.id IN (
    SELECT id FROM found JOIN weighed USING (key)
    WHERE is_rare OR NOT EXISTS (SELECT FROM weighed WHERE is_rare)
)
ORDER BY shared.weight * (
    1 + %(place)s * ((customer.country = %(country)s)::int + (customer.city = %(city)s AND customer.city <> '')::int)
) DESC, cardinality(customer.block_keys), customer.id
LIMIT %(most)s
"""


def candidate_ids(claim: CustomerClaim) -> list[int]:
    """Ids of the end customers worth scoring; at most ``CANDIDATES``.

    By exact keys first, then by words, as they were typed and as the words of our customers that they may mean.
    """
    profile = claim.profile()
    keys = exact_keys(profile)
    asked = asked_keys((claim.name, claim.short_name))
    values: dict[str, Any] = {
        "country": profile.country,
        "city": claim.city,
        "place": PLACE,
        "most": CANDIDATES,
        "few": CANDIDATES // 5,
        "exact": [key for key in keys if not key.startswith(INITIALS)],
        "initials": [key for key in keys if key.startswith(INITIALS)],
        "keys": [*asked],
        "factors": [*asked.values()],
        "rare": RARE,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{_EXACT};{_BY_WORDS}" if asked else _EXACT, values)  # both are sent together
        found = dict.fromkeys(row[0] for row in cursor.fetchall())
        while cursor.nextset():
            found |= dict.fromkeys(row[0] for row in cursor.fetchall())
    return [*found][:CANDIDATES]


def profile_of(customer: EndCustomer, *, names: Iterable[CustomerName] | None = None) -> Profile:
    """A customer, normalised for matching. Prefetch ``names`` or pass them when there are many."""
    by_kind: dict[str, list[str]] = {}
    for name in customer.names.all() if names is None else names:
        by_kind.setdefault(name.kind, []).append(name.name)
    return profile(
        customer.legal_name,
        short_name=customer.short_name,
        former_names=by_kind.get(NameKind.FORMER, ()),
        aliases=by_kind.get(NameKind.ALIAS, ()),
        country=customer.country,
        city=customer.city,
        registration_number=customer.registration_number,
        domain=customer.website,
    )


def find_twins(
    claim: CustomerClaim,
    *,
    limit: int = 10,
    exclude_ids: Iterable[int] = (),
    of_customer_id: int | None = None,
) -> list[Twin]:
    """The likeliest end customers behind a claim, best first, those that are plainly different left out.

    ``of_customer_id`` names the record that the claim became: what a person said of it and another one then wins
    over the score.
    """
    return compared(claim, limit=limit, exclude_ids=exclude_ids, of_customer_id=of_customer_id).twins


def compared(
    claim: CustomerClaim,
    *,
    limit: int = 10,
    exclude_ids: Iterable[int] = (),
    of_customer_id: int | None = None,
) -> Compared:
    """The same as ``find_twins`` together with everything that was read for it."""
    own = [of_customer_id] if of_customer_id else []
    left_out = {*exclude_ids, *own}
    ids = [one for one in candidate_ids(claim) if one not in left_out]
    # Asked also when there is nobody to read: who counts the time is not to learn whether a customer is known.
    customers = EndCustomer.objects.unscoped("matching sees every customer").in_bulk([*ids, *own] or [0])
    names = _names_of([*ids, *own] or [0])
    wanted = claim.profile()
    verdicts = _verdicts_on(of_customer_id)
    said = {pk: verdict.verdict for pk, verdict in verdicts.items()}
    kin = _kin_of(of_customer_id, customers)
    matches = _unshared({one: compare(wanted, profile_of(customers[one], names=names.get(one, ()))) for one in ids})
    twins = [Twin(one, _judged(match, said.get(one), one in kin)) for one, match in matches.items()]
    likely = [twin for twin in twins if twin.match.verdict != "different"]
    best = sorted(
        likely,
        key=lambda twin: (
            -twin.match.score,
            -likeness_as_written(claim.name, customers[twin.end_customer_id].legal_name),
            twin.end_customer_id,
        ),
    )
    return Compared(best[:limit], customers, names, verdicts)


def _names_of(ids: Collection[int]) -> dict[int, list[CustomerName]]:
    names: dict[int, list[CustomerName]] = {}
    for name in CustomerName.objects.filter(end_customer_id__in=ids):
        names.setdefault(name.end_customer_id, []).append(name)
    return names


def _unshared(matches: dict[int, Match]) -> dict[int, Match]:
    """A shortened or slipped name that fits several records is proof for none of them."""
    if sum(match.verdict == "same" for match in matches.values()) < 2:
        return matches
    return {pk: match.doubted(Reason("several_fit")) if match.is_inferred else match for pk, match in matches.items()}


def _judged(match: Match, said: str | None, is_kin: bool) -> Match:
    """A person's verdict wins over the score; of companies of one group no score says that they are the same."""
    if said is not None:
        return replace(match, verdict=_SAID[said])
    if not is_kin:
        return match
    reason = Reason("same_group")
    return match.doubted(reason) if match.verdict == "same" else replace(match, reasons=(*match.reasons, reason))


def _kin_of(customer_id: int | None, customers: Mapping[int, EndCustomer]) -> set[int]:
    """Those of the customers that belong to the group of one of them."""
    if customer_id is None or customer_id not in customers:
        return set()
    if all(one.parent_id is None for one in customers.values()):
        return set()
    top = group_of(customers[customer_id])
    return {pk for pk, one in customers.items() if pk != customer_id and group_of(one) == top}


def _verdicts_on(customer_id: int | None) -> dict[int, CustomerVerdict]:
    if customer_id is None:
        return {}
    rows = CustomerVerdict.objects.filter(Q(left_id=customer_id) | Q(right_id=customer_id))
    return {row.right_id if row.left_id == customer_id else row.left_id: row for row in rows}
