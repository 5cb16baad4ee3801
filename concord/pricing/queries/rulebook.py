"""The rows that prices are made of, loaded for the engine in a constant number of statements.

``load_rulebook`` is what a price check, a quote and a replay share: the same rows as of a moment, the same answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from concord.partners.models import Partner
from concord.pricing import engine
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import Product

HUNDRED = Decimal(100)
_KINDS = {kind.value: kind for kind in engine.PriceKind}

_PRICES = """
SELECT p.product_id, l.id, l.code, l.priority, l.kind, v.number, array_agg(p.id), array_agg(p.minimum_quantity),
       array_agg(p.unit_price), array_agg(upper(p.validity))
FROM pricing_price p
JOIN pricing_pricelist l ON l.id = p.price_list_id
JOIN pricing_pricelistversion v ON v.id = p.version_id
WHERE p.product_id = ANY(%(products)s) AND p.validity @> %(moment)s
  AND l.currency = %(currency)s AND (l.markets = '{}' OR %(market)s = ANY(l.markets))
GROUP BY p.product_id, l.id, v.number
"""

# One row shape for all rules: kind, id, code, list, product, family, from, to, percent or price, currency, price kind,
# period, and whether it is the partner's own.
_RULES = """
SELECT 'promotion', id, name, price_list_id, product_id, family_id, minimum_quantity, NULL::int, percent, '', '',
       lower(period), upper(period), false
FROM pricing_promotion
WHERE price_list_id = ANY(%(lists)s) AND period @> %(moment)s
  AND (product_id = ANY(%(products)s) OR family_id = ANY(%(families)s))
UNION ALL
SELECT 'tier', id, '', NULL, NULL, family_id, 1, NULL, percent, '', '', lower(period), upper(period), false
FROM pricing_tierdiscount
WHERE tier_id = %(tier)s AND family_id = ANY(%(families)s) AND period @> %(moment)s
UNION ALL
SELECT 'registration', id, '', NULL, NULL, family_id, 1, NULL, percent, '', '', lower(period), upper(period), false
FROM pricing_registrationdiscount
WHERE family_id = ANY(%(families)s) AND period @> %(moment)s
UNION ALL
SELECT 'bonus', id, name, NULL, NULL, NULL, 1, NULL, percent, '', '', lower(period), upper(period), false
FROM pricing_programmebonus
WHERE tier_id = %(tier)s AND period @> %(moment)s
UNION ALL
SELECT 'floor', id, '', NULL, NULL, family_id, 1, NULL, percent, '', '', lower(period), upper(period), false
FROM pricing_pricefloor
WHERE family_id = ANY(%(families)s) AND period @> %(moment)s
"""

# What is known of the end customer: protection, special prices, promises, and which promises are the partner's own.
_CUSTOMER = """
UNION ALL
SELECT 'benefit', b.id, '', NULL, NULL, b.family_id, 1, NULL, NULL, '', '', lower(b.period), upper(b.period), true
FROM pricing_registrationbenefit b
WHERE b.end_customer_id = %(customer)s AND b.partner_id = %(partner)s AND b.period @> %(moment)s
UNION ALL
SELECT 'special', s.id, '', NULL, s.product_id, NULL, lower(s.quantity), LEAST(upper(s.quantity), u.left_over + 1),
       s.unit_price, s.currency, '', lower(s.period), upper(s.period), false
FROM pricing_specialprice s
CROSS JOIN LATERAL (
    -- What accepted quotes used of a capped price is gone; what quotes in force reserve is held by their promises.
    SELECT s.quantity_cap - COALESCE(sum(quantity), 0) AS left_over FROM pricing_specialpriceuse
    WHERE special_price_id = s.id AND s.quantity_cap IS NOT NULL AND used_at <= %(moment)s
) u
WHERE (u.left_over IS NULL OR u.left_over >= lower(s.quantity))
  AND s.end_customer_id = %(customer)s AND s.product_id = ANY(%(products)s) AND s.status = %(approved)s
  AND s.period @> %(moment)s
UNION ALL
SELECT 'promise', c.id, '', NULL, c.product_id, NULL, lower(c.quantity), upper(c.quantity), c.unit_price, c.currency,
       COALESCE((SELECT k.price_kind FROM pricing_quoteline k
                 WHERE k.quote_id = c.quote_id AND k.product_id = c.product_id LIMIT 1), ''),
       lower(c.validity), upper(c.validity), COALESCE(q.partner_id = %(partner)s, false)
FROM pricing_pricecommitment c JOIN pricing_quote q ON q.id = c.quote_id
WHERE c.end_customer_id = %(customer)s AND c.product_id = ANY(%(products)s) AND c.validity @> %(moment)s
"""


class PartnerFacts(NamedTuple):
    """What prices need to know of a partner: its tier and the market that it buys in."""

    id: int
    tier_id: int
    tier: str
    market: str


@dataclass(frozen=True, slots=True)
class LoadedRules:
    """The rule book, and the families that the partner holds a live protection for at this customer."""

    rules: engine.RuleBook
    protected_families: frozenset[int]
    #: the products whose special and promised prices the partner may see: by a protection, or an own live promise
    related: frozenset[int] = frozenset()

    def as_the_partner_sees_it(self) -> engine.RuleBook:
        """The same rules without special and promised prices of products that the partner has no relation to."""
        special = tuple(one for one in self.rules.special_prices if one.product_id in self.related)
        promised = tuple(one for one in self.rules.commitments if one.product_id in self.related)
        if (len(special), len(promised)) == (len(self.rules.special_prices), len(self.rules.commitments)):
            return self.rules
        return replace(self.rules, special_prices=special, commitments=promised)


def facts_of(partner: Partner) -> PartnerFacts:
    """The facts of a partner that was read with its tier."""
    return PartnerFacts(partner.pk, partner.tier_id, partner.tier.code, partner.country)


def partner_facts(partner_id: int | None) -> PartnerFacts | None:
    """The partner's tier and market now: one statement, none without a partner."""
    if partner_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id, p.tier_id, t.code, p.country FROM partners_partner p JOIN partners_tier t ON t.id = p.tier_id"
            " WHERE p.id = %s",
            [partner_id],
        )
        row = cursor.fetchone()
    return PartnerFacts(*row) if row else None


def load_rulebook(
    *,
    products: Sequence[Product],
    partner: PartnerFacts | None,
    end_customer_id: int | None,
    currency: str,
    moment: datetime,
    sees_promises: bool | None = None,
) -> LoadedRules:
    """Everything that may decide the prices of these products at ``moment``: two statements.

    ``sees_promises``: ``True`` loads all special and promised prices of the customer, ``False`` none; ``None`` those
    that the partner has a live relation for, by a protection of the family or an own live promise of the product.
    """
    if not products:
        return LoadedRules(engine.RuleBook(), frozenset())
    ids = [product.pk for product in products]
    families = {product.pk: product.family_id for product in products}
    market = partner.market if partner else ""
    prices, lists = _list_prices(ids, currency, market, moment)
    rows = _fetch(
        _RULES if end_customer_id is None else _RULES + _CUSTOMER,
        {
            "lists": sorted(set(lists.values())),
            "products": ids,
            "families": sorted(set(families.values())),
            "tier": partner.tier_id if partner else None,
            "moment": moment,
            "customer": end_customer_id,
            "partner": partner.id if partner else None,
            "approved": SpecialPriceStatus.APPROVED,
        },
    )
    protected = frozenset(r.family for r in rows["benefit"] if r.family is not None)
    own = {r.product for r in rows["promise"] if r.is_own}
    related = frozenset(key for key in ids if families[key] in protected or key in own)
    known = related if sees_promises is None else frozenset(ids if sees_promises else ())
    tier = partner.tier if partner else ""
    rules = engine.RuleBook(
        products=tuple(_engine_product(product) for product in products),
        list_prices=tuple(prices),
        promotions=tuple(_promotions(rows, lists, families)),
        special_prices=tuple(_specials(rows, end_customer_id, known)),
        commitments=tuple(_promises(rows, end_customer_id, known)),
        tier_discounts=tuple(
            engine.TierDiscount(
                id=r.id, tier=tier, percent=r.percent, family_id=r.family, valid_from=r.start, valid_until=r.end
            )
            for r in rows["tier"]
        ),
        registration_benefits=tuple(
            engine.RegistrationBenefit(
                id=r.id, percent=r.percent, family_id=r.family, valid_from=r.start, valid_until=r.end
            )
            for r in rows["registration"]
        ),
        programme_bonuses=tuple(
            engine.ProgrammeBonus(id=r.id, percent=r.percent, tier=tier, valid_from=r.start, valid_until=r.end)
            for r in rows["bonus"]
        ),
        floors=tuple(
            # Stored is how far below the list price a net may go; the engine compares with what is left of it.
            engine.Floor(
                id=r.id, percent=HUNDRED - r.percent, family_id=r.family, valid_from=r.start, valid_until=r.end
            )
            for r in rows["floor"]
        ),
    )
    return LoadedRules(rules, protected, related)


def _engine_product(product: Product) -> engine.Product:
    return engine.Product(
        id=product.pk,
        sku=product.sku,
        family_id=product.family_id,
        status=product.status,
        minimum_order_quantity=product.minimum_order_quantity,
        order_multiple=product.order_multiple,
    )


def _list_prices(
    product_ids: list[int], currency: str, market: str, moment: datetime
) -> tuple[list[engine.ListPrice], dict[int, int]]:
    """Prices in force, and by product the list that wins: the highest priority that has the product at all."""
    with connection.cursor() as cursor:
        cursor.execute(_PRICES, {"products": product_ids, "currency": currency, "market": market, "moment": moment})
        rows = cursor.fetchall()
    winner: dict[int, tuple[int, int]] = {}
    for product_id, list_id, _code, priority, *_breaks in rows:
        best = winner.get(product_id)
        if best is None or priority > best[0]:
            winner[product_id] = (priority, list_id)
    # In force they all are, so the engine need not be told since when. By place, since there are ten of them a line.
    prices = [
        engine.ListPrice(
            price_id, product_id, minimum, amount, currency, code, version, "", priority, _KINDS[kind], None, end
        )
        for product_id, list_id, code, priority, kind, version, *breaks in rows
        if winner[product_id][1] == list_id
        for price_id, minimum, amount, end in zip(*breaks, strict=True)
    ]
    return prices, {product_id: list_id for product_id, (_priority, list_id) in winner.items()}


class _Rule(NamedTuple):
    id: int
    code: str
    price_list: int | None
    product: int | None
    family: int | None
    minimum: int
    below: int | None
    percent: Decimal  # of a special or promised price, its amount
    currency: str
    price_kind: str
    start: datetime | None
    end: datetime | None
    is_own: bool


def _fetch(statement: str, values: Mapping[str, Any]) -> dict[str, list[_Rule]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: dict[str, list[_Rule]] = defaultdict(list)
        for kind, *row in cursor.fetchall():
            rows[kind].append(_Rule(*row))
    return rows


def _promotions(
    rows: dict[str, list[_Rule]], lists: dict[int, int], families: dict[int, int]
) -> Iterable[engine.Promotion]:
    """Promotions by product. One of a list counts only where that list gives the price; a product's own beats its
    family's; of several from different quantities on, each holds up to where the next begins.
    """
    for product_id, list_id in sorted(lists.items()):
        for priority, of_scope in (
            (1, [r for r in rows["promotion"] if r.product == product_id]),
            (0, [r for r in rows["promotion"] if r.product is None and r.family == families[product_id]]),
        ):
            ladder = sorted((r for r in of_scope if r.price_list == list_id), key=lambda r: r.minimum)
            for position, rule in enumerate(ladder):
                above = ladder[position + 1].minimum if position + 1 < len(ladder) else None
                yield engine.Promotion(
                    id=rule.id,
                    code=rule.code,
                    product_id=product_id,
                    percent=rule.percent,
                    quantity_from=rule.minimum,
                    quantity_to=above,
                    priority=priority,
                    valid_from=rule.start,
                    valid_until=rule.end,
                )


def _specials(
    rows: dict[str, list[_Rule]], end_customer_id: int | None, known: Collection[int]
) -> Iterable[engine.SpecialPrice]:
    for r in rows["special"]:
        if end_customer_id is not None and r.product is not None and r.product in known:
            yield engine.SpecialPrice(
                id=r.id,
                end_customer_id=end_customer_id,
                product_id=r.product,
                unit_price=r.percent,
                currency=r.currency,
                quantity_from=r.minimum or 1,
                quantity_to=r.below,
                valid_from=r.start,
                valid_until=r.end,
            )


def _promises(
    rows: dict[str, list[_Rule]], end_customer_id: int | None, known: Collection[int]
) -> Iterable[engine.Commitment]:
    for r in rows["promise"]:
        if end_customer_id is not None and r.product is not None and r.product in known:
            yield engine.Commitment(
                id=r.id,
                end_customer_id=end_customer_id,
                product_id=r.product,
                quantity_from=r.minimum or 1,
                quantity_to=r.below,
                unit_price=r.percent,
                currency=r.currency,
                price_kind=_KINDS[r.price_kind] if r.price_kind else engine.PriceKind.CUSTOMER,
                valid_from=r.start,
                valid_until=r.end,
            )
