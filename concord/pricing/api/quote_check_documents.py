"""PDFs in the API's public check: the same limits, answers and log as on the page."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from concord.documents.pdf.inspection import MAX_BYTES
from concord.portal.enums import Door
from concord.portal.refusals import FieldError, InvalidInput
from concord.pricing.actions.quote_checks import check_document
from concord.pricing.api.quote_serializers import ComparisonSerializer, QuoteCheckSerializer
from concord.pricing.enums import DocumentVerdict, QuoteStatus
from concord.pricing.forms.quote_check import MOST_BYTES, PapersForm, announced_length
from concord.pricing.queries.quote_checks import CheckAnswer
from concord.pricing.queries.quote_comparison import compare_codes
from concord.pricing.queries.quote_papers import PaperAnswer


class TooLarge(APIException):
    """The request is not read at all."""

    status_code = 413
    default_code = "too_large"


class PapersInputSerializer(serializers.Serializer[Any]):
    """One or two PDFs; the part `papers` once for each."""

    papers = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=2)


class DocumentSignatureSerializer(serializers.Serializer[Any]):
    """The vendor's signature on the file, else the first that is there."""

    is_ours = serializers.BooleanField()
    is_intact = serializers.BooleanField(help_text="What it covers is unchanged.")
    covers_all = serializers.BooleanField(help_text="It covers the whole file.")
    signer = serializers.CharField()
    stamped_at = serializers.CharField(help_text="By a time stamp authority; empty without.")
    stamped_by = serializers.CharField()


class ClaimedQuoteSerializer(serializers.Serializer[CheckAnswer]):
    """The quote whose code a file carries that is not its document. It says nothing of the file."""

    code = serializers.CharField()
    state = serializers.ChoiceField(choices=QuoteStatus.choices)
    vendor = serializers.CharField()
    number = serializers.CharField()
    revision = serializers.IntegerField()
    issued_on = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    time_zone = serializers.CharField()
    fingerprint = serializers.CharField()


class CheckedDocumentSerializer(serializers.Serializer[Any]):
    """What is said of one PDF. Only `original` proves anything; `quote` is there for it alone, else `claims` may be."""

    name = serializers.CharField()
    verdict = serializers.ChoiceField(choices=DocumentVerdict.choices)
    detail = serializers.CharField(help_text="The verdict in words.")
    sha256 = serializers.CharField()
    differing_pages = serializers.ListField(child=serializers.IntegerField(), help_text="Where its text differs.")
    signature = DocumentSignatureSerializer(allow_null=True)
    is_signature_broken = serializers.BooleanField()
    quote = QuoteCheckSerializer(allow_null=True)
    claims = ClaimedQuoteSerializer(allow_null=True)


class CheckedDocumentsSerializer(serializers.Serializer[Any]):
    """The files in their order, and of two quotes which one binds."""

    documents = CheckedDocumentSerializer(many=True)
    comparison = ComparisonSerializer(allow_null=True, help_text="Null unless both files carry codes of ours.")


class QuoteCheckDocumentsView(APIView):
    """``/quote-checks/``."""

    authentication_classes = ()
    required_scopes = ""
    parser_classes = (MultiPartParser, JSONParser)  # JSON is answered with what is missing

    @extend_schema(
        operation_id="quote_checks_documents",
        request={"multipart/form-data": PapersInputSerializer},
        responses=CheckedDocumentsSerializer,
        auth=[],
    )
    def post(self, request: Request) -> Response:
        """Whether PDFs are the documents that were issued, and in force; a file that is not ours is an answer too."""
        _demand_size(request)
        form = PapersForm(request.POST, request.FILES)
        if not form.is_valid():
            raise InvalidInput(
                [
                    FieldError("/papers", str(error.code or "invalid"), " ".join(error.messages))
                    for error in form.errors.as_data().get("papers", ())
                ]
            )
        now, address = timezone.now(), str(get_adapter(request._request).get_client_ip(request._request))
        found = [
            check_document(name=file.name or "", content=file.read(), asked_by=address, now=now, door=Door.API)
            for file in form.cleaned_data["papers"]
        ]
        codes = [answer.code for _paper, answer in found if answer is not None]
        comparison = compare_codes(codes[0], codes[1], now=now) if len(codes) > 1 else None
        response = Response(
            {
                "documents": [_document(paper, answer) for paper, answer in found],
                "comparison": ComparisonSerializer(comparison).data if comparison else None,
            }
        )
        response["Cache-Control"] = "private, no-store"
        return response


def _demand_size(request: Request) -> None:
    """Turns a request away before its body is read."""
    length = announced_length(request._request)
    if length is None:
        raise ParseError(_("The request does not say how long it is."))
    if length > MOST_BYTES:
        raise TooLarge(_("This is more than %(limit)s MB; no quote of ours is.") % {"limit": MAX_BYTES >> 20})


def _document(paper: PaperAnswer, answer: CheckAnswer | None) -> dict[str, Any]:
    return {
        "name": paper.name,
        "verdict": paper.verdict.value,
        "detail": str(paper.verdict.label),
        "sha256": paper.sha256,
        "differing_pages": list(paper.pages),
        "signature": DocumentSignatureSerializer(paper.signature).data if paper.signature else None,
        "is_signature_broken": paper.is_signature_broken,
        "quote": QuoteCheckSerializer(answer).data if answer and paper.is_original else None,
        "claims": ClaimedQuoteSerializer(answer).data if answer and not paper.is_original else None,
    }
