"""All that a product's page tells: price for whoever asks, breaks, stock, what stands in for it, and its documents."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from concord.documents.models import Collateral
from concord.documents.queries.library import entitled_to
from concord.partners.models import Partner
from concord.portal.actor import Actor
from concord.portal.refusals import NotThere
from concord.pricing.enums import ProductDocumentKind
from concord.pricing.models import Product
from concord.pricing.queries.availability import Availability, availability_for
from concord.pricing.queries.price_check import AskedLine, CheckedLine, PriceCheck, check_prices
from concord.pricing.queries.rulebook import facts_of
from concord.pricing.queries.substitutes import Offer, substitutes_for


@dataclass(frozen=True, slots=True)
class ListBreak:
    """The list price from a quantity on, in the page's currency."""

    quantity: int
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class ProductPage:
    """One product as one reader sees it; ``line`` is the answer for its smallest order."""

    product: Product
    check: PriceCheck
    line: CheckedLine
    breaks: Sequence[ListBreak]
    stock: Availability
    offers: Sequence[Offer]
    predecessors: Sequence[Product]
    documents: Sequence[Collateral]
    picture: Collateral | None


def product_named(product_uuid: uuid.UUID) -> Product:
    """A product of the catalogue, which is the same for everybody. Raises ``NotThere``."""
    product = Product.objects.select_related("family", "successor").filter(uuid=product_uuid).first()
    if product is None:
        raise NotThere
    return product


def product_page(
    *, actor: Actor, product: Product, partner: Partner | None, currency: str, now: datetime
) -> ProductPage:
    """The page of a product; a constant number of statements. ``partner`` is on whose behalf prices are asked."""
    asked = AskedLine(1, product.sku, product.sku, product.minimum_order_quantity)
    check = check_prices(
        actor=actor,
        partner_id=partner.pk if partner else None,
        partner=facts_of(partner) if partner else None,
        end_customer_id=None,
        currency=currency,
        moment=now,
        now=now,
        lines=[asked],
    )
    (line,) = check.lines
    asking = None if actor.is_vendor or partner is None else partner.pk
    stock = line.availability or availability_for([product.pk], now=now, partner_id=asking)[product.pk]
    documents = documents_of(actor=actor, product=product, now=now)
    return ProductPage(
        product=product,
        check=check,
        line=line,
        breaks=_breaks(check, line),
        stock=stock,
        offers=substitutes_for([product.pk], now=now, partner_id=asking).get(product.pk, ()),
        predecessors=list(product.predecessors.order_by("sku")[:10]),
        documents=[document for document, kind in documents if kind != ProductDocumentKind.IMAGE],
        picture=next((document for document, kind in documents if kind == ProductDocumentKind.IMAGE), None),
    )


def documents_of(*, actor: Actor, product: Product, now: datetime) -> list[tuple[Collateral, str]]:
    """The product's documents that the actor is entitled to, each with its kind."""
    kinds = dict(product.documents.filter(is_shown=True).order_by("kind", "pk").values_list("collateral_id", "kind"))
    found = entitled_to(actor=actor, now=now).filter(pk__in=kinds).in_bulk() if kinds else {}
    return [(found[key], kind) for key, kind in kinds.items() if key in found]


def picture_of(*, actor: Actor, product: Product, now: datetime) -> Collateral:
    """The product's picture. Raises ``NotThere`` where there is none that the actor is entitled to."""
    for document, kind in documents_of(actor=actor, product=product, now=now):
        if kind == ProductDocumentKind.IMAGE:
            return document
    raise NotThere


def _breaks(check: PriceCheck, line: CheckedLine) -> list[ListBreak]:
    """The breaks of the list that the price came from."""
    if line.product is None or line.error:
        return []
    listed = [one for one in check.basket.rules.list_prices if one.product_id == line.product.pk]
    return [ListBreak(one.min_quantity, one.amount) for one in sorted(listed, key=lambda one: one.min_quantity)]
