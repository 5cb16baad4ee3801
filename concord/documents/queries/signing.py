"""What is amiss with the certificate that signs documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from concord.documents.enums import SigningFinding
from concord.documents.pdf import Certificate, signing_certificate

#: a new certificate takes some weeks to get
EXPIRES_SOON = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class SigningState:
    """The certificate in use, if any, and what is amiss with it, the worst first."""

    certificate: Certificate | None
    findings: tuple[SigningFinding, ...]


def signing_state(*, now: datetime) -> SigningState:
    """Looked up in the files that the settings name; a file that is no certificate counts as none."""
    try:
        certificate = signing_certificate()
    except (OSError, ValueError):
        certificate = None
    if certificate is None:
        return SigningState(None, (SigningFinding.MISSING,))
    checks = {
        SigningFinding.EXPIRED: certificate.expires_at <= now,
        SigningFinding.EXPIRES_SOON: now < certificate.expires_at <= now + EXPIRES_SOON,
        SigningFinding.SELF_SIGNED: certificate.is_self_signed,
    }
    return SigningState(certificate, tuple(finding for finding, holds in checks.items() if holds))
