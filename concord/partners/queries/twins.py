"""Which end customers a claim may be about. Never shown to partners: doors decide what of it may be said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from django.db import connection
from django.db.models import Q

from concord.partners.enums import NameKind, Verdict
from concord.partners.matching.candidates import CANDIDATES, WORD_SIMILARITY, exact_keys, query_blocks, query_key
from concord.partners.matching.reasons import Reason
from concord.partners.matching.score import Match, Profile, compare, profile
from concord.partners.matching.score import Verdict as MatchVerdict
from concord.partners.models import CustomerName, CustomerVerdict, EndCustomer
from concord.partners.queries.groups import group_of

#: exact keys that many companies share
INITIALS = "ini:"
#: of the customers that share a telling word, as many are looked at: a word of more is none that tells
LOOKED_AT = 2_000

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
class Twin:
    """An end customer that a claim may be about, and how it compares."""

    end_customer_id: int
    match: Match


_CANDIDATES = """
SELECT id FROM (
    (SELECT id, 0 AS place FROM partners_endcustomer
     WHERE exact_keys && %(exact)s::varchar[] AND merged_into_id IS NULL LIMIT %(most)s)
    UNION ALL
    (SELECT id, row_number() OVER () FROM partners_endcustomer
     WHERE exact_keys && %(initials)s::varchar[] AND merged_into_id IS NULL LIMIT %(few)s)
    UNION ALL
    (SELECT id, row_number() OVER (ORDER BY shared DESC, id) FROM (
        SELECT id, (SELECT count(*) FROM unnest(block_keys) AS key WHERE key = ANY(%(blocks)s::varchar[])) AS shared
        FROM (
            SELECT id, block_keys FROM partners_endcustomer
            WHERE block_keys && %(blocks)s::varchar[] AND merged_into_id IS NULL LIMIT %(looked_at)s
        ) AS with_a_word
    ) AS blocked ORDER BY shared DESC, id LIMIT %(most)s)
    UNION ALL
    (SELECT id, row_number() OVER (ORDER BY nearness DESC, id) FROM (
        SELECT id, word_similarity(%(text)s, search_key) AS nearness FROM partners_endcustomer
        WHERE %(text)s <%% search_key AND merged_into_id IS NULL
    ) AS alike ORDER BY nearness DESC, id LIMIT %(most)s)
) AS found GROUP BY id ORDER BY min(place), id LIMIT %(most)s
"""


def candidate_ids(claim: CustomerClaim) -> list[int]:
    """Ids of the end customers worth scoring, by the three indexes; at most ``CANDIDATES``.

    Exact keys first, then those that the other two have found in turns, so that none crowds out the other."""
    keys = exact_keys(claim.profile())
    blocks = sorted({block for name in (claim.name, claim.short_name) if name for block in query_blocks(name)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(WORD_SIMILARITY)])
        cursor.execute(
            _CANDIDATES,
            {
                "exact": [key for key in keys if not key.startswith(INITIALS)],
                "initials": [key for key in keys if key.startswith(INITIALS)],
                "few": CANDIDATES // 5,
                "looked_at": LOOKED_AT,
                "blocks": blocks,
                "text": query_key(claim.name),
                "most": CANDIDATES,
            },
        )
        return [row[0] for row in cursor.fetchall()]


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
    left_out = {*exclude_ids, *([of_customer_id] if of_customer_id else [])}
    ids = [one for one in candidate_ids(claim) if one not in left_out]
    customers = EndCustomer.objects.unscoped("matching sees every customer").prefetch_related("names").in_bulk(ids)
    wanted = claim.profile()
    said = _verdicts_on(of_customer_id, ids)
    kin = _kin_of(of_customer_id, customers)
    twins = [Twin(one, _judged(compare(wanted, profile_of(customers[one])), said.get(one), one in kin)) for one in ids]
    likely = [twin for twin in twins if twin.match.verdict != "different"]
    return sorted(likely, key=lambda twin: (-twin.match.score, twin.end_customer_id))[:limit]


def _judged(match: Match, said: str | None, is_kin: bool) -> Match:
    """A person's verdict wins over the score; of companies of one group no score says that they are the same."""
    if said is not None:
        return replace(match, verdict=_SAID[said])
    if not is_kin:
        return match
    verdict: MatchVerdict = "review" if match.verdict == "same" else match.verdict
    return replace(match, verdict=verdict, reasons=(*match.reasons, Reason("same_group")))


def _kin_of(customer_id: int | None, others: Mapping[int, EndCustomer]) -> set[int]:
    """Those of the candidates that belong to the group of a customer."""
    if customer_id is None:
        return set()
    own = EndCustomer.objects.unscoped("matching sees every customer").get(pk=customer_id)
    if own.parent_id is None and all(one.parent_id is None for one in others.values()):
        return set()
    top = group_of(own)
    return {one.pk for one in others.values() if group_of(one) == top}


def _verdicts_on(customer_id: int | None, others: Collection[int]) -> dict[int, str]:
    if customer_id is None:
        return {}
    rows = CustomerVerdict.objects.filter(
        Q(left_id=customer_id, right_id__in=others) | Q(right_id=customer_id, left_id__in=others),
    )
    return {row.right_id if row.left_id == customer_id else row.left_id: row.verdict for row in rows}
