"""PDFs on the check page: the original is known by its bytes, all else is told apart, nothing forged is genuine."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concord.documents.pdf import Inspection, Signed, inspect_pdf, own_fingerprints, sign_pdf, signing_certificate
from concord.portal.models import BrandSettings
from concord.pricing.actions.quotes import issue_quote, revise_quote, withdraw_quote
from concord.pricing.codes import grouped, new_code
from concord.pricing.enums import CheckVerdict, DocumentVerdict
from concord.pricing.models import Quote, QuoteCheck
from concord.pricing.queries.quote_checks import check_answer
from concord.pricing.queries.quote_papers import judge_pdf
from tests.documents.samples import data_file
from tests.pricing.quotes import forgeries
from tests.pricing.quotes.conftest import document_of


@pytest.fixture
def original(shop, signing) -> tuple[Quote, bytes]:
    BrandSettings.objects.create(brand_name="Helvara", vendor_name="Helvara Components AG")
    quote = shop.issue((shop.relay, 12), (shop.switch, 3))
    return quote, document_of(quote)


def drop(client, *files: bytes | SimpleUploadedFile):
    papers = [
        file if isinstance(file, SimpleUploadedFile) else SimpleUploadedFile(f"{number}.pdf", file, "application/pdf")
        for number, file in enumerate(files)
    ]
    return client.post(reverse("pricing:quote-check-papers"), {"papers": papers})


# --- the signature ------------------------------------------------------------------------------------------------


def test_the_worker_signs_what_it_rendered(original):
    _, content = original
    (signature,) = inspect_pdf(content, own=own_fingerprints()).signatures
    assert (signature.is_ours, signature.is_intact, signature.covers_all) == (True, True, True)
    assert signature.signer == "Helvara (self-signed)"
    assert b"/ETSI.CAdES.detached" in content
    assert b"/DocMDP" in content


def test_without_a_certificate_documents_are_unsigned_and_known_all_the_same(shop, settings):
    settings.PDF_SIGNING_CERTIFICATE = settings.PDF_SIGNING_KEY = ""
    assert signing_certificate() is None
    content = document_of(shop.issue((shop.relay, 1)))
    assert b"/ByteRange" not in content
    paper, _ = judge_pdf("quote.pdf", content)
    assert paper.verdict is DocumentVerdict.ORIGINAL
    assert paper.signature is None


def test_a_renewed_certificate_leaves_older_documents_genuine(original, settings, tmp_path):
    _, content = original
    former = tmp_path / "former.pem"
    former.write_bytes(Path(settings.PDF_SIGNING_CERTIFICATE).read_bytes())
    for path in (settings.PDF_SIGNING_CERTIFICATE, settings.PDF_SIGNING_KEY):
        Path(path).unlink()
    forgeries.make_self_signed(
        name="New", certificate=Path(settings.PDF_SIGNING_CERTIFICATE), key=Path(settings.PDF_SIGNING_KEY)
    )
    assert not inspect_pdf(content, own=own_fingerprints()).signatures[0].is_ours
    settings.PDF_FORMER_CERTIFICATES = str(former)
    assert inspect_pdf(content, own=own_fingerprints()).signatures[0].is_ours


# --- verdicts: none of them wrong ----------------------------------------------------------------------------------


def papers(content: bytes, folder: Path) -> dict[str, tuple[bytes, DocumentVerdict]]:
    """A file of each kind, and what has to be said of it."""
    return {
        "original": (content, DocumentVerdict.ORIGINAL),
        "comment after the end": (forgeries.appended(content), DocumentVerdict.APPENDED),
        "incremental update": (forgeries.edited_after(content), DocumentVerdict.APPENDED),
        "signed again by us": (sign_again(content), DocumentVerdict.APPENDED),
        "saved again by a reader": (forgeries.saved_again(content), DocumentVerdict.RESAVED),
        "rebuilt without signature": (forgeries.rebuilt(content), DocumentVerdict.RESAVED),
        "one byte changed": (forgeries.one_byte(content), DocumentVerdict.RESAVED),
        "signed by another of the same name": (
            forgeries.signed_by_another(content, folder),
            DocumentVerdict.RESAVED,
        ),
        "edited and rebuilt": (forgeries.edited(content), DocumentVerdict.EDITED),
        "edited twice": (forgeries.edited(forgeries.edited(content), "Discount 90"), DocumentVerdict.EDITED),
        "another company's": (forgeries.a_pdf("Quote 77 of somebody else"), DocumentVerdict.NOT_OURS),
        "an invented code": (forgeries.a_pdf(f"Quote {grouped(new_code())}"), DocumentVerdict.NOT_OURS),
        "half of it": (content[: len(content) // 2], DocumentVerdict.UNREADABLE),
        "no PDF": (b"PK\x03\x04 something else", DocumentVerdict.UNREADABLE),
        "nothing": (b"", DocumentVerdict.UNREADABLE),
    }


def sign_again(content: bytes) -> bytes:
    writer = forgeries.IncrementalPdfFileWriter(forgeries.io.BytesIO(content))
    writer.root["/Note"] = forgeries.generic.pdf_string("x")
    writer.update_root()
    target = forgeries.io.BytesIO()
    writer.write(target)
    return target.getvalue()


def by_the_code_alone(found: Inspection) -> bool:
    return any(check_answer(code, now=timezone.now())[0].is_ours for code in found.codes)


def by_an_intact_signature_alone(found: Inspection) -> bool:
    return any(one.is_intact for one in found.signatures)


def test_no_document_is_judged_wrongly(original, tmp_path):
    _, content = original
    cases = papers(content, tmp_path)
    said = {name: judge_pdf("x.pdf", file)[0].verdict for name, (file, _) in cases.items()}
    assert said == {name: verdict for name, (_, verdict) in cases.items()}


@pytest.mark.parametrize("naive", [by_the_code_alone, by_an_intact_signature_alone])
def test_the_cases_would_fool_a_simpler_judge(original, tmp_path, naive):
    _, content = original
    cases = papers(content, tmp_path)
    fooled = {
        name
        for name, (file, verdict) in cases.items()
        if verdict is not DocumentVerdict.ORIGINAL and naive(inspect_pdf(file, own=own_fingerprints()))
    }
    assert "incremental update" in fooled
    assert len(fooled) >= 2


def test_every_state_is_told_behind_its_document(original, shop):
    quote, content = original
    second = issue_quote(actor=shop.actor(), quote_uuid=revise_quote(actor=shop.actor(), quote_uuid=quote.uuid).uuid)
    client = Client()
    page = drop(client, content).content.decode()
    assert "byte for byte" in page
    assert "replaced by revision 2" in page
    page = drop(client, content, document_of(second)).content.decode()
    assert f"Of the two, quote {second.number} revision 2 binds." in page
    assert "two revisions of the same quote" in page
    withdraw_quote(actor=shop.actor(), quote_uuid=second.uuid)
    assert "Neither of the two binds" in drop(client, content, document_of(second)).content.decode()
    Quote.objects.unscoped("test").filter(pk=quote.pk).update(status="issued", expires_at=quote.issued_at)
    assert "validity has run out" in drop(client, content).content.decode()


# --- the page -------------------------------------------------------------------------------------------------------


def test_a_forged_document_is_called_so_with_the_page_that_differs(original, client):
    quote, content = original
    page = drop(client, forgeries.edited(content)).content.decode()
    assert "its text is not the one that we issued" in page
    assert "Page 1 differs" in page
    assert "byte for byte" not in page
    for secret in ("RELAY-1", "Sven", "108.00", "Kunde AG"):
        assert secret not in page
    assert quote.number in page


def test_the_signature_is_told_in_words(original, client):
    _, content = original
    page = drop(client, content).content.decode()
    assert "Signed by Helvara (self-signed); the signature fits the whole file." in page
    assert "There is no trusted time stamp" in page
    assert "vouches for itself alone" in page
    assert "changed afterwards" in drop(client, forgeries.edited_after(content)).content.decode()


def test_somebody_elses_signature_of_the_same_name_is_not_ours(original, client, tmp_path):
    _, content = original
    page = drop(client, forgeries.signed_by_another(content, tmp_path)).content.decode()
    assert "Signed by somebody else (Helvara (self-signed)), not by us." in page


def test_checks_of_documents_are_logged_and_shown_to_the_owner(original, client, shop):
    quote, content = original
    drop(client, content)
    drop(client, forgeries.edited(content))
    drop(client, b"no pdf at all")
    logged = list(QuoteCheck.objects.order_by("id").values_list("quote", "kind", "document", "verdict"))
    assert logged == [
        (quote.pk, "document", "original", CheckVerdict.IN_FORCE),
        (quote.pk, "document", "edited", CheckVerdict.IN_FORCE),
        (None, "document", "unreadable", ""),
    ]
    client.force_login(shop.cast.seller_a)
    page = client.get(reverse("pricing:quote-detail", args=[quote.uuid])).content.decode()
    assert "Checked 2 times" in page
    assert "The original document" in page
    assert "Its text was changed" in page


def test_files_are_limited_in_number_size_and_pace(original, client):
    _, content = original
    assert drop(client).status_code == 422
    assert drop(client, content, content, content).status_code == 422
    answer = drop(client, large())
    assert answer.status_code == 422
    assert "large.pdf is larger than 4 MB" in answer.content.decode()
    assert drop(client, large(), large()).status_code == 413
    assert QuoteCheck.objects.count() == 0
    codes = [drop(client, b"x").status_code for _ in range(12)]
    assert codes[:10] == [200] * 10
    assert codes[-1] == 429


def large() -> SimpleUploadedFile:
    return SimpleUploadedFile("large.pdf", b"%PDF-1.7" + bytes(5 << 20))


def test_files_need_the_pages_own_token(original):
    _, content = original
    assert drop(Client(enforce_csrf_checks=True), content).status_code == 403


def test_hostile_files_neither_crash_nor_hang(db):
    folder = data_file("hostile", "pdf")
    begun = time.monotonic()
    for path in sorted(folder.rglob("*.pdf")):
        started = time.monotonic()
        found = inspect_pdf(path.read_bytes(), own=[])
        assert time.monotonic() - started < 14, path.name
        assert not any(one.is_ours for one in found.signatures), path.name
    assert time.monotonic() - begun < 200


def test_a_child_that_takes_too_long_or_too_much_is_stopped(monkeypatch):
    from concord.documents.pdf import inspection

    monkeypatch.setattr(inspection, "_SECONDS", 0.001)
    assert not inspect_pdf(forgeries.a_pdf("x"), own=[]).is_readable
    monkeypatch.setattr(inspection, "_SECONDS", 12.0)
    assert inspect_pdf(forgeries.a_pdf("x"), own=[]).is_readable
    monkeypatch.setitem(inspection._LIMITS, "memory", 16 << 20)
    assert not inspect_pdf(forgeries.a_pdf("x"), own=[]).is_readable


def test_signing_does_nothing_without_a_key(settings):
    settings.PDF_SIGNING_CERTIFICATE = settings.PDF_SIGNING_KEY = ""
    assert sign_pdf(b"%PDF-1.7", reason="x") == Signed(b"%PDF-1.7", lacks_stamp=False)


@pytest.mark.parametrize("said", ["x", "-1", "1e3", "٣", "9" * 40])
def test_a_length_that_is_no_length_is_refused_in_words(db, client, said):
    answer = client.post("/check/documents/", {}, CONTENT_LENGTH=said)
    assert answer.status_code in {400, 413}
    assert "alert" in answer.content.decode()
