"""The document in both languages, long ones at a cost that grows with their length, and what is said when it fails."""

from __future__ import annotations

import io
import os
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import PIL.Image
import pypdfium2
import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.images.models import Image

from concord.documents.pdf import PdfFailed, render_pdf
from concord.documents.pdf.process import typesetting_process
from concord.partners.models import Partner
from concord.portal.events.outbox import PAUSES, work_off
from concord.portal.models import BrandSettings, OutboxItem
from concord.pricing import consumers
from concord.pricing.codes import new_code
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.quote_document import lay_open
from tests.pricing.quotes.conftest import deliver, document_of

BRAND = BrandSettings(
    brand_name="Helvara",
    vendor_name="Helvara Components AG",
    quote_terms="Thirty days net.",
    quote_terms_zh="月结三十天。",
)


def written(count: int, **more) -> tuple[Quote, list[QuoteLine]]:
    """A quote of so many lines that no database has seen."""
    lines = [
        QuoteLine(
            position=number,
            sku=f"HV-{number:05}-24VDC",
            name="Interface relay 24 V DC, 2 changeover contacts",
            second_name="接口继电器",
            quantity=number % 17 + 1,
            unit="pcs",
            price_kind="customer",
            customer_unit_price=Decimal(100 + number * 7) / 100,
            customer_amount=Decimal(100 + number * 7) / 100 * (number % 17 + 1),
        )
        for number in range(1, count + 1)
    ]
    facts = {
        "partner": Partner(name="Aldermann Distribution GmbH"),
        "customer_name": "Nordwerk GmbH",
        "number": "A-100-2026-0001",
        "currency": "EUR",
        "language": "en",
        "time_zone": "Europe/Berlin",
        "valid_until": date(2026, 12, 24),
        "issued_at": datetime(2026, 11, 24, 12, tzinfo=UTC),
        "check_code": new_code(),
        "data_hash": "ab12cd34" * 8,
        "customer_total": sum((line.customer_amount for line in lines), Decimal(0)),
    }
    return Quote(**{**facts, **more}), lines


def printed(quote: Quote, lines: list[QuoteLine], *, seconds: float = 60) -> bytes:
    context, images = lay_open(quote, lines, BRAND)
    return render_pdf(
        "pricing/pdf/quote.html",
        context,
        language=quote.language,
        stylesheets=["pricing/pdf/quote.css"],
        images=images,
        seconds=seconds,
    )


def text_of(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [" ".join(page.get_textpage().get_text_range().split()) for page in document]


# --- both languages -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "first"), [("en", "Quote 报价单"), ("zh-hans", "报价单 Quote")])
def test_a_quote_in_both_languages_says_everything_twice(shop, language, first):
    BrandSettings.objects.create(
        brand_name="Helvara",
        vendor_name="Helvara Components AG",
        quote_terms="Thirty days net.",
        quote_terms_zh="月结三十天。",
    )
    quote = shop.issue((shop.relay, 12), language=language, is_bilingual=True, valid_until=date(2027, 3, 9))
    text = " ".join(text_of(document_of(quote)))
    for part in (
        first,
        "Relay",
        "继电器",
        "Valid until",
        "有效期至",
        "9 March 2027",
        "2027年3月9日",
        "Total, without taxes",
        "合计",
        "customer prices",
        "客户价",
        "Thirty days net.",
        "月结三十天。",
    ):
        assert part in text, part
    if language == "en":
        assert "$108.00" in text
    else:
        assert "US$108.00" in text


def test_a_quote_in_one_language_says_nothing_twice(shop):
    quote = shop.issue((shop.relay, 12))
    assert not re.search("[\u4e00-\u9fff]", " ".join(text_of(document_of(quote))))
    assert quote.lines.get().second_name == ""


def test_the_next_revision_is_in_the_same_languages(shop, client):
    client.force_login(shop.cast.seller_a)
    quote = shop.issue((shop.relay, 12), is_bilingual=True)
    client.post(reverse("pricing:quote-revise", args=[quote.uuid]))
    again = Quote.objects.unscoped("test").get(revision=2)
    assert again.is_bilingual
    assert again.lines.get().second_name == "继电器"


# --- the vendor's looks ---------------------------------------------------------------------------------------------


def _pictures(content: bytes) -> int:
    with pypdfium2.PdfDocument(content) as document:
        kinds = [one.type for one in document[0].get_objects()]
    return kinds.count(pypdfium2.raw.FPDF_PAGEOBJ_IMAGE)


def _accents(content: bytes) -> set[tuple[int, int, int]]:
    with pypdfium2.PdfDocument(content) as document:
        picture = document[0].render(scale=1).to_pil().convert("RGB")
    return {colour for _count, colour in picture.getcolors(1 << 20)}


# Wagtail leaves the temporary file of a rendition to the garbage collector.
@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
def test_logo_and_colour_come_from_the_settings(shop, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    drawn = io.BytesIO()
    PIL.Image.new("RGB", (300, 100), (200, 20, 60)).save(drawn, "PNG")
    logo = Image.objects.create(title="Logo", file=ContentFile(drawn.getvalue(), name="logo.png"))
    brand = BrandSettings.objects.create(brand_name="Helvara", accent_colour="#aa1177", logo=logo)
    with_logo = document_of(shop.issue((shop.relay, 1)))
    assert _pictures(with_logo) == 1
    assert {(200, 20, 60), (0xAA, 0x11, 0x77)} <= _accents(with_logo)
    logo.file.storage.delete(logo.file.name)
    brand.logo.renditions.all().delete()
    without = document_of(shop.issue((shop.switch, 1)))
    assert _pictures(without) == 0
    assert "Helvara" in text_of(without)[0]


def test_a_colour_that_is_none_cannot_write_into_the_style_sheet(shop):
    BrandSettings.objects.create(brand_name="Helvara", accent_colour="red}*{x")
    assert (0x3A, 0x49, 0xB5) in _accents(document_of(shop.issue((shop.relay, 1))))


# --- long ones ------------------------------------------------------------------------------------------------------


def processor_time() -> float:
    """Seconds that the typesetting process has used up: unlike the clock, it does not count what others do."""
    assert typesetting_process._child is not None
    fields = Path(f"/proc/{typesetting_process._child.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_a_thousand_lines_cost_no_more_than_twelve_times_a_hundred():
    printed(*written(1))  # the fonts are loaded once
    best = {}
    for count in (100, 1_000):
        before = processor_time()
        content = printed(*written(count), seconds=200)
        best[count] = processor_time() - before
        pages = text_of(content)
        quote, lines = written(count)
        assert f"€{quote.customer_total:,.2f}" in pages[-1] + pages[-2]
        assert sum(page.count("HV-") for page in pages) == len(lines)
        assert all("Unit price" in page for page in pages if "HV-" in page)
        running = Decimal(0)
        of_page = [[int(number) for number in re.findall(r"HV-(\d{5})", page)] for page in pages]
        for page, following, numbers in zip(pages, pages[1:], of_page, strict=False):
            running += sum((lines[number - 1].customer_amount for number in numbers), Decimal(0))
            if numbers and numbers[-1] < count:
                assert f"Carried forward: €{running:,.2f}" in page
                assert f"Brought forward: €{running:,.2f}" in following
    assert best[1_000] <= 12 * best[100], best


def test_columns_keep_their_widths_whatever_stands_in_them():
    quote, lines = written(30)
    lines[3].sku = "X" * 64
    lines[4].name = "A name without end " * 14
    lines[5].customer_unit_price = lines[5].customer_amount = Decimal("99999999999.99")
    with pypdfium2.PdfDocument(printed(quote, lines)) as document:
        edges = set()
        for page in document:
            text = page.get_textpage()
            found = text.search("Unit price")
            match = found.get_next()
            if match:
                edges.add(round(text.get_charbox(match[0])[0]))
            for index in range(text.count_chars()):
                assert text.get_charbox(index)[2] <= page.get_width() - 40
    assert len(edges) == 1


# --- accessible -----------------------------------------------------------------------------------------------------


def test_it_is_tagged_for_readers_that_speak(signing):
    from pyhanko.pdf_utils.reader import PdfFileReader

    quote, lines = written(60, is_bilingual=True)
    root = PdfFileReader(io.BytesIO(printed(quote, lines))).root
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    kinds: dict[str, int] = {}
    alternatives, languages = [], set()

    def walk(node) -> None:
        if isinstance(node, list):
            for one in node:
                walk(one.get_object() if hasattr(one, "get_object") else one)
        elif isinstance(node, dict):
            kind = str(node.get("/S", ""))
            kinds[kind] = kinds.get(kind, 0) + 1
            if "/Alt" in node:
                alternatives.append(str(node["/Alt"]))
            if "/Lang" in node:
                languages.add(str(node["/Lang"]))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"]["/K"])
    assert kinds["/H1"] == 1
    assert kinds["/TH"] >= 6
    assert kinds["/TR"] >= 60
    assert any("QR code" in text for text in alternatives)


# --- on its way, failed ---------------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch):
    def fail(*_args, **_more):
        raise PdfFailed("MemoryError")

    monkeypatch.setattr(consumers, "render_pdf", fail)
    return monkeypatch


def state(client, quote) -> str:
    return client.get(reverse("pricing:quote-document", args=[quote.uuid])).content.decode()


def test_a_failure_is_said_and_tried_again_at_once_when_asked(shop, client, broken):
    client.force_login(shop.cast.seller_a)
    quote = shop.issue((shop.relay, 1))
    assert "being prepared" in state(client, quote)
    deliver("quote.issued", "pricing.pdf")
    assert "Making the document has failed." in state(client, quote)
    assert "tried again by itself" in state(client, quote)
    assert "hx-trigger" in state(client, quote)
    broken.undo()
    OutboxItem.objects.update(next_at=timezone.now() + timedelta(hours=5))
    work_off(now=timezone.now())
    assert "has failed" in state(client, quote)
    answer = client.post(reverse("pricing:quote-document", args=[quote.uuid]), follow=True)
    assert answer.status_code == 200
    work_off(now=timezone.now() + timedelta(seconds=1))
    assert "Download the document" in state(client, quote)


def test_one_that_was_given_up_says_so_and_asks_no_more(shop, client, broken):
    client.force_login(shop.cast.seller_a)
    quote = shop.issue((shop.relay, 1))
    deliver("quote.issued", "pricing.pdf")
    OutboxItem.objects.update(attempts=len(PAUSES), next_at=timezone.now())
    work_off(now=timezone.now() + timedelta(days=9))
    page = state(client, quote)
    assert "It is not tried again by itself." in page
    assert "hx-trigger" not in page
    broken.undo()
    client.post(reverse("pricing:quote-document", args=[quote.uuid]))
    work_off(now=timezone.now() + timedelta(seconds=1))
    assert "Download the document" in state(client, quote)


def test_asking_again_is_metered_and_for_the_owner_alone(shop, client, broken):
    quote = shop.issue((shop.relay, 1))
    deliver("quote.issued", "pricing.pdf")
    url = reverse("pricing:quote-document", args=[quote.uuid])
    client.force_login(shop.cast.seller_b)
    assert client.post(url).status_code == 404
    client.force_login(shop.cast.seller_a)
    pages = [client.post(url, follow=True).content.decode() for _ in range(8)]
    assert "Too many requests" in pages[-1]
    assert "Too many requests" not in pages[0]
