"""The vendor's signature on documents: PAdES, certifying, with no change allowed afterwards, with a trusted time stamp
where the settings name an authority for one.

Key and certificate are files that the settings name; without them documents stay unsigned and pages say so.
Certificates that were used before stay known, so that a renewal turns no older document into a forgery.
"""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from concord.documents.pdf.request import PdfFailed
from concord.documents.pdf.stamping import AUTHORITY_ERRORS, STAMP_BYTES, authority

logger = structlog.get_logger(__name__)

#: name of the signature's field in the document
FIELD = "Vendor"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Who signs, for pages: the name, the SHA-256 of the certificate, and whether it vouches for itself alone."""

    name: str
    fingerprint: str
    is_self_signed: bool
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Signed:
    """A document as it goes out. ``lacks_stamp``: it is signed, and the authority that is set up gave no time stamp."""

    content: bytes
    lacks_stamp: bool = False


def signing_certificate() -> Certificate | None:
    """The certificate that new documents are signed with; ``None`` when none is set up."""
    known = _certificates(settings.PDF_SIGNING_CERTIFICATE)
    if not known:
        return None
    first = known[0]
    return Certificate(
        name=first.subject.rfc4514_string() if not _common_name(first) else _common_name(first),
        fingerprint=first.fingerprint(hashes.SHA256()).hex(),
        is_self_signed=first.issuer == first.subject,
        expires_at=first.not_valid_after_utc,
    )


def own_fingerprints() -> list[str]:
    """SHA-256 of each certificate whose signature is the vendor's: the present one, then former ones."""
    present = _certificates(settings.PDF_SIGNING_CERTIFICATE)[:1]
    former = _certificates(settings.PDF_FORMER_CERTIFICATES)
    return [one.fingerprint(hashes.SHA256()).hex() for one in [*present, *former]]


def sign_pdf(content: bytes, *, reason: str) -> Signed:
    """The document with the vendor's signature appended; as it was when no certificate is set up.

    Raises ``PdfFailed`` when there is a certificate and its key cannot be read: better late than unsigned.

    The signature (PAdES baseline B, SHA-256) certifies the document and permits no change to it. It carries a trusted
    time stamp (baseline T) where an authority is set up and answers: a document does not wait for it, and ``stamp_pdf``
    gives it one later.
    """
    if signing_certificate() is None:
        return Signed(content)
    password = str(settings.PDF_SIGNING_KEY_PASSWORD).encode() or None
    chain = Path(settings.PDF_SIGNING_CERTIFICATE)
    signer = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
        settings.PDF_SIGNING_KEY, str(chain), ca_chain_files=(str(chain),), key_passphrase=password
    )
    if signer is None:
        raise PdfFailed("signing key")
    facts = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        reason=reason,
    )
    stamper = authority()
    if stamper is not None:
        try:
            with_stamp = signers.PdfSigner(facts, signer=signer, timestamper=stamper)
            return Signed(_signed(content, with_stamp, chain, STAMP_BYTES))
        except AUTHORITY_ERRORS as error:
            logger.warning("no time stamp", authority=settings.PDF_TIMESTAMP_URL, error=repr(error))
    without = signers.PdfSigner(facts, signer=signer)
    return Signed(_signed(content, without, chain), lacks_stamp=stamper is not None)


def _signed(content: bytes, signer: signers.PdfSigner, chain: Path, more: int = 0) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    # The library runs an event loop of its own, which a thread that has one already would refuse.
    with ThreadPoolExecutor(max_workers=1) as thread:
        sign = partial(signer.sign_pdf, writer, bytes_reserved=_room(chain, more))
        signed = thread.submit(sign).result()
    return bytes(signed.getvalue())


def _room(chain: Path, more: int) -> int:
    """Hexadecimal digits to keep free: certificates, the signature itself, its attributes. Said, to sign but once."""
    certificates = _certificates(str(chain))
    return 2 * (sum(len(one.public_bytes(serialization.Encoding.DER)) for one in certificates) + 3_000 + more)


def make_self_signed(*, name: str, certificate: Path, key: Path, now: datetime | None = None) -> None:
    """Write a key (readable by its owner alone) and a certificate that vouches for itself, for ten years.

    For demos and trials: readers of PDFs say of it that they do not know the signer.
    """
    now = now or datetime.now(UTC)
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=3652))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )
    secret = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for path, content, mode in (
        (key, secret, 0o600),
        (certificate, made.public_bytes(serialization.Encoding.PEM), 0o644),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=mode)
        path.chmod(mode)
        path.write_bytes(content)


def _certificates(path: str) -> list[x509.Certificate]:
    if not path or not Path(path).is_file():
        return []
    return list(_read(path, Path(path).stat().st_mtime_ns))


@lru_cache(maxsize=8)
def _read(path: str, changed: int) -> tuple[x509.Certificate, ...]:
    # ``changed`` is part of the key, so that a renewed file is read again.
    return tuple(x509.load_pem_x509_certificates(Path(path).read_bytes()))


def _common_name(certificate: x509.Certificate) -> str:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""
