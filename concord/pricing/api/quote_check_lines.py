"""Lines of quotes in the API's public check: asked for with the mail on the quote, shown for a one-time code.

What stands for a visitor's session here is a signed token for each proof. It is no proof's id: those stand in the log
that the quote's owner reads, and who reads the log must not read what the proof opens.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.signing import BadSignature, Signer
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.portal.enums import Door
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere
from concord.pricing.actions.quote_checks import check_quote
from concord.pricing.actions.quote_proofs import CODE_HOLDS, ask_for_lines, prove_mail
from concord.pricing.api.money import MoneySerializer, money
from concord.pricing.api.quote_serializers import ComparisonSerializer, QuoteCheckSerializer, StrictSerializer
from concord.pricing.enums import Difference, PriceKind
from concord.pricing.models import Quote
from concord.pricing.queries.quote_checks import checked_quote
from concord.pricing.queries.quote_comparison import ComparedLine, Comparison, ShownLine, compare_quotes, shown_lines
from concord.pricing.queries.quote_proofs import attempts_left, is_open, proved_mails

#: proofs that are looked at; two quotes need two mails at most
MOST_PROOFS = 6


class ProofInputSerializer(StrictSerializer):
    """Whose mail is to be proved."""

    mail = serializers.EmailField(max_length=254)
    other = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


class ProofSerializer(serializers.Serializer[Any]):
    """What the code from the mail is handed in with; the same whether the address stands on the quote or not."""

    proof = serializers.CharField()
    expires_at = serializers.DateTimeField()


class LinesInputSerializer(StrictSerializer):
    """Proofs of mail, the newest last; with the code that was sent for the newest where it is not proved yet."""

    proofs = serializers.ListField(child=serializers.CharField(max_length=200), min_length=1, max_length=MOST_PROOFS)
    one_time_code = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    other = serializers.CharField(max_length=60, required=False, default="", allow_blank=True)


class CheckedQuoteLineSerializer(serializers.Serializer[ShownLine]):
    """A product of a quote as its document shows it; several lines of one product are added up."""

    sku = serializers.CharField()
    name = serializers.CharField()
    unit = serializers.CharField()
    quantity = serializers.IntegerField()
    price_kind = serializers.ChoiceField(choices=PriceKind.choices)
    unit_price = serializers.SerializerMethodField()
    amount = serializers.SerializerMethodField()

    @extend_schema_field(MoneySerializer)
    def get_unit_price(self, line: ShownLine) -> dict[str, str] | None:
        """The customer's unit price."""
        return money(line.unit_price, self.context["currency"], unit_price=True)

    @extend_schema_field(MoneySerializer)
    def get_amount(self, line: ShownLine) -> dict[str, str] | None:
        """Quantity times unit price."""
        return money(line.amount, self.context["currency"])


class ComparedQuoteLineSerializer(serializers.Serializer[ComparedLine]):
    """A product in two quotes; a side is null where it is not offered."""

    sku = serializers.CharField()
    name = serializers.CharField()
    first = serializers.SerializerMethodField()
    second = serializers.SerializerMethodField()
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=Difference.choices))

    @extend_schema_field(CheckedQuoteLineSerializer(allow_null=True))
    def get_first(self, line: ComparedLine) -> Any:
        """In the quote of the address."""
        return _side(line.first, self.context["comparison"].first_currency)

    @extend_schema_field(CheckedQuoteLineSerializer(allow_null=True))
    def get_second(self, line: ComparedLine) -> Any:
        """In the other one."""
        return _side(line.second, self.context["comparison"].second_currency)


class LineComparisonSerializer(ComparisonSerializer):
    """Two quotes, product by product, with the reasons why they differ."""

    lines = serializers.SerializerMethodField()

    @extend_schema_field(ComparedQuoteLineSerializer(many=True))
    def get_lines(self, comparison: Comparison) -> Any:
        """Never a partner's net."""
        context = {"comparison": comparison}
        return [ComparedQuoteLineSerializer(line, context=context).data for line in comparison.lines]


class QuoteLinesSerializer(QuoteCheckSerializer):
    """The answer for a code with its lines; for two codes the comparison has those of both."""

    lines = CheckedQuoteLineSerializer(many=True)
    total = MoneySerializer()
    other = QuoteCheckSerializer(allow_null=True)
    comparison = LineComparisonSerializer(allow_null=True)


class _PublicView(APIView):
    """Open to everybody; metered."""

    authentication_classes = ()
    required_scopes = ""

    @staticmethod
    def address(request: Request) -> str:
        """The client's address, for the limits alone."""
        return str(get_adapter(request._request).get_client_ip(request._request))


class QuoteCheckProofView(_PublicView):
    """``/quote-checks/{code}/proofs/``."""

    @extend_schema(
        operation_id="quote_checks_prove", request=ProofInputSerializer, responses={202: ProofSerializer}, auth=[]
    )
    def post(self, request: Request, code: str) -> Response:
        """Ask for a one-time code to the mail on the quote, or on the other one of two."""
        asked = ProofInputSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        now, other = timezone.now(), asked.validated_data["other"].strip()
        proof = ask_for_lines(
            codes=[one for one in (code, other) if one],
            mail=asked.validated_data["mail"],
            asked_by=self.address(request),
            door=Door.API,
            now=now,
        )
        return _unkept(Response({"proof": _signer().sign(str(proof)), "expires_at": now + CODE_HOLDS}, status=202))


class QuoteCheckLinesView(_PublicView):
    """``/quote-checks/{code}/lines/``."""

    @extend_schema(
        operation_id="quote_checks_lines", request=LinesInputSerializer, responses=QuoteLinesSerializer, auth=[]
    )
    def post(self, request: Request, code: str) -> Response:
        """The lines, and of two quotes why they differ, for whoever proved the mail of each quote.

        A code works once; the lines stay open to its proof for half an hour.
        """
        asked = LinesInputSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data, now, address = asked.validated_data, timezone.now(), self.address(request)
        proofs = [_read(place, token) for place, token in enumerate(data["proofs"])]
        if data["one_time_code"]:
            _prove(proofs[-1], data["one_time_code"], address)
        codes = [one for one in (code, data["other"].strip()) if one]
        answers = [check_quote(code=one, asked_by=address, door=Door.API, now=now, is_logged=False) for one in codes]
        quotes = [_demand_open(one, proofs) for one in codes]
        comparison = compare_quotes(quotes[0], quotes[1], now=now) if len(quotes) > 1 else None
        shown = {
            **QuoteCheckSerializer(answers[0]).data,
            "lines": [_side(line, quotes[0].currency) for line in shown_lines(quotes[0])],
            "total": money(quotes[0].customer_total, quotes[0].currency),
            "other": QuoteCheckSerializer(answers[1]).data if comparison else None,
            "comparison": LineComparisonSerializer(comparison).data if comparison else None,
        }
        return _unkept(Response(shown))


def _signer() -> Signer:
    return Signer(salt="concord.pricing.quote_check_proof")


def _read(place: int, token: str) -> str:
    try:
        return _signer().unsign(token)
    except BadSignature as error:
        raise InvalidInput.at(f"/proofs/{place}", "unknown_proof", _("This is not a proof of ours.")) from error


def _prove(proof: str, code: str, address: str) -> None:
    """Raises ``InvalidInput``, after the attempt is counted."""
    now = timezone.now()
    if prove_mail(proof_uuid=proof, code=code, asked_by=address, door=Door.API, now=now):
        return
    raise InvalidInput.at(
        "/one_time_code",
        "wrong_code",
        _("That is not the code, or it has run out. Attempts left: %(count)s.")
        % {"count": attempts_left(proof, now=now)},
    )


def _demand_open(code: str, proofs: list[str]) -> Quote:
    quote = checked_quote(code)
    if quote is None:
        raise NotThere
    if not is_open(quote, proved_mails(proofs, now=timezone.now())):
        raise NotAllowed(_("Prove the mail that stands on each of the quotes first."), code="mail_not_proved")
    return quote


def _side(line: ShownLine | None, currency: str) -> Any:
    return CheckedQuoteLineSerializer(line, context={"currency": currency}).data if line else None


def _unkept(response: Response) -> Response:
    response["Cache-Control"] = "private, no-store"
    return response
