"""PDFs in the API's public check: what the page says, for machines, under the same limits and in the same log."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from concord.portal.models import BrandSettings
from concord.pricing.actions.quotes import issue_quote, revise_quote
from concord.pricing.enums import CheckVerdict
from concord.pricing.models import Quote, QuoteCheck
from tests.pricing.quotes import forgeries
from tests.pricing.quotes.conftest import document_of

ADDRESS = "/api/v1/quote-checks/"


@pytest.fixture
def original(shop, signing) -> tuple[Quote, bytes]:
    BrandSettings.objects.create(brand_name="Helvara", vendor_name="Helvara Components AG")
    quote = shop.issue((shop.relay, 12), (shop.switch, 3))
    return quote, document_of(quote)


def hand_in(*files: bytes, **more: Any) -> Any:
    papers = [SimpleUploadedFile(f"{number}.pdf", file, "application/pdf") for number, file in enumerate(files)]
    return APIClient().post(ADDRESS, {"papers": papers}, format="multipart", **more)


def test_the_original_is_told_with_its_quote(original):
    quote, content = original
    answer = hand_in(content)
    assert answer.status_code == 200, answer.content
    assert answer["Cache-Control"] == "private, no-store"
    (document,) = answer.json()["documents"]
    assert (document["name"], document["verdict"], document["differing_pages"]) == ("0.pdf", "original", [])
    assert document["sha256"] == Quote.objects.unscoped("test").get(pk=quote.pk).pdf_hash
    assert document["signature"] == {
        "is_ours": True,
        "is_intact": True,
        "covers_all": True,
        "signer": "Helvara (self-signed)",
        "stamped_at": "",
        "stamped_by": "",
    }
    assert (document["quote"]["number"], document["quote"]["verdict"], document["quote"]["binds"]) == (
        quote.number,
        "in_force",
        True,
    )
    assert document["claims"] is None
    assert answer.json()["comparison"] is None


def test_of_a_forgery_nothing_is_said_that_could_be_taken_for_a_yes(original):
    quote, content = original
    answer = hand_in(forgeries.edited(content))
    (document,) = answer.json()["documents"]
    assert (document["verdict"], document["differing_pages"], document["quote"]) == ("edited", [1], None)
    assert (document["claims"]["number"], document["claims"]["state"]) == (quote.number, "issued")
    assert not {"verdict", "binds"} & document["claims"].keys()
    for secret in ("RELAY-1", "Sven", "108.00", "Kunde AG"):
        assert secret not in answer.content.decode()


def test_what_is_not_ours_is_an_answer_too(db):
    first, second = hand_in(forgeries.a_pdf("Quote 77 of somebody else"), b"no pdf").json()["documents"]
    assert (first["verdict"], first["quote"], first["claims"], first["signature"]) == ("not_ours", None, None, None)
    assert second["verdict"] == "unreadable"


def test_of_two_documents_the_binding_one_is_named(original, shop):
    quote, content = original
    second = issue_quote(actor=shop.actor(), quote_uuid=revise_quote(actor=shop.actor(), quote_uuid=quote.uuid).uuid)
    answer = hand_in(content, document_of(second)).json()
    assert [one["quote"]["verdict"] for one in answer["documents"]] == ["superseded", "in_force"]
    assert answer["comparison"]["binding"] == answer["documents"][1]["quote"]["code"]
    assert answer["comparison"]["reasons"][0] == "revision"


def test_the_log_says_through_which_door(original):
    quote, content = original
    hand_in(content)
    hand_in(b"no pdf at all")
    logged = list(QuoteCheck.objects.order_by("id").values_list("quote", "kind", "document", "verdict", "door"))
    assert logged == [
        (quote.pk, "document", "original", CheckVerdict.IN_FORCE, "api"),
        (None, "document", "unreadable", "", "api"),
    ]


def test_files_are_limited_in_number_size_and_pace(db):
    large = b"%PDF-1.7" + bytes(5 << 20)
    for answer, code in (
        (hand_in(), "required"),
        (hand_in(b"x", b"x", b"x"), "too_many"),
        (hand_in(large), "too_large"),
        (hand_in(b""), "empty"),
        (APIClient().post(ADDRESS, {"papers": "text"}, format="json"), "required"),
        (APIClient().post(ADDRESS, [1], format="json"), "required"),
    ):
        assert answer.status_code == 422, answer.content
        assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/papers", code)]
    unread = hand_in(large, large)
    assert (unread.status_code, unread.json()["code"]) == (413, "too_large")
    assert hand_in(b"x", CONTENT_LENGTH="many").status_code == 400
    assert QuoteCheck.objects.count() == 0
    answers = [hand_in(b"x") for _ in range(12)]
    assert [one.status_code for one in answers[:10]] == [200] * 10
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) > 0
