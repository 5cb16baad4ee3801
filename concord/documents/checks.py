"""What ``manage.py check --deploy`` says of the certificate that signs documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Info, Tags, register
from django.core.checks import Warning as CheckWarning
from django.utils import timezone

from concord.documents.enums import SigningFinding
from concord.documents.queries.signing import signing_state

_SAID = {
    SigningFinding.MISSING: (
        "documents.W001",
        "No certificate signs documents.",
        "Set PDF_SIGNING_CERTIFICATE and PDF_SIGNING_KEY; until then quotes go out unsigned.",
    ),
    SigningFinding.SELF_SIGNED: (
        "documents.W002",
        "The certificate that signs documents vouches for itself alone.",
        "Readers of PDFs do not know it. Use one of a known authority, and keep this one in PDF_FORMER_CERTIFICATES.",
    ),
    SigningFinding.EXPIRES_SOON: (
        "documents.W003",
        "The certificate that signs documents expires on {day}.",
        "Get the next one now, and keep this one in PDF_FORMER_CERTIFICATES.",
    ),
    SigningFinding.EXPIRED: (
        "documents.W004",
        "The certificate that signs documents expired on {day}.",
        "Readers of PDFs call what it signs invalid. Renew it, and keep this one in PDF_FORMER_CERTIFICATES.",
    ),
}


@register(Tags.security, deploy=True)
def documents_are_signed(**kwargs: Any) -> list[CheckMessage]:
    """A certificate is there, of a known authority, and good for the next 60 days."""
    state = signing_state(now=timezone.now())
    found: list[CheckMessage] = []
    for finding in state.findings:
        code, message, hint = _SAID[finding]
        day = state.certificate.expires_at.date().isoformat() if state.certificate else ""
        found.append(CheckWarning(message.format(day=day), hint=hint, id=code))
    if state.certificate and not Path(settings.PDF_SIGNING_KEY).is_file():
        message = "The key that signs documents is not where the settings say."
        hint = "The worker needs PDF_SIGNING_KEY: without it no quote gets its document. Web servers may go without."
        found.append(CheckWarning(message, hint=hint, id="documents.W005"))
    if not settings.PDF_TIMESTAMP_URL:
        message = "No time stamp authority is set up: the moment of signing is the vendor's own word."
        found.append(Info(message, hint="Set PDF_TIMESTAMP_URL to an RFC 3161 authority.", id="documents.I001"))
    return found
