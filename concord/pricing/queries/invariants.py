"""What must be true of prices, promises, quotes and stock, looked for in sets.

The statements read what constraints hold already, too: a restored or hand-mended database may lack one.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.invariants import Invariant, by_statement
from concord.pricing.enums import PriceKind, QuoteStatus, ReservationStage, SpecialPriceStatus, VersionStatus

_DIFFERING_PROMISES = """
SELECT format('commitments %%s and %%s', a.id, b.id)
FROM pricing_pricecommitment a JOIN pricing_pricecommitment b
  ON b.end_customer_id = a.end_customer_id AND b.product_id = a.product_id AND b.id > a.id
 AND b.quantity && a.quantity AND b.validity && a.validity
 AND (b.unit_price <> a.unit_price OR b.currency <> a.currency)
"""
# A line's promise covers the total of its product in the quote, from now until the quote ends.
_LINE_WITHOUT_PROMISE = """
SELECT format('quote %%s line %%s', q.uuid, k.position)
FROM pricing_quote q
JOIN (
    SELECT *, sum(quantity) OVER (PARTITION BY quote_id, product_id) AS ordered FROM pricing_quoteline
) k ON k.quote_id = q.id
WHERE q.status = %(issued)s AND q.expires_at > %(now)s AND q.issued_at <= %(now)s AND k.price_kind = %(customer)s
  AND NOT EXISTS (
    SELECT FROM pricing_pricecommitment c
    WHERE c.quote_id = q.id AND c.product_id = k.product_id AND c.end_customer_id = q.end_customer_id
      AND c.unit_price = k.customer_unit_price AND c.currency = q.currency
      AND c.quantity @> k.ordered::int AND upper(c.validity) >= q.expires_at AND c.validity @> %(now)s::timestamptz
)
"""
_PROMISE_OF_ENDED_QUOTE = """
SELECT format('commitment %%s of quote %%s', c.id, q.uuid)
FROM pricing_pricecommitment c JOIN pricing_quote q ON q.id = c.quote_id
WHERE c.validity @> %(now)s::timestamptz AND q.status <> ALL(%(keeping)s)
"""
_OVERLAPPING_PRICES = """
SELECT format('prices %%s and %%s', a.id, b.id)
FROM pricing_price a JOIN pricing_price b
  ON b.price_list_id = a.price_list_id AND b.product_id = a.product_id
 AND b.minimum_quantity = a.minimum_quantity AND b.id > a.id AND b.validity && a.validity
WHERE NOT isempty(a.validity) AND NOT isempty(b.validity)
"""
_PRICE_OUTSIDE_VERSION = """
SELECT format('version %%s: %%s prices', v.uuid, count(*))
FROM pricing_price p JOIN pricing_pricelistversion v ON v.id = p.version_id
WHERE p.price_list_id <> v.price_list_id
   OR (v.status = %(draft)s AND NOT isempty(p.validity))
   OR (NOT isempty(p.validity) AND p.validity <> tstzrange(v.valid_from, v.valid_until, '[)'))
   OR (v.status <> %(draft)s AND isempty(p.validity)
       AND (v.valid_until IS NULL OR v.valid_until > v.valid_from))
GROUP BY v.uuid
"""
# Every kind of rule as: table, the columns that two rules must share to tie, the period.
_TIED = """
SELECT format('%(table)s %%s and %%s', a.id, b.id) FROM {table} a JOIN {table} b
  ON b.id > a.id AND b.period && a.period AND {same} WHERE {only}
"""
_TOTALS = """
SELECT format('quote %%s', q.uuid) FROM pricing_quote q JOIN (
    SELECT quote_id, sum(customer_amount) AS customer, sum(partner_amount) AS partner
    FROM pricing_quoteline GROUP BY quote_id
) s ON s.quote_id = q.id
WHERE q.status <> %(draft)s AND q.issued_at IS NOT NULL
  AND (q.customer_total <> s.customer OR q.partner_total <> s.partner)
"""
_SUPERSEDED_BY_NOTHING = """
SELECT format('quote %%s', q.uuid) FROM pricing_quote q
WHERE q.status = %(superseded)s AND NOT EXISTS (SELECT FROM pricing_quote n WHERE n.supersedes_id = q.id)
"""
_FACT_WITHOUT_EVENT = """
SELECT format('quote %%s', q.uuid) FROM pricing_quote q
WHERE q.issued_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM portal_event e WHERE e.subject_type = 'quote' AND e.subject_uuid = q.uuid AND e.verb = 'quote.issued')
UNION ALL
SELECT format('price list version %%s', v.uuid)
FROM pricing_pricelistversion v JOIN pricing_pricelist l ON l.id = v.price_list_id
WHERE v.published_at IS NOT NULL AND NOT EXISTS (
    SELECT FROM portal_event e WHERE e.subject_type = 'price_list' AND e.subject_uuid = l.uuid
    AND e.verb = 'price_list.published' AND (e.payload::jsonb ->> 'version')::int = v.number)
UNION ALL
SELECT format('special price %%s', s.uuid) FROM pricing_specialprice s
WHERE s.status = %(approved)s AND NOT EXISTS (
    SELECT FROM portal_event e WHERE e.subject_type = 'special_price' AND e.subject_uuid = s.uuid
    AND e.verb = 'special_price.approved')
"""
_EVENT_WITHOUT_FACT = """
SELECT DISTINCT format('%%s %%s', e.subject_type, e.subject_uuid) FROM portal_event e
WHERE (e.subject_type = 'quote' AND NOT EXISTS (SELECT FROM pricing_quote f WHERE f.uuid = e.subject_uuid))
   OR (e.subject_type = 'price_list' AND NOT EXISTS (SELECT FROM pricing_pricelist f WHERE f.uuid = e.subject_uuid))
   OR (e.subject_type = 'special_price'
       AND NOT EXISTS (SELECT FROM pricing_specialprice f WHERE f.uuid = e.subject_uuid))
"""
_STOCK = """
SELECT format('stock level %%s', l.id) FROM pricing_stocklevel l
WHERE l.on_hand < 0 OR l.reserved < 0 OR l.as_of > %(now)s::timestamptz + interval '1 hour'
"""
# A later count may fall below what was kept before it; what is wrong is a reservation made when there was not enough.
_RESERVED = """
SELECT format('product %%s', r.product_id) FROM pricing_stockreservation r
JOIN (
    SELECT product_id, sum(greatest(on_hand - reserved, 0)) AS there, max(as_of) AS counted
    FROM pricing_stocklevel GROUP BY product_id
) l ON l.product_id = r.product_id
WHERE r.ended_at IS NULL AND r.until > %(now)s::timestamptz
GROUP BY r.product_id, l.there, l.counted
HAVING sum(r.quantity) > l.there AND max(r.created_at) > l.counted
"""
# What a quote that is over keeps, nobody else can have.
_RESERVED_FOR_NOTHING = """
SELECT format('reservation %%s of quote %%s', r.uuid, q.uuid)
FROM pricing_stockreservation r JOIN pricing_quote q ON q.id = r.quote_id
WHERE r.ended_at IS NULL AND r.until > %(now)s::timestamptz AND q.status <> ALL(%(keeping)s)
"""
# Held while the quote is in force, firm once it was accepted.
_RESERVED_AT_ANOTHER_STAGE = """
SELECT format('reservation %%s of quote %%s', r.uuid, q.uuid)
FROM pricing_stockreservation r JOIN pricing_quote q ON q.id = r.quote_id
WHERE r.ended_at IS NULL AND r.until > %(now)s::timestamptz
  AND ((r.stage = %(firm)s AND q.status = %(issued)s) OR (r.stage = %(held)s AND q.status = %(accepted)s))
"""
_MORE_THAN_GRANTED = """
SELECT format('special price %%s', s.uuid)
FROM pricing_specialprice s JOIN pricing_specialpriceuse u ON u.special_price_id = s.id
WHERE u.used_at IS NOT NULL OR u.until > %(now)s::timestamptz
GROUP BY s.uuid, s.quantity_cap HAVING sum(u.quantity) > s.quantity_cap
"""
# Reserved while the quote is in force, used for good once it was accepted.
_USED_BY_NOTHING = """
SELECT format('use %%s of quote %%s', u.id, q.uuid)
FROM pricing_specialpriceuse u JOIN pricing_quote q ON q.id = u.quote_id
WHERE (u.used_at IS NOT NULL AND q.status <> %(accepted)s)
   OR (u.until > %(now)s::timestamptz AND q.status <> %(issued)s)
"""


def _tied(table: str, *shared: str, only: str = "true", ranges: tuple[str, ...] = ()) -> str:
    same = [f"b.{name} IS NOT DISTINCT FROM a.{name}" for name in shared]
    overlapping = [f"b.{name} && a.{name}" for name in ranges]
    both = only.replace("{}", "a") + " AND " + only.replace("{}", "b")
    text = _TIED.replace("%(table)s", table.removeprefix("pricing_"))
    return text.format(table=table, same=" AND ".join([*same, *overlapping]), only=both)


_TIES = " UNION ALL ".join(
    (
        _tied("pricing_tierdiscount", "tier_id", "family_id"),
        _tied("pricing_registrationdiscount", "family_id"),
        _tied("pricing_programmebonus", "tier_id"),
        _tied("pricing_pricefloor", "family_id"),
        _tied("pricing_promotion", "price_list_id", "product_id", "family_id", "minimum_quantity"),
        _tied("pricing_registrationbenefit", "end_customer_id", "family_id"),
        _tied(
            "pricing_specialprice",
            "end_customer_id",
            "product_id",
            "currency",
            only="{}.status = %(approved)s",
            ranges=("quantity",),
        ),
    )
)


def price_invariants() -> list[Invariant]:
    """The rules of this package."""
    return [
        by_statement(
            "one_price",
            _("No two promises for one customer, product and quantity differ"),
            _DIFFERING_PROMISES,
            "differ while both hold",
        ),
        by_statement(
            "line_promised",
            _("Every line of a live quote has its promise"),
            _LINE_WITHOUT_PROMISE,
            "no promise of this price, quantity and time",
            {"issued": QuoteStatus.ISSUED, "customer": PriceKind.CUSTOMER},
        ),
        by_statement(
            "promise_quoted",
            _("Every live promise has a quote that stands"),
            _PROMISE_OF_ENDED_QUOTE,
            "holds although its quote does not",
            {"keeping": [QuoteStatus.ISSUED, QuoteStatus.ACCEPTED]},
        ),
        by_statement(
            "one_list_price",
            _("No two prices of a list overlap for one product and quantity"),
            _OVERLAPPING_PRICES,
            "overlap",
        ),
        by_statement(
            "price_in_version",
            _("Prices hold exactly as long as their version"),
            _PRICE_OUTSIDE_VERSION,
            "hold at other times than their version",
            {"draft": VersionStatus.DRAFT},
        ),
        by_statement(
            "no_ties",
            _("No two rules of prices could tie"),
            _TIES,
            "could both apply",
            {"approved": SpecialPriceStatus.APPROVED},
        ),
        by_statement(
            "quote_totals",
            _("The total of a quote is the sum of its lines"),
            _TOTALS,
            "total differs from its lines",
            {"draft": QuoteStatus.DRAFT},
        ),
        by_statement(
            "superseded_by",
            _("What was superseded has a successor"),
            _SUPERSEDED_BY_NOTHING,
            "superseded by nothing",
            {"superseded": QuoteStatus.SUPERSEDED},
        ),
        by_statement(
            "prices_told",
            _("Everything that was issued, published or granted is in the history"),
            _FACT_WITHOUT_EVENT,
            "is not in the history",
            {"approved": SpecialPriceStatus.APPROVED},
        ),
        by_statement(
            "prices_there",
            _("Everything that the history tells of prices is there"),
            _EVENT_WITHOUT_FACT,
            "is in the history alone",
        ),
        by_statement(
            "reserved", _("No more stock is kept for quotes than there is"), _RESERVED, "more is kept than there is"
        ),
        by_statement(
            "reserved_for",
            _("Stock is kept for quotes that stand"),
            _RESERVED_FOR_NOTHING,
            "kept although its quote does not stand",
            {"keeping": [QuoteStatus.ISSUED, QuoteStatus.ACCEPTED]},
        ),
        by_statement(
            "reserved_stage",
            _("Stock is held for quotes in force and firm for accepted ones"),
            _RESERVED_AT_ANOTHER_STAGE,
            "kept as its quote does not stand",
            {
                "firm": ReservationStage.FIRM,
                "held": ReservationStage.HELD,
                "issued": QuoteStatus.ISSUED,
                "accepted": QuoteStatus.ACCEPTED,
            },
        ),
        by_statement(
            "special_price_cap",
            _("No more of a special price is taken than was granted"),
            _MORE_THAN_GRANTED,
            "more is taken than was granted",
        ),
        by_statement(
            "special_price_use",
            _("Special prices are taken by quotes that stand"),
            _USED_BY_NOTHING,
            "taken although its quote does not stand",
            {"issued": QuoteStatus.ISSUED, "accepted": QuoteStatus.ACCEPTED},
        ),
        by_statement("stock", _("Counts of stock make sense"), _STOCK, "counts below nothing, or of the future"),
    ]
