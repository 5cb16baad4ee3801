"""``POST /price-checks/``: what it costs, why, from which quantity on it costs less, and what is in stock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.api.authentication import api_actor
from concord.portal.refusals import InvalidInput
from concord.pricing.access import customer_asked_for, partner_priced_for
from concord.pricing.actions.stock import record_unmet_demand
from concord.pricing.api.money import MoneySerializer, money
from concord.pricing.api.stock import (
    AskedAvailabilitySerializer,
    SubstituteSerializer,
    asked_availability_document,
    substitute_documents,
)
from concord.pricing.pasted import MAX_LINES
from concord.pricing.queries.named_products import products_named
from concord.pricing.queries.price_check import (
    AskedLine,
    CheckedLine,
    PriceCheck,
    ambiguous,
    check_prices,
    notices_of,
    token_of,
    unmet_in,
)
from concord.pricing.queries.price_check_offers import offers_of

#: a clock that is a little ahead asks for no future price
CLOCK_TOLERANCE = timedelta(minutes=5)
#: what a line without a price has in the places of one
_UNPRICED: dict[str, Any] = {
    **dict.fromkeys(("price_kind", "customer_unit_price", "customer_amount", "partner_unit_net", "partner_amount")),
    **dict.fromkeys(("quantity_break", "next_break", "receipt", "other_live_quote")),
    "needs_approval": False,
}


class AskedLineSerializer(serializers.Serializer[Any]):
    """A SKU as in the catalogue, or the maker's part number, and how many."""

    sku = serializers.CharField(max_length=200, trim_whitespace=True, required=False, default="")
    part_number = serializers.CharField(
        max_length=200,
        required=False,
        default="",
        help_text="Instead of `sku`: the maker's number, or ours, whatever dashes, blanks and case.",
    )
    manufacturer = serializers.CharField(
        max_length=200,
        required=False,
        allow_blank=True,
        default="",
        help_text="Decides where several makers have that part number.",
    )
    quantity = serializers.IntegerField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A line names its product once."""
        if bool(attrs["sku"]) == bool(attrs["part_number"]):
            raise serializers.ValidationError({"sku": [_("Name the product by sku or by part_number.")]}, "required")
        return attrs


class AskedLinesField(serializers.ListField):
    """Many lines: what is plainly a SKU and a number is taken as it is, all else goes through the serializer."""

    child = AskedLineSerializer()

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        """As DRF does, with its errors by line."""
        taken = [_plainly_asked(line) for line in data]
        return taken if all(taken) else super().run_child_validation(data)


def _plainly_asked(line: Any) -> dict[str, Any] | None:
    if type(line) is not dict or len(line) != 2:
        return None
    sku, quantity = line.get("sku"), line.get("quantity")
    if type(sku) is not str or type(quantity) is not int:
        return None
    return line if sku.isascii() and sku.isprintable() and 0 < len(sku) <= 200 and sku == sku.strip() else None


class PriceCheckRequestSerializer(serializers.Serializer[Any]):
    """For whom, in which currency, when and what."""

    partner = serializers.CharField(required=False, allow_blank=True, default="")
    customer = serializers.CharField(required=False, allow_blank=True, allow_null=True, default="")
    currency = serializers.CharField(max_length=8)
    as_of = serializers.DateTimeField(required=False)
    lines = AskedLinesField(allow_empty=False, max_length=MAX_LINES)


class BreakSerializer(serializers.Serializer[Any]):
    """Quantities over which the price holds; ``to`` is the first one beyond, or null."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Said here, since ``from`` is no name of Python's."""
        return {"from": serializers.IntegerField(), "to": serializers.IntegerField(allow_null=True)}


class NextBreakSerializer(serializers.Serializer[Any]):
    """The nearest quantity from which the unit costs less, and by how much."""

    quantity = serializers.IntegerField()
    unit_price = MoneySerializer()
    saving = MoneySerializer()


class LineErrorSerializer(serializers.Serializer[Any]):
    """Why a line has no price."""

    code = serializers.CharField()
    detail = serializers.CharField()


class CandidateSerializer(serializers.Serializer[Any]):
    """A product that a part number may mean."""

    sku = serializers.CharField()
    manufacturer = serializers.CharField()
    name = serializers.CharField()


class PriceErrorSerializer(LineErrorSerializer):
    """Why a line has no price; `ambiguous_number` says what it may mean."""

    candidates = CandidateSerializer(many=True, required=False, help_text="Ask again with the `sku` of one of them.")


class CheckedLineSerializer(serializers.Serializer[Any]):
    """The answer to one line: amounts and receipt, or an error."""

    position = serializers.IntegerField()
    sku = serializers.CharField()
    quantity = serializers.IntegerField()
    price_kind = serializers.CharField(allow_null=True)
    customer_unit_price = MoneySerializer(allow_null=True)
    customer_amount = MoneySerializer(allow_null=True)
    partner_unit_net = MoneySerializer(allow_null=True)
    partner_amount = MoneySerializer(allow_null=True)
    needs_approval = serializers.BooleanField()
    quantity_break = BreakSerializer(allow_null=True)
    next_break = NextBreakSerializer(allow_null=True)
    receipt = serializers.DictField(allow_null=True)
    availability = AskedAvailabilitySerializer(allow_null=True)
    substitutes = SubstituteSerializer(many=True, help_text="Where the product has ended or is not there in full.")
    other_live_quote = LineErrorSerializer(
        allow_null=True,
        help_text="To a partner with a live relation to the customer, for prices of now: how another live quote for the"
        " item compares (`equal`, `lower`, `higher`, `other_currency`). Null else, whether one exists or not.",
    )
    error = PriceErrorSerializer(allow_null=True)


class PriceCheckSerializer(serializers.Serializer[Any]):
    """The answer to the whole list; the totals are those of the lines that have a price, null when none has.

    ``incomplete`` says why the totals are not those of the whole list; null when they are.
    """

    currency = serializers.CharField()
    as_of = serializers.DateTimeField()
    price_kind = serializers.CharField()
    complete = serializers.BooleanField()
    incomplete = LineErrorSerializer(allow_null=True)
    customer_total = MoneySerializer(allow_null=True)
    partner_total = MoneySerializer(allow_null=True)
    lines = CheckedLineSerializer(many=True)
    token = serializers.CharField(
        allow_null=True,
        help_text="Sealed: a quote with this `price_token` has these prices, for 15 minutes. Null where a line has no"
        " price, without a partner, and for another day's prices.",
    )


class PriceCheckView(APIView):
    """``/price-checks/``."""

    required_scopes = "prices:read"

    @extend_schema(request=PriceCheckRequestSerializer, responses=PriceCheckSerializer)
    def post(self, request: Request) -> Response:
        """Price a list; lines that cannot be priced say why, the others are answered all the same."""
        asked = PriceCheckRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given, actor, now = asked.validated_data, api_actor(request), timezone.now()
        moment = given.get("as_of", now)
        if moment > now + CLOCK_TOLERANCE and not actor.is_vendor:
            raise InvalidInput.at("/as_of", "in_the_future", _("Prices of the future are not published yet."))
        partner = partner_priced_for(actor, given["partner"])
        customer = customer_asked_for(actor, given["customer"] or "")
        check = check_prices(
            actor=actor,
            partner_id=partner.id if partner else None,
            partner=partner,
            end_customer_id=customer.pk if customer else None,
            currency=given["currency"],
            moment=moment,
            now=now,
            lines=_asked_lines(given["lines"]),
        )
        unmet = unmet_in(check) if actor.is_partner else []
        if unmet and partner is not None:
            record_unmet_demand(actor=actor, partner_id=partner.id, asked=unmet, asked_on=now.date())
        document = price_check_document(check)
        offers = offers_of(check, actor=actor)
        for answered, line in zip(document["lines"], check.lines, strict=True):
            answered["substitutes"] = substitute_documents(offers.get(line.product.pk, ()) if line.product else ())
        if "as_of" not in given:
            notices = notices_of(check, actor=actor, end_customer_id=customer.pk if customer else None, moment=now)
            for line, notice in zip(document["lines"], notices, strict=True):
                line["other_live_quote"] = notice and {"code": notice.value, "detail": str(notice.label)}
        return Response({**document, "token": token_of(check, now=now)})


def _asked_lines(lines: list[dict[str, Any]]) -> list[AskedLine]:
    """The lines for the query, from 0; one statement where some name a part number, else none."""
    by_part = {line["part_number"] for line in lines if line.get("part_number")}
    known = products_named(by_part) if by_part else {}
    asked = []
    for place, line in enumerate(lines):
        text, sku = line["sku"], line["sku"]
        if not sku:
            text = line["part_number"]
            meaning = known[text].of_maker([line["manufacturer"]])
            if meaning.candidates:
                asked.append(ambiguous(place, text, line["quantity"], meaning.candidates))
                continue
            sku = meaning.sku or text
        asked.append(AskedLine(number=place, text=text, sku=sku, quantity=line["quantity"]))
    return asked


def price_check_document(check: PriceCheck) -> dict[str, Any]:
    """The answer as JSON values."""
    currency = check.basket.currency
    return {
        "currency": currency,
        "as_of": check.basket.moment,
        "price_kind": check.basket.price_kind.value,
        "complete": check.totals.complete,
        "incomplete": _incomplete(check),
        "customer_total": money(check.totals.customer, currency),
        "partner_total": money(check.totals.partner, currency),
        "lines": [_line_document(line, currency) for line in check.lines],
    }


def _incomplete(check: PriceCheck) -> dict[str, str] | None:
    """Why the totals are not those of the whole list."""
    if check.totals.complete:
        return None
    if check.totals.customer is None:
        return {"code": "no_line_priced", "detail": gettext("No line has a price, so there is no total.")}
    detail = ngettext(
        "%(count)s line has no price; the total is that of the others.",
        "%(count)s lines have no price; the total is that of the others.",
        check.refused,
    ) % {"count": check.refused}
    return {"code": "lines_without_price", "detail": detail}


def _error(line: CheckedLine) -> dict[str, Any]:
    error: dict[str, Any] = {"code": line.error_code, "detail": line.error}
    if line.asked.candidates:
        error["candidates"] = [one._asdict() for one in line.asked.candidates]
    return error


def _line_document(line: CheckedLine, currency: str) -> dict[str, Any]:
    result = line.result
    document: dict[str, Any] = {
        "position": line.asked.number,
        "sku": line.asked.sku,
        "quantity": line.asked.quantity,
        **_UNPRICED,
        "availability": asked_availability_document(line.availability, line.wanted) if line.availability else None,
        "error": _error(line) if line.error else None,
    }
    if result is None or result.receipt is None or result.price_kind is None or result.quantity_break is None:
        return document
    following = result.next_break
    document |= {
        "price_kind": str(result.price_kind),
        "customer_unit_price": money(result.customer_unit_price, currency, unit_price=True),
        "customer_amount": money(result.customer_total, currency),
        "partner_unit_net": money(result.partner_unit_net, currency, unit_price=True),
        "partner_amount": money(result.partner_total, currency),
        "needs_approval": result.needs_approval,
        "quantity_break": {"from": result.quantity_break.quantity_from, "to": result.quantity_break.quantity_to},
        "next_break": following
        and {
            "quantity": following.quantity,
            "unit_price": money(following.unit_price, currency, unit_price=True),
            "saving": money(following.saving, currency, unit_price=True),
        },
        "receipt": result.receipt.document(),
    }
    return document
