"""May this customer be registered? Asked before anything is stored; no answer names a holder or a record."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from concord.deals.enums import CheckVerdict
from concord.deals.models import Protection
from concord.deals.queries.eligibility import Asked, Finding, findings
from concord.deals.queries.leads import is_in_pool
from concord.deals.queries.protections import live_protections, same_companies
from concord.deals.queries.twins import is_same
from concord.deals.queries.vendor_accounts import is_vendor_account
from concord.partners.models import EndCustomer, Partner, ProductFamily
from concord.partners.queries.twins import CustomerClaim, Twin, find_twins


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pre-check found. Partners learn ``verdict``, ``protected_until`` (as a month) and ``yours`` alone."""

    verdict: CheckVerdict
    protected_until: datetime | None
    yours: bool
    twins: tuple[Twin, ...]
    protections: tuple[Protection, ...]
    #: rules of the programme that a registration would not meet, as far as a check can know
    rules: tuple[Finding, ...] = ()


def families_by_code(codes: Collection[str]) -> dict[str, ProductFamily]:
    """The families of these codes."""
    return {family.code: family for family in ProductFamily.objects.filter(code__in=list(codes))}


def check_claim(
    *, claim: CustomerClaim, family_ids: Collection[int] | None, partner_id: int | None, now: datetime
) -> Answer:
    """Compare a claim with everything that is protected now, in some families (``None``: in any).

    ``protected``: a record that is plainly the same company is protected; ``review``: one that may be the same is, so
    that a person of the vendor will look; ``pool``: a free lead (for a partner: one that it may claim) stands there;
    ``vendor``: the vendor's own team works there; ``free``: none of these. The statements are the same whatever the
    answer.
    """
    twins = find_twins(claim)
    same = same_companies({twin.end_customer_id for twin in twins if is_same(twin)})
    held = live_protections(
        end_customer_ids=same | {twin.end_customer_id for twin in twins}, family_ids=family_ids, now=now
    )
    plain = [one for one in held if one.end_customer_id in same]
    rivals = [one for one in plain if one.partner_id != partner_id]
    verdict, until, yours = CheckVerdict.FREE, None, False
    if rivals:
        verdict, until = CheckVerdict.PROTECTED, rivals[0].period.upper
    elif plain:
        verdict, until, yours = CheckVerdict.PROTECTED, plain[0].period.upper, True
    elif any(one.partner_id != partner_id for one in held):
        verdict = CheckVerdict.REVIEW
    in_pool = is_in_pool(customer_ids=same, family_ids=family_ids, partner_id=partner_id)
    if verdict == CheckVerdict.FREE and in_pool:
        verdict = CheckVerdict.POOL
    against = _against(claim, same, family_ids, partner_id, now=now)
    if verdict != CheckVerdict.PROTECTED and is_vendor_account(same):
        verdict = CheckVerdict.VENDOR
    return Answer(verdict, until, yours, tuple(twins), tuple(held), tuple(against))


def _against(
    claim: CustomerClaim,
    customer_ids: Collection[int],
    family_ids: Collection[int] | None,
    partner_id: int | None,
    *,
    now: datetime,
) -> list[Finding]:
    """The rules that stand against the asking partner; the vendor asks for nobody in particular."""
    if partner_id is None:
        return []
    partner = Partner.objects.unscoped("the partner that asks").get(pk=partner_id)
    families = list(ProductFamily.objects.filter(pk__in=family_ids or []).order_by("code"))
    asked = Asked(
        partner=partner,
        country=claim.country,
        customer_ids=frozenset(customer_ids),
        family_ids=frozenset(family_ids or ()),
        line_families=families,
        is_check=True,
    )
    return findings(asked, now=now)


def customers_of(answer: Answer) -> dict[int, EndCustomer]:
    """The records behind an answer, for the vendor."""
    ids = [twin.end_customer_id for twin in answer.twins]
    return EndCustomer.objects.unscoped("the vendor sees what a check matched").in_bulk(ids)
