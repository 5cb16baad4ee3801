"""What the library takes and what it refuses, on real files and on files built to do harm."""

from __future__ import annotations

import io
import zlib

import pytest

from concord.documents.files import FileRefused, check_file, download_name, text_of
from tests.documents.samples import archive, data_file

DOCX_TYPES = (
    b'<?xml version="1.0"?><Types><Override PartName="/word/document.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
PDF = b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R%s>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%s"
TRAILER = b"trailer<</Root 1 0 R>>\n%%EOF\n"


def refused(name: str, content: bytes) -> str:
    with pytest.raises(FileRefused) as caught:
        check_file(name, len(content), io.BytesIO(content))
    assert caught.value.message
    return caught.value.code


@pytest.mark.parametrize(
    "name",
    [
        "esp32-poe-user-manual.pdf", "security-standard-zh-cn.pdf", "arabic.pdf", "esp32-poe-pinout.png",
        "limesdr-mini-photo.jpg", "limesdr-mini-bom.csv", "sample.docx", "pivot-table.xlsx", "sample-show.pptx",
        "libreoffice-writer.odt", "libreoffice-calc.ods",
    ],
)  # fmt: skip
def test_real_documents_are_taken(name):
    path = data_file("collateral", name)
    with path.open("rb") as handle:
        assert check_file(name, path.stat().st_size, handle).extension == path.suffix[1:]
        assert handle.tell() == 0


@pytest.mark.parametrize(
    ("folder", "name", "code"),
    [
        ("collateral", "macro-workbook.xlsm", "kind"),
        ("collateral", "password-protected.pdf", "encrypted"),
        ("collateral", "limesdr-mini-pcb-specs.pdf", "scripts"),
        ("collateral", "chinese-provinces.xls", "kind"),
        ("hostile/pdf", "javascript.pdf", "scripts"),
        ("hostile/pdf", "encrypted-attachment.pdf", "encrypted"),
        ("hostile/pdf", "poppler-395-0-fuzzed.pdf", "damaged"),
        ("hostile/images", "SVG_XSS2.svg", "kind"),
        ("hostile/images", "pngsuite_xc1n0g08.png", "not_what_it_says"),
        ("hostile/office", "poc-xmlbomb.xlsx", "entities"),
    ],
)
def test_harmful_and_useless_files_are_refused_with_a_reason(folder, name, code):
    path = data_file(*folder.split("/"), name)
    assert refused(name, path.read_bytes()) == code


def test_a_name_does_not_make_a_file_what_it_is():
    assert refused("manual.pdf", b"MZ\x90\x00 this program cannot be run") == "not_what_it_says"
    assert refused("sheet.png", b"%PDF-1.7\n") == "not_what_it_says"
    assert refused("notes.txt", b"\x7fELF\x02\x01\x01\x00\x00") == "not_what_it_says"
    assert refused("plain.docx", archive({"a.txt": b"not a document"})) == "not_what_it_says"
    workbook = archive({"[Content_Types].xml": DOCX_TYPES, "word/document.xml": b"<w/>"})
    assert refused("renamed.xlsx", workbook) == "not_what_it_says"


@pytest.mark.parametrize("name", ["drawing.svg", "page.html", "run.exe", "macro.docm", "noextension", "tricky.pdf.js"])
def test_only_listed_kinds_are_taken(name):
    assert refused(name, b"anything") == "kind"


@pytest.mark.parametrize(
    "content", [b"<svg onload=alert(1)>", b"\xef\xbb\xbf <!DOCTYPE html><p>", b"<script>1</script>"]
)
def test_markup_does_not_come_in_as_text(content):
    assert refused("notes.txt", content) == "markup"


def test_empty_and_oversized_files_are_refused():
    assert refused("notes.txt", b"") == "empty"
    with pytest.raises(FileRefused) as caught:
        check_file("notes.txt", 51 << 20, io.BytesIO(b"x"))
    assert caught.value.code == "too_large"


def test_macros_are_found_under_an_innocent_name():
    parts = {"[Content_Types].xml": DOCX_TYPES, "word/document.xml": b"<w/>", "word/vbaProject.bin": b"\0"}
    assert refused("report.docx", archive(parts)) == "macros"
    enabled = DOCX_TYPES.replace(b"wordprocessingml.document.main", b"ms-word.document.macroEnabled.main")
    assert refused("report.docx", archive({"[Content_Types].xml": enabled})) == "macros"


def test_scripts_are_found_in_hex_names_and_in_compressed_objects():
    plain = PDF % (b"/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>", TRAILER)
    assert refused("a.pdf", plain) == "scripts"
    hidden = PDF % (b"/OpenAction<</S/#4aavaScript/J#53(x)>>", TRAILER)
    assert refused("a.pdf", hidden) == "scripts"
    packed = zlib.compress(b"7 0 <</S/Launch/F(cmd.exe)>>")
    stream = b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream endobj\n"
    assert refused("a.pdf", PDF % (b"", stream % (len(packed), packed) + TRAILER)) == "scripts"


def test_archives_are_looked_into():
    assert refused("pack.zip", archive({"setup/install.EXE": b"MZ"})) == "programs"
    assert refused("pack.zip", archive({"inner.zip": archive({"a.txt": b"x"})})) == "nested"
    assert refused("pack.zip", archive({"../../etc/cron.d/x": b"x"})) == "paths"
    assert refused("pack.zip", archive({"zeros.txt": b"\0" * (8 << 20)})) == "unpacked_size"
    content = archive({"drawings/front.txt": b"fine"})
    assert check_file("pack.zip", len(content), io.BytesIO(content)).extension == "zip"


def test_text_is_taken_from_pdf_office_and_plain_files():
    def text(name: str) -> str:
        path = data_file("collateral", name)
        with path.open("rb") as handle:
            return text_of(name, handle)

    assert "ESP32" in text("esp32-poe-user-manual.pdf")
    assert "安全" in text("security-standard-zh-cn.pdf")
    assert len(text("sample.docx")) > 500
    assert text("limesdr-mini-photo.jpg") == ""
    assert text_of("notes.txt", io.BytesIO("防尘 12 Nm".encode("gb18030"))) == "防尘 12 Nm"


@pytest.mark.parametrize("name", ["GHOSTSCRIPT-698804-1-fuzzed.pdf", "poppler-742-0-fuzzed.pdf", "cyclic-toc.pdf"])
def test_a_hostile_file_costs_nothing_but_its_text(name):
    with data_file("hostile", "pdf", name).open("rb") as handle:
        assert isinstance(text_of(name, handle), str)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Data sheet: ESP32/PoE", "Data sheet ESP32 PoE 1.2.pdf"),
        ("..\\..\\etc\\passwd", "etc passwd 1.2.pdf"),
        ("数据手册", "数据手册 1.2.pdf"),
        ("invoice\u202efdp.exe\r\nX: y", "invoicefdp.exe X y 1.2.pdf"),
    ],
)
def test_saved_copies_get_harmless_names(title, expected):
    assert download_name(title, "1.2", "PDF") == expected


def test_a_long_title_makes_a_name_that_file_systems_take():
    assert len(download_name("很长" * 300, "", "pdf").encode()) <= 400
