"""What publishing a version of a price list would change: products, live quotes, and margins, down to each of them."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from concord.pricing.enums import QuoteStatus
from concord.pricing.models import PriceListVersion, Product, Quote
from concord.pricing.queries.catalogue import products_matching

#: how many changes are listed at once; the counts are of all
LISTED = 50
VERDICTS = ("up", "down", "mixed", "new", "gone", "same")

# Products are compared over their whole ladder: dearer or cheaper at every break that both have, or mixed.
_JUDGED = """
new AS (
    SELECT product_id, minimum_quantity, unit_price FROM pricing_price WHERE version_id = %(version)s
), old AS (
    SELECT product_id, minimum_quantity, unit_price FROM pricing_price
    WHERE price_list_id = %(list)s AND version_id <> %(version)s AND validity @> %(at)s::timestamptz
), steps AS (
    SELECT COALESCE(n.product_id, o.product_id) AS product_id, o.unit_price AS was, n.unit_price AS becomes
    FROM new n FULL JOIN old o ON o.product_id = n.product_id AND o.minimum_quantity = n.minimum_quantity
), products AS (
    SELECT product_id, count(was) AS had, count(becomes) AS has,
           COALESCE(bool_or(becomes > was), false) AS dearer, COALESCE(bool_or(becomes < was), false) AS cheaper,
           bool_or((was IS NULL) <> (becomes IS NULL)) AS breaks,
           max(abs(becomes / was - 1)) AS most
    FROM steps GROUP BY product_id
), judged AS MATERIALIZED (
    SELECT product_id, most, CASE
        WHEN had = 0 THEN 'new' WHEN has = 0 THEN 'gone'
        WHEN dearer AND cheaper THEN 'mixed' WHEN dearer THEN 'up' WHEN cheaper THEN 'down'
        WHEN breaks THEN 'mixed' ELSE 'same' END AS verdict
    FROM products
)
"""
# Live quotes in which the list's partners have such a product: what its quantity would cost before and after. The
# partner's share of it is that of the quoted line: discounts are percentages, and move with the price.
_TOUCHED = """
lines AS (
    SELECT q.id AS quote_id, q.partner_id, k.product_id, k.quantity,
           1 - k.partner_amount / NULLIF(k.customer_amount, 0) AS share,
           sum(k.quantity) OVER (PARTITION BY q.id, k.product_id) AS ordered
    FROM pricing_quote q
    JOIN pricing_quoteline k ON k.quote_id = q.id
    JOIN judged j ON j.product_id = k.product_id AND j.verdict <> 'same'
    JOIN partners_partner p ON p.id = q.partner_id
    WHERE q.status = %(issued)s AND q.expires_at > %(at)s::timestamptz AND q.currency = %(currency)s
      AND (cardinality(%(markets)s::text[]) = 0 OR p.country = ANY(%(markets)s::text[]))
), valued AS (
    SELECT l.*, was.unit_price * l.quantity AS was, becomes.unit_price * l.quantity AS becomes
    FROM lines l
    LEFT JOIN LATERAL (
        SELECT unit_price FROM pricing_price
        WHERE price_list_id = %(list)s AND version_id <> %(version)s AND product_id = l.product_id
          AND validity @> %(at)s::timestamptz AND minimum_quantity <= l.ordered ORDER BY minimum_quantity DESC LIMIT 1
    ) was ON true
    LEFT JOIN LATERAL (
        SELECT unit_price FROM pricing_price
        WHERE version_id = %(version)s AND product_id = l.product_id AND minimum_quantity <= l.ordered
        ORDER BY minimum_quantity DESC LIMIT 1
    ) becomes ON true
)
"""
# One statement, so that a list of a million prices is compared once. Amounts are text: they are no floats on the way.
_IMPACT = f"""
WITH {_JUDGED}, {_TOUCHED}
SELECT
    (SELECT json_object_agg(verdict, products) FROM (
        SELECT verdict, count(*) AS products FROM judged GROUP BY verdict) counted),
    (SELECT json_agg(json_build_array(product_id, verdict) ORDER BY place) FROM (
        SELECT j.product_id, j.verdict, row_number() OVER (ORDER BY j.most DESC NULLS LAST, p.sku) AS place
        FROM judged j JOIN pricing_product p ON p.id = j.product_id
        WHERE j.verdict <> 'same' ORDER BY place LIMIT %(limit)s) largest),
    (SELECT count(DISTINCT quote_id) FROM lines),
    (SELECT count(DISTINCT partner_id) FROM lines),
    (SELECT sum(was) FROM valued WHERE becomes IS NOT NULL),
    (SELECT sum(becomes) FROM valued WHERE was IS NOT NULL),
    (SELECT sum(was * share) FROM valued WHERE becomes IS NOT NULL),
    (SELECT sum(becomes * share) FROM valued WHERE was IS NOT NULL)
"""  # noqa: S608 - constants
_OF_VERDICT = f"WITH {_JUDGED} SELECT product_id FROM judged WHERE verdict = ANY(%(verdicts)s)"  # noqa: S608
_QUOTES = f"WITH {_JUDGED}, {_TOUCHED} SELECT DISTINCT quote_id FROM lines"  # noqa: S608
_LADDERS = """
SELECT COALESCE(n.product_id, o.product_id), COALESCE(n.minimum_quantity, o.minimum_quantity), o.unit_price,
       n.unit_price, o.gross_unit_price, n.gross_unit_price
FROM (
    SELECT * FROM pricing_price WHERE version_id = %(version)s AND product_id = ANY(%(products)s)
) n FULL JOIN (
    SELECT * FROM pricing_price WHERE price_list_id = %(list)s AND version_id <> %(version)s
      AND product_id = ANY(%(products)s) AND validity @> %(at)s::timestamptz
) o ON o.product_id = n.product_id AND o.minimum_quantity = n.minimum_quantity
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class ChangedBreak:
    """One quantity of a ladder: the price before and after, ``None`` where there is none; with tax as given."""

    minimum_quantity: int
    was: Decimal | None
    becomes: Decimal | None
    gross_was: Decimal | None = None
    gross_becomes: Decimal | None = None

    @property
    def percent(self) -> Decimal | None:
        """The change in percent of what it was, to one decimal."""
        if not self.was or self.becomes is None:
            return None
        return ((self.becomes / self.was - 1) * 100).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class ChangedPrice:
    """One product whose price changes, over its whole ladder; ``was`` and ``becomes`` are those of its first break."""

    sku: str
    name: str
    name_zh: str
    verdict: str
    breaks: tuple[ChangedBreak, ...] = ()

    @property
    def first(self) -> ChangedBreak:
        """The change at the lowest quantity that has a price on either side."""
        return self.breaks[0]

    @property
    def was(self) -> Decimal | None:
        """The first price there was."""
        return next((one.was for one in self.breaks if one.was is not None), None)

    @property
    def becomes(self) -> Decimal | None:
        """The first price there will be."""
        return next((one.becomes for one in self.breaks if one.becomes is not None), None)

    @property
    def percent(self) -> Decimal | None:
        """The change of the first price in percent, to one decimal."""
        return ChangedBreak(1, self.was, self.becomes).percent


@dataclass(frozen=True, slots=True)
class Impact:
    """What would change if a version were published at a moment.

    Live quotes keep their prices; they are counted so that somebody can talk to those concerned. ``value_was`` and
    ``value_becomes`` are what the quoted quantities cost by the list before and after, in its currency; ``margin_*``
    what of that stays with the partners, at the discounts they were quoted with. Products that one side does not have
    are in neither. ``None``: no live quote has a product whose price changes.
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
    value_was: Decimal | None = None
    value_becomes: Decimal | None = None
    margin_was: Decimal | None = None
    margin_becomes: Decimal | None = None
    largest: tuple[ChangedPrice, ...] = ()

    @property
    def changes(self) -> int:
        """Products whose price is not what it was."""
        return self.up + self.down + self.mixed + self.new + self.gone

    @property
    def value_moved(self) -> Decimal | None:
        """By how much the quoted quantities become dearer; below zero, cheaper."""
        return _difference(self.value_was, self.value_becomes)

    @property
    def margin_moved(self) -> Decimal | None:
        """By how much the partners' margin on them grows."""
        return _difference(self.margin_was, self.margin_becomes)


def impact_of(version: PriceListVersion, *, at: datetime) -> Impact:
    """Compare a version with what would be in force at ``at`` without it; three statements."""
    with connection.cursor() as cursor:
        cursor.execute(_IMPACT, {**_values(version, at), "limit": LISTED})
        counts, largest, quotes, partners, *sums = cursor.fetchone()
    ordered = [(int(product), str(verdict)) for product, verdict in _read(largest) or ()]
    products = Product.objects.in_bulk([product for product, _verdict in ordered])
    verdicts = dict(ordered)
    return Impact(
        at,
        **(_read(counts) or {}),
        live_quotes=quotes,
        partners=partners,
        value_was=sums[0],
        value_becomes=sums[1],
        margin_was=sums[2],
        margin_becomes=sums[3],
        largest=tuple(price_changes(version, [products[key] for key in verdicts], at=at)),
    )


def changed_products(
    version: PriceListVersion, *, at: datetime, verdicts: Collection[str] = VERDICTS[:-1], search: str = ""
) -> QuerySet[Product]:
    """The products behind the counts, by SKU."""
    values = {**_values(version, at), "verdicts": list(verdicts)}
    rows = products_matching(search) if search.strip() else Product.objects.all()
    return rows.filter(pk__in=_raw(_OF_VERDICT, values)).order_by("sku")


def price_changes(version: PriceListVersion, products: Collection[Product], *, at: datetime) -> list[ChangedPrice]:
    """The ladders of these products before and after, in their order; one statement."""
    ladders: dict[int, list[ChangedBreak]] = {product.pk: [] for product in products}
    with connection.cursor() as cursor:
        cursor.execute(_LADDERS, {**_values(version, at), "products": list(ladders)})
        for product_id, *step in cursor.fetchall():
            ladders[product_id].append(ChangedBreak(*step))
    return [
        ChangedPrice(one.sku, one.name, one.name_zh, _verdict(ladders[one.pk]), tuple(ladders[one.pk]))
        for one in products
    ]


def touched_quotes(version: PriceListVersion, *, at: datetime) -> QuerySet[Quote]:
    """The live quotes in which a price would be another one, newest first; for the vendor."""
    quotes = Quote.objects.unscoped("whoever publishes a price list sees every quote that it touches")
    found = quotes.filter(pk__in=_raw(_QUOTES, _values(version, at)))
    return found.select_related("partner").order_by("-id")


def _verdict(ladder: list[ChangedBreak]) -> str:
    """The same judgement as the statement's, of one ladder."""
    had, has = any(one.was is not None for one in ladder), any(one.becomes is not None for one in ladder)
    if not (had and has):
        return "new" if has else "gone"
    both = [(one.was, one.becomes) for one in ladder if one.was is not None and one.becomes is not None]
    dearer, cheaper = any(new > old for old, new in both), any(new < old for old, new in both)
    if dearer and cheaper:
        return "mixed"
    if dearer or cheaper:
        return "up" if dearer else "down"
    return "same" if len(both) == len(ladder) else "mixed"


def _values(version: PriceListVersion, at: datetime) -> dict[str, Any]:
    return {
        "version": version.pk,
        "list": version.price_list_id,
        "at": at,
        "issued": QuoteStatus.ISSUED,
        "currency": version.price_list.currency,
        "markets": version.price_list.markets,
    }


def _raw(statement: str, values: dict[str, Any]) -> RawSQL:
    """A statement with named values as an expression, which takes them by position alone."""
    ordered: list[Any] = []
    parts = statement.split("%(")
    text = parts[0]
    for part in parts[1:]:
        name, _end, rest = part.partition(")s")
        ordered.append(values[name])
        text += f"%s{rest}"
    return RawSQL(text, ordered)  # noqa: S611 - constants with values beside them


def _read(document: Any) -> Any:
    return json.loads(document) if isinstance(document, str) else document


def _difference(was: Decimal | None, becomes: Decimal | None) -> Decimal | None:
    return None if was is None or becomes is None else becomes - was
