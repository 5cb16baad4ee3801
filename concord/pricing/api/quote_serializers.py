"""Shapes of quotes in the API. Amounts are text; the partner's own net is left out for everybody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from concord.portal.refusals import InvalidInput
from concord.pricing.api.money import MoneyField, MoneySerializer, money
from concord.pricing.codes import grouped
from concord.pricing.enums import CheckVerdict, Difference, PriceKind, QuoteStatus, SpecialPriceStatus
from concord.pricing.models import Quote, QuoteLine, SpecialPrice, SpecialPriceStep
from concord.pricing.queries.quote_checks import CheckAnswer
from concord.pricing.queries.quote_comparison import Comparison
from concord.pricing.queries.quotes import status_now

MAX_LINES = 1_000


class StrictSerializer(serializers.Serializer[Any]):
    """Input that refuses members it does not know: a misspelt name is an error, not a default."""

    def to_internal_value(self, data: Any) -> Any:
        """As usual, after naming what is not known."""
        if isinstance(data, dict):
            unknown = set(data) - set(self.fields)
            if unknown:
                raise serializers.ValidationError(
                    {
                        name: [serializers.ErrorDetail("This is not known here.", code="unknown")]
                        for name in sorted(unknown)
                    }
                )
        return super().to_internal_value(data)


def _required() -> serializers.ErrorDetail:
    return serializers.ErrorDetail(str(serializers.Field.default_error_messages["required"]), code="required")


class LineInputSerializer(StrictSerializer):
    """One line as it is asked for; ``unit_price`` is a wanted customer price, as money in the quote's currency."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField(min_value=-(10**15), max_value=10**15)
    unit_price = MoneyField(required=False, allow_null=True)


class QuoteInputSerializer(StrictSerializer):
    """A new quote: for a deal, or for a customer that the partner has a relation to."""

    deal = serializers.UUIDField(required=False)
    customer = serializers.UUIDField(required=False)
    partner = serializers.CharField(required=False, help_text="Partner code; for the vendor's clients.")
    customer_name = serializers.CharField(max_length=250, required=False, default="")
    customer_address = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)
    contact_email = serializers.EmailField(required=False, default="", allow_blank=True)
    currency = serializers.CharField(min_length=3, max_length=3, required=False)
    valid_until = serializers.DateField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False, default="en")
    is_bilingual = serializers.BooleanField(
        required=False, default=False, help_text="The document says everything in the portal's other language, too."
    )
    note = serializers.CharField(max_length=4_000, required=False, default="", allow_blank=True)
    lines = serializers.ListField(child=LineInputSerializer(), allow_empty=False, max_length=MAX_LINES, required=False)
    price_token = serializers.CharField(
        required=False,
        max_length=200_000,
        help_text="The `token` of a price check: the quote has its lines at its prices, or is refused with both.",
    )
    issue = serializers.BooleanField(required=False, default=False)
    shorten = serializers.BooleanField(
        required=False,
        default=False,
        help_text="With `issue`: end the quote on the last day on which all its prices hold, instead of a refusal.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Lines and currency are given, or stand in the token; wanted prices are in the quote's currency."""
        if "price_token" not in attrs:
            missing = {name: [_required()] for name in ("currency", "lines") if name not in attrs}
            if missing:
                raise serializers.ValidationError(missing)
        for place, line in enumerate(attrs.get("lines", ())):
            wanted = line.get("unit_price")
            if wanted is not None and "currency" in attrs and wanted.currency != attrs["currency"]:
                raise InvalidInput.at(
                    f"/lines/{place}/unit_price/currency", "other_currency", _("A quote has one currency.")
                )
        return attrs


class NoteSerializer(StrictSerializer):
    """What goes with a change of state."""

    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class HonourSerializer(NoteSerializer):
    """Why an expired quote is honoured, and until which local day its prices are promised again."""

    until = serializers.DateField(required=False, allow_null=True, default=None)


class IssueSerializer(NoteSerializer):
    """How a draft is issued."""

    shorten = serializers.BooleanField(required=False, default=False)


class ReviseSerializer(StrictSerializer):
    """A revision's last day, if it is to be another one."""

    valid_until = serializers.DateField(required=False, allow_null=True, default=None)


class QuoteLineSerializer(serializers.Serializer[QuoteLine]):
    """One line of a quote."""

    position = serializers.IntegerField()
    sku = serializers.CharField()
    name = serializers.CharField()
    quantity = serializers.IntegerField()
    unit = serializers.CharField()
    price_kind = serializers.ChoiceField(choices=PriceKind.choices)
    customer_unit_price = serializers.SerializerMethodField()
    customer_amount = serializers.SerializerMethodField()
    partner_unit_net = serializers.SerializerMethodField()
    partner_amount = serializers.SerializerMethodField()

    def _currency(self) -> str:
        return str(self.context["currency"])

    @extend_schema_field(MoneySerializer)
    def get_customer_unit_price(self, line: QuoteLine) -> dict[str, str] | None:
        """The customer's unit price."""
        return money(line.customer_unit_price, self._currency(), unit_price=True)

    @extend_schema_field(MoneySerializer)
    def get_customer_amount(self, line: QuoteLine) -> dict[str, str] | None:
        """The line's amount."""
        return money(line.customer_amount, self._currency())

    @extend_schema_field(MoneySerializer)
    def get_partner_unit_net(self, line: QuoteLine) -> dict[str, str] | None:
        """What the partner pays for a unit."""
        return money(line.partner_unit_net, self._currency(), unit_price=True)

    @extend_schema_field(MoneySerializer)
    def get_partner_amount(self, line: QuoteLine) -> dict[str, str] | None:
        """What the partner pays for the line."""
        return money(line.partner_amount, self._currency())


class QuoteSerializer(serializers.Serializer[Quote]):
    """A quote. Only its partner and the vendor ever see one, so the partner's net is in it."""

    id = serializers.UUIDField(source="uuid")
    number = serializers.CharField()
    revision = serializers.IntegerField()
    status = serializers.SerializerMethodField()
    partner = serializers.CharField(source="partner.code")
    customer_name = serializers.CharField()
    currency = serializers.CharField()
    language = serializers.CharField()
    is_bilingual = serializers.BooleanField()
    valid_until = serializers.DateField()
    issued_at = serializers.DateTimeField(allow_null=True)
    customer_total = serializers.SerializerMethodField()
    partner_total = serializers.SerializerMethodField()
    check_code = serializers.SerializerMethodField()
    data_hash = serializers.CharField()
    pdf = serializers.SerializerMethodField()
    deal = serializers.SerializerMethodField()
    supersedes = serializers.UUIDField(source="supersedes.uuid", allow_null=True, default=None)
    updated_at = serializers.DateTimeField()
    lines = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=QuoteStatus.choices))
    def get_status(self, quote: Quote) -> str:
        """As of now: an issued quote is expired after its last local day."""
        return status_now(quote, now=timezone.now()).value

    @extend_schema_field(MoneySerializer)
    def get_customer_total(self, quote: Quote) -> dict[str, str] | None:
        """The sum of the lines."""
        return money(quote.customer_total, quote.currency)

    @extend_schema_field(MoneySerializer)
    def get_partner_total(self, quote: Quote) -> dict[str, str] | None:
        """What the partner pays."""
        return money(quote.partner_total, quote.currency)

    def get_check_code(self, quote: Quote) -> str | None:
        """What the public check asks for."""
        return grouped(quote.check_code) if quote.check_code else None

    def get_pdf(self, quote: Quote) -> str | None:
        """Where the document is, once the worker made it."""
        if not quote.pdf_hash:
            return None
        return str(reverse("api:quote-pdf", args=[quote.uuid], request=self.context.get("request")))

    def get_deal(self, quote: Quote) -> str | None:
        """The deal that the quote belongs to."""
        return str(quote.story_uuid) if quote.story_type == "deal" else None

    @extend_schema_field(QuoteLineSerializer(many=True))
    def get_lines(self, quote: Quote) -> Any:
        """The lines in order."""
        context = {"currency": quote.currency}
        return [QuoteLineSerializer(line, context=context).data for line in quote.lines.all()]


class QuoteCheckSerializer(serializers.Serializer[CheckAnswer]):
    """The public answer for a code."""

    code = serializers.CharField()
    verdict = serializers.ChoiceField(choices=CheckVerdict.choices)
    binds = serializers.BooleanField()
    vendor = serializers.CharField()
    number = serializers.CharField()
    revision = serializers.IntegerField()
    issued_on = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    time_zone = serializers.CharField()
    fingerprint = serializers.CharField()
    newest_revision = serializers.IntegerField(allow_null=True)


class ComparisonSerializer(serializers.Serializer[Comparison]):
    """Two quotes side by side, as far as their fronts tell."""

    binding = serializers.SerializerMethodField(help_text="The code of the one that binds, when exactly one does.")
    until = serializers.DateField(allow_null=True, help_text="The last local day of the one that binds.")
    both_bind = serializers.BooleanField()
    is_same = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Difference.choices))

    def get_binding(self, comparison: Comparison) -> str | None:
        """The binding one's code."""
        return comparison.binding.code if comparison.binding else None


class QuoteCheckPairSerializer(QuoteCheckSerializer):
    """The public answer for a code, beside the one for another code where one was asked."""

    other = QuoteCheckSerializer(allow_null=True)
    comparison = ComparisonSerializer(allow_null=True, help_text="Null unless both codes are ours.")


class SpecialPriceInputSerializer(StrictSerializer):
    """A request for a special price."""

    customer = serializers.UUIDField()
    partner = serializers.CharField(required=False, help_text="Partner code; for the vendor's clients.")
    sku = serializers.CharField(max_length=64)
    unit_price = MoneyField()
    quantity = serializers.IntegerField(min_value=-(10**15), max_value=10**15)
    valid_until = serializers.DateField()
    reason = serializers.CharField(max_length=500)
    competitor = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)
    quantity_cap = serializers.IntegerField(required=False, allow_null=True, default=None, max_value=10**15)
    dry_run = serializers.BooleanField(
        required=False, default=False, help_text="Answers who would approve it and by when, and sends nothing."
    )


class ForeseenApprovalSerializer(serializers.Serializer[Any]):
    """An approval that a request would need."""

    role = serializers.CharField()


class ForeseenSpecialPriceSerializer(serializers.Serializer[Any]):
    """Who would approve a request, in turn, and when it would have to be decided."""

    approvals = ForeseenApprovalSerializer(many=True)
    decide_by = serializers.DateTimeField()


class ApprovalSerializer(serializers.Serializer[SpecialPriceStep]):
    """One approval of the chain."""

    role = serializers.CharField()
    approved = serializers.BooleanField(source="is_approved", allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class SpecialPriceSerializer(serializers.Serializer[SpecialPrice]):
    """A special price, as who asked for it and the vendor see it."""

    id = serializers.UUIDField(source="uuid")
    status = serializers.ChoiceField(choices=SpecialPriceStatus.choices)
    sku = serializers.CharField(source="product.sku")
    unit_price = serializers.SerializerMethodField()
    quantity = serializers.IntegerField(source="quantity.lower")
    valid_until = serializers.DateField(help_text="The last local day, as it was asked for.")
    ends_at = serializers.DateTimeField(source="period.upper", help_text="The moment that day is over.")
    reason = serializers.CharField()
    competitor = serializers.CharField()
    quantity_cap = serializers.IntegerField(allow_null=True)
    approvals = ApprovalSerializer(source="steps", many=True)
    decide_by = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(MoneySerializer)
    def get_unit_price(self, asked: SpecialPrice) -> dict[str, str] | None:
        """The price that is asked for."""
        return money(asked.unit_price, asked.currency, unit_price=True)
