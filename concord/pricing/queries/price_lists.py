"""Price lists, their versions, and what publishing a version would change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from concord.partners.models import Partner
from concord.portal.actor import Actor
from concord.pricing.enums import QuoteStatus, VersionStatus
from concord.pricing.models import PriceList, PriceListVersion

#: how many changes are listed; the counts are of all
LISTED = 50

# Products are compared over their whole ladder: dearer or cheaper at every break that both have, or mixed.
_CHANGES = """
WITH new AS (
    SELECT product_id, minimum_quantity, unit_price FROM pricing_price WHERE version_id = %(version)s
), old AS (
    SELECT product_id, minimum_quantity, unit_price FROM pricing_price
    WHERE price_list_id = %(list)s AND version_id <> %(version)s AND validity @> %(at)s
), steps AS (
    SELECT COALESCE(n.product_id, o.product_id) AS product_id, o.unit_price AS was, n.unit_price AS becomes
    FROM new n FULL JOIN old o ON o.product_id = n.product_id AND o.minimum_quantity = n.minimum_quantity
), products AS (
    SELECT product_id, count(was) AS had, count(becomes) AS has,
           COALESCE(bool_or(becomes > was), false) AS dearer, COALESCE(bool_or(becomes < was), false) AS cheaper,
           bool_or((was IS NULL) <> (becomes IS NULL)) AS breaks,
           max(abs(becomes / was - 1)) AS most
    FROM steps GROUP BY product_id
), judged AS (
    SELECT product_id, most, CASE
        WHEN had = 0 THEN 'new' WHEN has = 0 THEN 'gone'
        WHEN dearer AND cheaper THEN 'mixed' WHEN dearer THEN 'up' WHEN cheaper THEN 'down'
        WHEN breaks THEN 'mixed' ELSE 'same' END AS verdict
    FROM products
)
"""
_COUNTS = f"{_CHANGES} SELECT verdict, count(*) FROM judged GROUP BY verdict"  # noqa: S608 - two constants
_LARGEST = f"""{_CHANGES}
SELECT p.sku, p.name, p.name_zh, j.verdict,
       (SELECT unit_price FROM old o WHERE o.product_id = j.product_id ORDER BY minimum_quantity LIMIT 1),
       (SELECT unit_price FROM new n WHERE n.product_id = j.product_id ORDER BY minimum_quantity LIMIT 1)
FROM judged j JOIN pricing_product p ON p.id = j.product_id
WHERE j.verdict <> 'same' ORDER BY j.most DESC NULLS LAST, p.sku LIMIT %(limit)s
"""  # noqa: S608 - two constants
_QUOTES = f"""{_CHANGES}
SELECT count(DISTINCT q.id), count(DISTINCT q.partner_id)
FROM pricing_quote q JOIN pricing_quoteline k ON k.quote_id = q.id JOIN judged j ON j.product_id = k.product_id
WHERE q.status = %(issued)s AND q.expires_at > %(at)s AND q.currency = %(currency)s AND j.verdict <> 'same'
"""  # noqa: S608 - two constants


@dataclass(frozen=True, slots=True)
class ChangedPrice:
    """One product whose price changes: ``was`` and ``becomes`` are those of its first break."""

    sku: str
    name: str
    name_zh: str
    verdict: str
    was: Decimal | None
    becomes: Decimal | None

    @property
    def percent(self) -> Decimal | None:
        """The change in percent of what it was, to one decimal."""
        if not self.was or self.becomes is None:
            return None
        return ((self.becomes / self.was - 1) * 100).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Impact:
    """What would change if a version were published at a moment. Live quotes keep their prices; they are counted so
    that somebody can talk to those concerned.
    """

    at: datetime
    up: int = 0
    down: int = 0
    mixed: int = 0
    new: int = 0
    gone: int = 0
    same: int = 0
    live_quotes: int = 0
    partners: int = 0
    largest: tuple[ChangedPrice, ...] = ()

    @property
    def changes(self) -> int:
        """Products whose price is not what it was."""
        return self.up + self.down + self.mixed + self.new + self.gone


def impact_of(version: PriceListVersion, *, at: datetime) -> Impact:
    """Compare a version with what would be in force at ``at`` without it; three statements."""
    values: dict[str, Any] = {
        "version": version.pk,
        "list": version.price_list_id,
        "at": at,
        "limit": LISTED,
        "issued": QuoteStatus.ISSUED,
        "currency": version.price_list.currency,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, values)
        counts = dict(cursor.fetchall())
        cursor.execute(_LARGEST, values)
        largest = tuple(ChangedPrice(*row) for row in cursor.fetchall())
        cursor.execute(_QUOTES, values)
        quotes, partners = cursor.fetchone()
    return Impact(at=at, **counts, live_quotes=quotes, partners=partners, largest=largest)


def price_lists() -> QuerySet[PriceList]:
    """All lists with their versions, newest first, and how many prices each version has; two statements."""
    versions = PriceListVersion.objects.annotate(price_count=Count("prices")).order_by("-number")
    return PriceList.objects.prefetch_related(Prefetch("versions", queryset=versions)).order_by("code")


def price_lists_of(actor: Actor) -> QuerySet[PriceList]:
    """The lists of a partner's market that have a version in force."""
    if actor.partner_id is None:
        return PriceList.objects.none()
    market = Partner.objects.visible_to(actor).values_list("country", flat=True).get(pk=actor.partner_id)
    in_market = Q(markets=[]) | Q(markets__contains=[market])
    in_force = PriceListVersion.objects.filter(price_list=OuterRef("pk"), status=VersionStatus.IN_FORCE)
    return price_lists().filter(in_market, Exists(in_force))


def currencies_of_market(market: str | None) -> list[str]:
    """The currencies that a market (``None``: any) has published prices in, in alphabetical order."""
    published = PriceListVersion.objects.filter(status__in=[VersionStatus.IN_FORCE, VersionStatus.SCHEDULED])
    rows = PriceList.objects.filter(pk__in=published.values("price_list_id")).values_list("currency", "markets")
    return sorted({currency for currency, markets in rows if market is None or not markets or market in markets})
