"""The signature on documents: trusted time stamps from an authority, and warnings of a certificate that will not do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.checks import run_checks
from django.urls import reverse
from pyhanko.sign.timestamps import DummyTimeStamper

from concord.documents.pdf import inspect_pdf, own_fingerprints, render_pdf, sign_pdf
from concord.documents.pdf.signing import make_self_signed
from concord.documents.queries.signing import signing_state
from tests.cast import Cast
from tests.certificates import make_vouched_certificate

STAMPED = datetime(2026, 3, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def certificate(settings, tmp_path) -> Path:
    file, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make_self_signed(name="Helvara", certificate=file, key=key)
    settings.PDF_SIGNING_CERTIFICATE, settings.PDF_SIGNING_KEY = str(file), str(key)
    return file


@pytest.fixture
def authority(settings) -> Iterator[ThreadingHTTPServer]:
    """A real authority on this machine: answers over HTTP with stamps signed by its own key."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stamps of Elmstadt")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(STAMPED - timedelta(days=30))
        .not_valid_after(STAMPED + timedelta(days=3650))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    stamper = DummyTimeStamper(
        asn1_x509.Certificate.load(made.public_bytes(serialization.Encoding.DER)),
        keys.PrivateKeyInfo.load(secret),
        fixed_dt=STAMPED,
    )

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            body = b"no" if self.server.is_broken else stamper.request_tsa_response(asked).dump()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain" if self.server.is_broken else "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.is_broken = False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.PDF_TIMESTAMP_URL = f"http://127.0.0.1:{server.server_port}/"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def signed() -> bytes:
    content = render_pdf("documents/desk/signing_panel.html", {"state": {}}, language="en")
    return sign_pdf(content, reason="Quote")


def test_a_signature_carries_the_authoritys_stamp(certificate, authority):
    (signature,) = inspect_pdf(signed(), own=own_fingerprints()).signatures
    assert (signature.is_ours, signature.is_intact, signature.covers_all) == (True, True, True)
    assert (signature.stamped, signature.stamped_by) == (STAMPED, "Stamps of Elmstadt")


@pytest.mark.parametrize("trouble", ["broken", "away", "not set up"])
def test_a_document_is_signed_without_a_stamp_where_none_is_to_be_had(certificate, authority, settings, trouble):
    authority.is_broken = trouble == "broken"
    if trouble == "away":
        authority.socket.close()
    if trouble == "not set up":
        settings.PDF_TIMESTAMP_URL = ""
    (signature,) = inspect_pdf(signed(), own=own_fingerprints()).signatures
    assert (signature.is_ours, signature.is_intact, signature.covers_all) == (True, True, True)
    assert (signature.stamped, signature.stamped_by) == (None, "")


def findings(settings) -> list[str]:
    checks = run_checks(tags=["security"], include_deployment_checks=True)
    return [one.id for one in checks if one.id.startswith("documents.")]


def test_deploying_warns_of_a_certificate_that_will_not_do(settings, certificate, tmp_path):
    settings.PDF_TIMESTAMP_URL = "https://stamps.example/"
    assert findings(settings) == ["documents.W002"], "it vouches for itself"
    for begun, expected in ((3_600, "documents.W003"), (3_700, "documents.W004")):
        make_self_signed(
            name="Old",
            certificate=certificate,
            key=Path(settings.PDF_SIGNING_KEY),
            now=datetime.now(UTC) - timedelta(days=begun),
        )
        assert findings(settings) == [expected, "documents.W002"]
    settings.PDF_SIGNING_KEY = str(tmp_path / "gone.pem")
    assert "documents.W005" in findings(settings)
    certificate.write_text("no certificate")
    assert findings(settings) == ["documents.W001"]
    settings.PDF_SIGNING_CERTIFICATE, settings.PDF_TIMESTAMP_URL = "", ""
    assert findings(settings) == ["documents.W001", "documents.I001"]


def test_a_certificate_of_an_authority_is_fine_until_60_days_before_its_end(settings, certificate):
    now = datetime.now(UTC)
    make_vouched_certificate(certificate=certificate, key=Path(settings.PDF_SIGNING_KEY), now=now, days=61)
    assert signing_state(now=now).findings == ()
    assert signing_state(now=now + timedelta(days=2)).findings == ("expires_soon",)


@pytest.mark.django_db
def test_the_desks_home_says_it_to_those_who_answer_for_quotes(settings, client, cast: Cast, certificate):
    client.force_login(cast.pricing_manager)
    home = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "vouches for itself alone" in home
    client.force_login(cast.editor)
    assert "vouches for itself alone" not in client.get(reverse("wagtailadmin_home")).content.decode()
