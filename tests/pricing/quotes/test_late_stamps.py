"""Documents signed while the time stamp authority was away: stamped later, both versions genuine, the desk told."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from concord.documents.pdf import inspect_pdf, own_fingerprints
from concord.portal.models import Event
from concord.pricing.actions.late_stamps import FIRST_PAUSE, LONGEST_PAUSE, stamp_documents
from concord.pricing.enums import DocumentVerdict
from concord.pricing.models import LateStamp, Quote
from concord.pricing.queries.quote_papers import judge_pdf
from concord.pricing.tasks import stamp_late_documents
from tests.documents.stamps import STAMPED
from tests.pricing.quotes import forgeries
from tests.pricing.quotes.conftest import document_of


def later(minutes: float = 6):
    return timezone.now() + timedelta(minutes=minutes)


@pytest.fixture
def unstamped(shop, signing, authority) -> tuple[Quote, bytes]:
    """A quote whose document was signed while the authority answered nonsense; by now it answers well."""
    authority.is_broken = True
    quote = shop.issue((shop.relay, 12))
    content = document_of(quote)
    authority.is_broken = False
    return quote, content


def stamped_version(quote: Quote) -> bytes:
    with LateStamp.objects.get(quote=quote).pdf.open("rb") as opened:
        return opened.read()


def test_the_stamp_comes_later_and_both_versions_are_genuine(unstamped):
    quote, content = unstamped
    assert stamp_documents(now=timezone.now()) == 0, "not at once: the authority was away a moment ago"
    assert stamp_documents(now=later()) == 1
    assert stamp_documents(now=later(10_000)) == 0
    stamped = stamped_version(quote)
    assert stamped.startswith(content), "the signed document stays as it was; the stamp is behind it"
    quote.refresh_from_db()
    with quote.pdf.open("rb") as opened:
        assert opened.read() == content
    (signature,) = inspect_pdf(stamped, own=own_fingerprints()).signatures
    assert (signature.is_ours, signature.is_intact, signature.later) == (True, True, "lta_updates")
    first, of_first = judge_pdf("first.pdf", content)
    second, of_second = judge_pdf("second.pdf", stamped)
    assert first.verdict is second.verdict is DocumentVerdict.ORIGINAL
    assert of_first == of_second == quote
    assert first.signature.stamped is None
    assert (second.signature.stamped, second.signature.stamped_by) == (STAMPED, "Stamps of Elmstadt")


def test_a_forgery_of_the_stamped_version_is_told_apart(unstamped):
    quote, _ = unstamped
    stamp_documents(now=later())
    stamped = stamped_version(quote)
    for file, verdict in (
        (forgeries.appended(stamped), DocumentVerdict.APPENDED),
        (forgeries.edited_after(stamped), DocumentVerdict.APPENDED),
        (forgeries.saved_again(stamped), DocumentVerdict.RESAVED),
        (forgeries.edited(stamped), DocumentVerdict.EDITED),
    ):
        paper, _quote = judge_pdf("x.pdf", file)
        assert paper.verdict is verdict
        assert paper.signature is None or paper.signature.stamped is None


def test_everybody_gets_the_stamped_version_from_then_on(unstamped, shop):
    quote, content = unstamped
    page, api = Client(), APIClient()
    page.force_login(shop.cast.seller_a)
    api.force_authenticate(shop.cast.seller_a)
    addresses = [(page, reverse("pricing:quote-pdf", args=[quote.uuid])), (api, f"/api/v1/quotes/{quote.uuid}/pdf/")]
    assert [b"".join(one.get(address).streaming_content) for one, address in addresses] == [content, content]
    stamp_documents(now=later())
    stamped = stamped_version(quote)
    assert [b"".join(one.get(address).streaming_content) for one, address in addresses] == [stamped, stamped]


def test_the_check_page_says_what_the_stamp_says(unstamped):
    quote, content = unstamped
    stamp_documents(now=later())
    client = Client()
    for file, told in (
        (stamped_version(quote), "A time stamp authority (Stamps of Elmstadt) says when"),
        (content, "There is no trusted time stamp"),
    ):
        paper = forgeries.io.BytesIO(file)
        paper.name = "quote.pdf"
        page = client.post(reverse("pricing:quote-check-papers"), {"papers": [paper]}).content.decode()
        assert "byte for byte" in page
        assert told in page


def test_it_is_told_in_the_history_once(unstamped):
    quote, _ = unstamped
    with mock.patch("django.utils.timezone.now", return_value=later()):
        assert stamp_late_documents() == 1
        assert stamp_late_documents() == 0
    (told,) = Event.objects.unscoped("test").filter(verb="quote.document_stamped")
    assert told.subject_uuid == quote.uuid
    assert LateStamp.objects.get(quote=quote).pdf_hash in told.payload


def test_an_authority_that_stays_away_is_asked_again_with_growing_pauses(unstamped, authority):
    authority.is_broken = True
    now, pauses = later(), []
    for _attempt in range(9):
        assert stamp_documents(now=now) == 0
        waiting = LateStamp.objects.get()
        pauses.append(waiting.next_at - now)
        now = waiting.next_at
    assert pauses[0] == 2 * FIRST_PAUSE
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert "malformed" in waiting.last_error
    authority.is_broken = False
    assert stamp_documents(now=now) == 1
    assert LateStamp.objects.get().last_error == ""


def test_one_failure_asks_for_no_other_document(unstamped, authority, shop):
    authority.is_broken = True
    document_of(shop.issue((shop.switch, 3)))
    asked = []
    with mock.patch("concord.pricing.actions.late_stamps.stamp_pdf", side_effect=_away(asked)):
        assert stamp_documents(now=later()) == 0
    assert len(asked) == 1
    authority.is_broken = False
    assert stamp_documents(now=later()) == 1, "the other one is due still"
    assert stamp_documents(now=later(30)) == 1


def _away(asked: list[bytes]):
    from concord.documents.pdf import NoStamp

    def away(content: bytes):
        asked.append(content)
        raise NoStamp("away")

    return away


@pytest.mark.parametrize("url", ["", "working"])
def test_nothing_waits_where_no_stamp_is_wanted_or_it_came_at_once(shop, signing, authority, settings, url):
    if not url:
        settings.PDF_TIMESTAMP_URL = ""
    document_of(shop.issue((shop.relay, 1)))
    assert not LateStamp.objects.exists()


def test_the_desk_says_how_many_wait_and_why(unstamped, shop, authority):
    client = Client()
    client.force_login(shop.cast.pricing_manager)

    def home() -> str:
        return " ".join(client.get(reverse("wagtailadmin_home")).content.decode().split())

    assert "1 document of a quote issued on" in home()
    authority.is_broken = True
    stamp_documents(now=later())
    assert "malformed" in home()
    authority.is_broken = False
    stamp_documents(now=later(30))
    assert "late-stamps" not in home()
    client.force_login(shop.cast.editor)
    assert "late-stamps" not in home()
