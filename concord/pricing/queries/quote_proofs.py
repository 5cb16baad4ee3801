"""Which quotes a visitor of the check page has proved to be the reader of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.crypto import salted_hmac

from concord.pricing.models import MAX_ATTEMPTS, MailProof, Quote


def mail_digest(mail: str) -> str:
    """A keyed digest of an address, whatever its case: tells equal ones, and cannot be turned back."""
    return salted_hmac("concord.quote_check.mail", mail.strip().casefold(), algorithm="sha256").hexdigest()


def code_digest(proof_uuid: UUID, code: str) -> str:
    """A keyed digest of a one-time code, different for every proof: eight digits alone could be tried out."""
    return salted_hmac(f"concord.quote_check.code.{proof_uuid}", code, algorithm="sha256").hexdigest()


def read_one_time_code(typed: str) -> str:
    """The digits that somebody typed, with blanks or in full width."""
    return "".join(str(int(symbol)) for symbol in typed[:40] if symbol.isdecimal())


def proved_mails(proofs: Iterable[str], *, now: datetime) -> frozenset[str]:
    """Digests of the addresses that a visitor's proofs hold for at this moment."""
    found = MailProof.objects.filter(uuid__in=list(proofs), opens_until__gt=now)
    return frozenset(found.values_list("mail_hash", flat=True))


def is_open(quote: Quote, mails: frozenset[str]) -> bool:
    """Whether the lines of a quote may be shown: its mail is among those proved."""
    return bool(quote.contact_email) and mail_digest(quote.contact_email) in mails


def attempts_left(proof: str, *, now: datetime) -> int:
    """How often a code may still be tried; 0 when the proof is over or there is none."""
    found = MailProof.objects.filter(uuid=proof, expires_at__gt=now, proved_at__isnull=True).first()
    return MAX_ATTEMPTS - found.attempts if found else 0
