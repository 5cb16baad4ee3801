"""The PDF engine: Chinese comes out as Chinese, nothing is fetched, nothing hangs, the same input is the same bytes."""

from __future__ import annotations

import ctypes
import http.server
import re
import threading
import zlib
from collections.abc import Iterator

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from django.conf import settings as django_settings
from django.template import engines

from concord.documents.pdf import DocumentTooLong, Image, PdfFailed, PdfTimedOut, render_pdf
from concord.documents.pdf.process import TypesettingProcess
from concord.documents.pdf.request import MAX_HTML_BYTES, Request
from concord.documents.pdf.typesetter import ClosedFetcher, NothingToFetch

PAGE = '<!doctype html><html lang="{lang}"><head><title>T</title></head><body>{body}</body></html>'


def lay_out(body: str, lang: str = "en", seconds: float = 30, *, process: TypesettingProcess, **more) -> bytes:
    return process.lay_out(Request(PAGE.format(lang=lang, body=body), **more), seconds=seconds)


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(pages)


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """The fonts that the text is set in, and whether each is embedded."""
    document = pypdfium2.PdfDocument(pdf)
    fonts: dict[str, bool] = {}
    for page in document:
        for one in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT], max_depth=5):
            font = pdfium.FPDFTextObj_GetFont(one)
            name = ctypes.create_string_buffer(200)
            pdfium.FPDFFont_GetBaseFontName(font, name, 200)
            fonts[name.value.decode()] = pdfium.FPDFFont_GetIsEmbedded(font) == 1
    document.close()
    return fonts


def streams_of(pdf: bytes) -> list[bytes]:
    """Every stream of the file, unpacked where it is packed."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompress(raw))
        except zlib.error:
            found.append(raw)
    return found


@pytest.fixture(scope="module")
def process() -> Iterator[TypesettingProcess]:
    process = TypesettingProcess()
    yield process
    process.close()


def test_chinese_text_can_be_read_back_and_every_font_is_embedded(process):
    pdf = lay_out(
        "<h1>报价单 深圳市示例科技有限公司</h1><p><b>合计</b> ¥1,234.50 Größe</p>", "zh-Hans", process=process
    )
    text = text_of(pdf)
    assert "报价单 深圳市示例科技有限公司" in text
    assert "¥1,234.50 Größe" in text
    fonts = fonts_of(pdf)
    assert len(fonts) == 2  # regular and bold
    assert all(fonts.values())
    assert all("Concord-Document" in name for name in fonts), fonts


def test_documents_are_tagged_and_say_their_language_and_title(process):
    pdf = lay_out("<h1>Hello</h1><p>World</p>", "zh-Hans", process=process)
    document = pypdfium2.PdfDocument(pdf)
    assert pdfium.FPDFCatalog_IsTagged(document)
    assert document.get_metadata_dict()["Title"] == "T"
    document.close()
    assert b"pdfuaid" in b"".join(streams_of(pdf))
    assert b"/Lang (zh-Hans)" in b"".join(streams_of(pdf))


def test_the_same_request_gives_the_same_bytes_from_any_process():
    body = "<p>Same 同样</p><img src='image:dot' alt='dot'>"
    images = {"dot": Image(b"<svg xmlns='http://www.w3.org/2000/svg' width='4' height='4'/>", "image/svg+xml")}
    one, other = TypesettingProcess(), TypesettingProcess()
    try:
        assert lay_out(body, images=images, process=one) == lay_out(body, images=images, process=other)
    finally:
        one.close()
        other.close()


def test_a_document_that_breaks_the_layout_fails_by_itself(process):
    with pytest.raises(PdfFailed) as failed:
        lay_out("<div>" * 3000 + "secret" + "</div>" * 3000, process=process)
    assert "secret" not in str(failed.value)
    assert "next" in text_of(lay_out("<p>next</p>", process=process))


@pytest.fixture
def listener():
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hostile_document_reaches_neither_network_nor_files(listener, process, tmp_path):
    address, asked = listener
    secret = tmp_path / "secret.txt"
    secret.write_text("CANARY-IN-A-FILE")
    svg = f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{address}/svg' width='9' height='9'/></svg>"
    body = f"""
        <img src="{address}/img"><img src="image:svg"><object data="{address}/object"></object>
        <link rel="attachment" href="file://{secret}"><link rel="stylesheet" href="{address}/css">
        <style>@import url("{address}/import"); @font-face {{ font-family: X; src: url("{address}/font") }}
        p {{ background: url("{address}/background"); font-family: X }}</style>
        <a rel="attachment" href="file://{secret}">a</a><img src="file://{secret}"><img src="data:text/plain,x">
        <p>still here</p>"""
    pdf = lay_out(body, process=process, images={"svg": Image(svg.encode(), "image/svg+xml")})
    assert "still here" in text_of(pdf)
    assert asked == []
    document = pypdfium2.PdfDocument(pdf)
    assert pdfium.FPDFDoc_GetAttachmentCount(document) == 0
    document.close()
    assert not any(b"CANARY" in stream for stream in streams_of(pdf))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "file:///etc/hostname", "data:,x", "image:other", "font:400", "ftp://h/"]
)
def test_the_fetcher_knows_its_own_images_only(url):
    fetcher = ClosedFetcher({"mine": Image(b"x", "image/png")})
    assert fetcher.fetch("image:mine").read() == b"x"
    with pytest.raises(NothingToFetch):
        fetcher.fetch(url)


def test_an_endless_layout_is_stopped_and_the_next_document_comes(process):
    endless = "<table>" + ("<tr>" + "<td>x</td>" * 20 + "</tr>") * 3000 + "</table>"
    lay_out("<p>warm</p>", process=process)
    with pytest.raises(PdfTimedOut):
        lay_out(endless, seconds=1.0, process=process)
    assert "next" in text_of(lay_out("<p>next</p>", process=process))


def test_a_document_beyond_the_limit_is_refused_before_anything_is_laid_out(process):
    with pytest.raises(DocumentTooLong):
        lay_out("x" * MAX_HTML_BYTES, process=process)


def test_a_template_is_escaped_and_counts_its_pages(monkeypatch):
    django_engine = engines["django"]
    sources = {
        "tests/a.html": (
            '<!doctype html><html lang="{{ language }}"><head><title>T</title></head><body>'
            '<p>{{ note }}</p><p style="break-before: page">{{ braces }}</p></body></html>'
        ),
        "tests/a.css": "@page { @bottom-right { content: {{ page_counter|safe }} } }",
    }
    loader = ("django.template.loaders.locmem.Loader", sources)
    monkeypatch.setattr(
        django_engine.engine, "template_loaders", [django_engine.engine.find_template_loader(loader)], raising=False
    )
    assert django_settings.NODE_MODULES
    pdf = render_pdf(
        "tests/a.html", {"note": "<b>&lt;raw</b>", "braces": "{{7*7}}"}, language="en", stylesheets=["tests/a.css"]
    )
    text = text_of(pdf)
    assert "<b>&lt;raw</b>" in text
    assert "{{7*7}}" in text
    assert "Page 1 of 2" in text
    assert "Page 2 of 2" in text
