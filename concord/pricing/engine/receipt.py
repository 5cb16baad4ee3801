"""The receipt: every step that led to a price, with the rules and inputs, in one canonical form.

The bytes are canonical: UTF-8 JSON, keys sorted, no blanks, amounts as plain decimal text without trailing zeros, the
moment in UTC with microseconds. Two receipts are the same exactly when their bytes are.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from concord.pricing.engine.context import Partner
from concord.pricing.engine.rulebook import PriceKind, Product, RuleKind, RuleRef

SCHEMA = "concord.receipt/1"
_FLOOR_UNTOLD = RuleRef(RuleKind.FLOOR, None, 0)


class StepCode(StrEnum):
    """The steps of the two legs, in their order."""

    LIST_PRICE = "list_price"
    QUANTITY_BREAK = "quantity_break"
    PROMOTION = "promotion"
    SPECIAL_PRICE = "special_price"
    COMMITMENT = "commitment"
    CUSTOMER_PRICE = "customer_price"
    TIER_DISCOUNT = "tier_discount"
    REGISTRATION_BENEFIT = "registration_benefit"
    PROGRAMME_BONUS = "programme_bonus"
    FLOOR = "floor"
    ROUND = "round"


class ReceiptPart(StrEnum):
    """Who the receipt is for. Only the full one is stored and can be replayed; the others are cut from it."""

    FULL = "full"
    PARTNER = "partner"
    CUSTOMER = "customer"


Inputs = Mapping[str, str | int | None]


class Step(NamedTuple):
    """One step: the rule that applied, what it took in, and the amount before (None at the start) and after it."""

    code: StepCode
    rule: RuleRef | None
    inputs: Inputs
    before: Decimal | None
    after: Decimal


class Leg(NamedTuple):
    """The steps of one leg, the rounded unit amount they end at, and the rounded total of the line."""

    steps: tuple[Step, ...]
    unit_price: Decimal
    total: Decimal


class Asked(NamedTuple):
    """The question as far as it concerns this line. ``product`` and ``protected`` are kept as they were then."""

    product: Product
    quantity: int | Decimal
    sku_quantity: int | Decimal
    currency: str
    market: str
    moment: datetime
    end_customer_id: int | None
    for_end_customer: bool
    partner: Partner | None
    protected: bool


class ReceiptUnreadable(ValueError):
    """The bytes are not a canonical receipt of a version that this code knows."""


class Receipt(NamedTuple):
    """Why this price. A tuple: each line has two, the whole one and the part of it that is told.

    ``partner`` and ``needs_approval`` are None where no partner asked, or where the part leaves them out.
    """

    asked: Asked
    price_kind: PriceKind
    quantity_from: int
    quantity_to: int | None
    customer: Leg
    partner: Leg | None
    needs_approval: bool | None
    part: ReceiptPart = ReceiptPart.FULL

    def to_json_bytes(self) -> bytes:
        """The canonical bytes."""
        return canonical_bytes(self.document())

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal.

        The digest of a full receipt must not be shown to those who may see a part only: amounts could be guessed by it.
        """
        return hashlib.sha256(self.to_json_bytes()).hexdigest()

    def document(self) -> dict[str, Any]:
        """The receipt as JSON values, all amounts as text; for the API and for showing."""
        asked = self.asked
        product = asked.product
        told: dict[str, Any] = {
            "product": {
                "id": product.id,
                "sku": product.sku,
                "family": product.family_id,
                "status": product.status,
                "minimum_order_quantity": product.minimum_order_quantity,
                "order_multiple": product.order_multiple,
                "unit_decimals": product.unit_decimals,
            },
            "quantity": number_text(asked.quantity),
            "sku_quantity": number_text(asked.sku_quantity),
            "currency": asked.currency,
            "market": asked.market,
            "moment": moment_text(asked.moment),
            "for_end_customer": asked.for_end_customer,
        }
        document: dict[str, Any] = {
            "schema": SCHEMA,
            "part": str(self.part),
            "asked": told,
            "price_kind": str(self.price_kind),
            "quantity_break": [self.quantity_from, self.quantity_to],
            "customer": _leg_document(self.customer),
        }
        if self.part is ReceiptPart.FULL:
            told["end_customer"] = asked.end_customer_id
            told["partner"] = asked.partner and {"id": asked.partner.id, "tier": asked.partner.tier}
        if self.part is not ReceiptPart.CUSTOMER:
            told["protected"] = asked.protected
            document["partner"] = self.partner and _leg_document(self.partner)
            document["needs_approval"] = self.needs_approval
        return document

    def part_for(self, part: ReceiptPart) -> "Receipt":
        """Cut the part out of the receipt; what was cut out cannot be had back.

        The customer's part holds nothing of the partner leg, nor who the partner is or whether it is protected. Both
        parts name commitments and special prices without their numbers, and the partner's part does not tell the floor.
        """
        if part is self.part:
            return self
        if self.part is ReceiptPart.CUSTOMER or part is ReceiptPart.FULL:
            raise ValueError(f"the {part} part cannot be cut from the {self.part} part")
        for_partner = part is ReceiptPart.PARTNER
        asked = self.asked
        return Receipt(
            asked=Asked(
                asked.product,
                asked.quantity,
                asked.sku_quantity,
                asked.currency,
                asked.market,
                asked.moment,
                end_customer_id=None,
                for_end_customer=asked.for_end_customer,
                partner=None,
                protected=for_partner and asked.protected,
            ),
            price_kind=self.price_kind,
            quantity_from=self.quantity_from,
            quantity_to=self.quantity_to,
            customer=_discreet(self.customer),
            partner=_discreet(self.partner) if for_partner and self.partner else None,
            needs_approval=self.needs_approval if for_partner else None,
            part=part,
        )

    @classmethod
    def from_json(cls, data: bytes | str) -> "Receipt":
        """Read canonical bytes; anything else, another version included, raises ``ReceiptUnreadable``."""
        raw = data.encode() if isinstance(data, str) else data
        try:
            document = json.loads(raw, parse_float=_refuse_float, parse_constant=_refuse_float)
            receipt = _read(document)
            canonical = receipt.to_json_bytes()
        except ReceiptUnreadable:
            raise
        except (ValueError, TypeError, KeyError, AttributeError, InvalidOperation, RecursionError) as error:
            raise ReceiptUnreadable(f"not a receipt: {type(error).__name__}") from error
        if canonical != raw:
            raise ReceiptUnreadable("not in canonical form")
        return receipt


def customer_part(receipt: Receipt) -> Receipt:
    """The receipt for the end customer or another partner: without any of the partner's net data."""
    return receipt.part_for(ReceiptPart.CUSTOMER)


def partner_part(receipt: Receipt) -> Receipt:
    """The receipt as the partner that asked may see it: without the vendor's floor and others' numbers."""
    return receipt.part_for(ReceiptPart.PARTNER)


def canonical_bytes(document: Mapping[str, Any]) -> bytes:
    """The one JSON form of a document. Raises ``TypeError`` for what has none, a number beyond 64 bits among it."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def number_text(number: int | Decimal) -> str:
    """Plain decimal text without exponent or trailing zeros: 12.5000 → ``12.5``, 1E+2 → ``100``, -0 → ``0``."""
    text = str(number)
    if "E" in text:
        text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@lru_cache(maxsize=64)
def moment_text(moment: datetime) -> str:
    """UTC with microseconds, always of the same length. Remembered, since all lines of a basket have one moment."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _leg_document(leg: Leg) -> dict[str, Any]:
    steps: list[dict[str, Any]] = []
    amount: Decimal | None = None
    text: str | None = None
    for step in leg.steps:
        before = text if step.before is amount else (None if step.before is None else number_text(step.before))
        # Most steps begin with the very amount that the one before ended at, so its text is written once.
        text = before if step.after is step.before else number_text(step.after)
        amount = step.after
        rule = step.rule
        steps.append(
            {
                "code": str(step.code),
                "rule": rule and {"kind": str(rule.kind), "id": rule.id, "version": rule.version, "code": rule.code},
                "inputs": step.inputs,
                "before": before,
                "after": text,
            }
        )
    return {
        "steps": steps,
        "unit_price": text if leg.unit_price is amount else number_text(leg.unit_price),
        "total": number_text(leg.total),
    }


def _discreet(leg: Leg) -> Leg:
    return Leg(tuple([_discreet_step(step) for step in leg.steps]), leg.unit_price, leg.total)


def _discreet_step(step: Step) -> Step:
    rule = step.rule
    if rule is None:
        return step
    if rule.kind is RuleKind.FLOOR:
        return Step(step.code, _FLOOR_UNTOLD, {}, step.before, step.after)
    if rule.kind is RuleKind.COMMITMENT or rule.kind is RuleKind.SPECIAL_PRICE:
        return step._replace(rule=RuleRef(rule.kind, None, rule.version))
    return step


def _refuse_float(text: str) -> Any:
    raise ReceiptUnreadable(f"a receipt holds no floating-point number, found {text}")


def _read(document: Mapping[str, Any]) -> Receipt:
    if document["schema"] != SCHEMA:
        raise ReceiptUnreadable(f"unknown receipt version {document['schema']!r}")
    part = ReceiptPart(document["part"])
    asked, product = document["asked"], document["asked"]["product"]
    partner = asked.get("partner")
    leg = document.get("partner")
    quantity_from, quantity_to = document["quantity_break"]
    return Receipt(
        asked=Asked(
            product=Product(
                id=product["id"],
                sku=product["sku"],
                family_id=product["family"],
                status=product["status"],
                minimum_order_quantity=product["minimum_order_quantity"],
                order_multiple=product["order_multiple"],
                unit_decimals=product["unit_decimals"],
            ),
            quantity=_read_quantity(asked["quantity"]),
            sku_quantity=_read_quantity(asked["sku_quantity"]),
            currency=asked["currency"],
            market=asked["market"],
            moment=datetime.fromisoformat(asked["moment"]),
            end_customer_id=asked.get("end_customer"),
            for_end_customer=asked["for_end_customer"],
            partner=partner and Partner(id=partner["id"], tier=partner["tier"]),
            protected=asked.get("protected", False),
        ),
        price_kind=PriceKind(document["price_kind"]),
        quantity_from=quantity_from,
        quantity_to=quantity_to,
        customer=_read_leg(document["customer"]),
        partner=leg and _read_leg(leg),
        needs_approval=document.get("needs_approval"),
        part=part,
    )


def _read_quantity(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value() else number


def _read_leg(document: Mapping[str, Any]) -> Leg:
    return Leg(
        steps=tuple(_read_step(step) for step in document["steps"]),
        unit_price=Decimal(document["unit_price"]),
        total=Decimal(document["total"]),
    )


def _read_step(document: Mapping[str, Any]) -> Step:
    rule = document["rule"]
    before = document["before"]
    return Step(
        code=StepCode(document["code"]),
        rule=rule and RuleRef(RuleKind(rule["kind"]), rule["id"], rule["version"], rule["code"]),
        inputs=document["inputs"],
        before=None if before is None else Decimal(before),
        after=Decimal(document["after"]),
    )
