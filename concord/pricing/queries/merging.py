"""What prices and promises have to say when two end customers become one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.partners.queries.merging import overlaps_of, untangle
from concord.portal.registry import MergeObstacle, MergePlan
from concord.pricing.models import PriceCommitment, Quote

_COMMITMENTS: Final = """
SELECT a.id, s.id, upper(a.validity) <= %(now)s, upper(s.validity) <= %(now)s, product.sku
FROM pricing_pricecommitment a
JOIN pricing_pricecommitment s ON s.end_customer_id = %(survivor)s AND s.product_id = a.product_id
  AND s.quantity && a.quantity AND s.validity && a.validity
  AND (s.unit_price <> a.unit_price OR s.currency <> a.currency)
JOIN pricing_product product ON product.id = a.product_id
WHERE a.end_customer_id = %(absorbed)s
"""
_SPECIAL_PRICES: Final = """
SELECT a.id, s.id, upper(a.period) <= %(now)s, upper(s.period) <= %(now)s, product.sku
FROM pricing_specialprice a
JOIN pricing_specialprice s ON s.end_customer_id = %(survivor)s AND s.product_id = a.product_id
  AND s.currency = a.currency AND s.quantity && a.quantity AND s.period && a.period AND s.status = 'approved'
JOIN pricing_product product ON product.id = a.product_id
WHERE a.end_customer_id = %(absorbed)s AND a.status = 'approved'
"""
_BENEFITS: Final = """
SELECT a.id, s.id, upper(a.period) <= %(now)s, upper(s.period) <= %(now)s, family.code
FROM pricing_registrationbenefit a
JOIN pricing_registrationbenefit s
  ON s.end_customer_id = %(survivor)s AND s.family_id = a.family_id AND s.period && a.period
JOIN partners_productfamily family ON family.id = a.family_id
WHERE a.end_customer_id = %(absorbed)s
"""
_RULES: Final = (
    (
        "pricing.pricecommitment",
        _COMMITMENTS,
        "promised_prices_differ",
        _("Different prices are promised to both for %(what)s. Reprice or withdraw one of the quotes first."),
    ),
    (
        "pricing.specialprice",
        _SPECIAL_PRICES,
        "special_prices_overlap",
        _("Both have a special price for %(what)s. End one of them first."),
    ),
    (
        "pricing.registrationbenefit",
        _BENEFITS,
        "benefits_overlap",
        _("Both have a registration that prices count for %(what)s. End one of them first."),
    ),
)


def merge_plan(survivor_id: int, absorbed_id: int, now: datetime) -> MergePlan:
    """Live promises and special prices must not contradict each other; what is over stays apart."""
    obstacles, stay, park = [], {}, {}
    for table, sql, code, text in _RULES:
        found = untangle(overlaps_of(sql, survivor_id=survivor_id, absorbed_id=absorbed_id, now=now))
        stay[table], park[table] = found.stay, found.park
        if found.rivals:
            obstacles.append(MergeObstacle(code, text % {"what": ", ".join(found.rivals)}))
    return MergePlan(obstacles, stay, park)


def built_on_merge(
    moved: Mapping[str, Collection[int]], survivor_id: int, _absorbed_id: int, _now: datetime
) -> Sequence[MergeObstacle]:
    """Promises of moved quotes that were made at the surviving record, and new revisions of them."""
    quotes = moved.get("pricing.quote", ())
    promises = (
        PriceCommitment.objects.filter(quote_id__in=quotes, end_customer_id=survivor_id)
        .exclude(pk__in=moved.get("pricing.pricecommitment", ()))
        .count()
    )
    revisions = (
        Quote.objects.unscoped("what was built on a merge")
        .filter(supersedes_id__in=quotes, end_customer_id=survivor_id)
        .exclude(pk__in=quotes)
        .count()
    )
    if not promises and not revisions:
        return []
    text = _("Quotes that were moved have been issued or revised since. They would be torn apart.")
    return [MergeObstacle("quotes_since", text)]
