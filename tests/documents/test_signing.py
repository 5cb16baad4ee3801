"""The signature on documents: trusted time stamps from an authority, and warnings of a certificate that will not do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.urls import reverse

from concord.documents.pdf import inspect_pdf, own_fingerprints, render_pdf, sign_pdf
from concord.documents.pdf.signing import make_self_signed
from concord.documents.queries.signing import signing_state
from tests.cast import Cast
from tests.certificates import make_vouched_certificate
from tests.documents.stamps import STAMPED


def signed() -> bytes:
    content = render_pdf("documents/desk/signing_panel.html", {"state": {}}, language="en")
    return sign_pdf(content, reason="Quote").content


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
