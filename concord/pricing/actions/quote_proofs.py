"""Proving, on the public check page, that one reads the mail that a quote was made for; then its lines are shown.

Whoever asks learns the same in the same time whether the address stands on the quote or not: the same rows are written
and the same event recorded. Only the worker knows whether there is something to send, and it sends to the address on
the quote, never to the one that was typed.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.utils.crypto import constant_time_compare

from concord.portal.actor import stranger
from concord.portal.enums import Door
from concord.portal.limits import Limit, spend
from concord.portal.refusals import NotThere
from concord.portal.work import action
from concord.pricing.actions.quote_facts import record_for
from concord.pricing.enums import CheckKind
from concord.pricing.models import MAX_ATTEMPTS, MailProof, Quote, QuoteCheck
from concord.pricing.queries.quote_checks import answer_for, checked_quote
from concord.pricing.queries.quote_proofs import code_digest, mail_digest, read_one_time_code

ASKS_OF_QUOTE = Limit("quote_lines", 5, timedelta(hours=1))
ASKS_OF_ADDRESS = Limit("quote_lines_from", 10, timedelta(hours=1))
TRIES_OF_ADDRESS = Limit("quote_lines_code", 20, timedelta(minutes=10))

CODE_HOLDS = timedelta(minutes=15)
LINES_OPEN = timedelta(minutes=30)
DIGITS = 8


def ask_for_lines(*, codes: Sequence[str], mail: str, asked_by: str, now: datetime, door: Door = Door.PUBLIC) -> UUID:
    """Ask for a one-time code to the mail on a quote; of two quotes, on the one that carries it. The proof's id.

    Locks nothing. Checks the limits of the address, which counts whoever asks for a code that is not ours too, and of
    the quotes. Writes a proof without a code and a row of the log. Records ``quote.lines_asked``, which the worker
    follows. Raises ``NotThere`` for a code that is not ours and ``TooMany``.
    """
    _meter_address(asked_by=asked_by)
    return _ask(codes=codes, mail=mail, now=now, door=door)


@action
def _meter_address(*, asked_by: str) -> None:
    # A transaction of its own: what is refused afterwards has been asked all the same.
    spend(ASKS_OF_ADDRESS, asked_by)


@action
def _ask(*, codes: Sequence[str], mail: str, now: datetime, door: Door) -> UUID:
    quotes = [quote for code in codes if (quote := checked_quote(code)) is not None]
    if not quotes:
        raise NotThere
    for quote in sorted(quotes, key=lambda one: one.pk):
        spend(ASKS_OF_QUOTE, str(quote.uuid))
    asked = mail_digest(mail)
    quote = next((one for one in quotes if mail_digest(one.contact_email) == asked), quotes[0])
    proof = MailProof.objects.create(quote=quote, mail_hash=asked, expires_at=now + CODE_HOLDS)
    _log(quote, CheckKind.LINES_ASKED, door, now=now)
    record_for("quote.lines_asked", actor=stranger(door), quote=quote, proof=proof.uuid)
    return proof.uuid


@action
def new_one_time_code(*, proof_uuid: UUID | str, now: datetime) -> tuple[Quote, str] | None:
    """A fresh code for a proof whose mail is the quote's, for the worker to send; ``None`` where nothing is to be sent.

    Locks the proof. Writes the code's digest; a code sent before is void. Records no event: asking was the event.
    """
    proof = MailProof.objects.select_for_update(of=("self",)).select_related("quote").filter(uuid=proof_uuid).first()
    if proof is None or proof.proved_at is not None or proof.expires_at <= now:
        return None
    mail = proof.quote.contact_email
    if not mail or not constant_time_compare(proof.mail_hash, mail_digest(mail)):
        return None
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    proof.code_hash = code_digest(proof.uuid, code)
    proof.save(update_fields=["code_hash", "updated_at"])
    return proof.quote, code


@action
def prove_mail(*, proof_uuid: UUID | str, code: str, asked_by: str, now: datetime, door: Door = Door.PUBLIC) -> bool:
    """Whether the code proves the mail. A wrong one counts against the proof; after five it is void.

    Locks the proof, by counting the attempt. Writes the proof and a row of the log. Records ``quote.lines_shown``.
    Raises ``TooMany``.
    """
    spend(TRIES_OF_ADDRESS, asked_by)
    counted = MailProof.objects.filter(
        uuid=proof_uuid, attempts__lt=MAX_ATTEMPTS, expires_at__gt=now, proved_at__isnull=True
    ).update(attempts=F("attempts") + 1)
    if counted != 1:
        return False
    proof = MailProof.objects.select_related("quote").get(uuid=proof_uuid)
    given = code_digest(proof.uuid, read_one_time_code(code))
    if not proof.code_hash or not constant_time_compare(proof.code_hash, given):
        return False
    proof.proved_at, proof.opens_until = now, now + LINES_OPEN
    proof.save(update_fields=["proved_at", "opens_until", "updated_at"])
    _log(proof.quote, CheckKind.LINES_SHOWN, door, now=now)
    record_for("quote.lines_shown", actor=stranger(door), quote=proof.quote)
    return True


@action
def forget_proofs(*, now: datetime) -> int:
    """Delete proofs that ended a day ago; how many. Their events stay. Locks the rows. Records no event."""
    return MailProof.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()[0]


def _log(quote: Quote, kind: CheckKind, door: Door, *, now: datetime) -> None:
    verdict = answer_for(quote, now=now).verdict
    QuoteCheck.objects.create(quote=quote, at=now, kind=kind, verdict=verdict, door=door)
