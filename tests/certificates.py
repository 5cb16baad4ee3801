"""Certificates for the tests of signing: one that an authority vouches for."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def make_vouched_certificate(*, certificate: Path, key: Path, now: datetime, days: int) -> None:
    """Writes a certificate of ``days`` from ``now`` that names another issuer than itself, and its private key."""
    authority, own = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority")])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Helvara")])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(own.public_key())
        .serial_number(9)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=days))
        .sign(authority, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
