"""Time stamps that an authority gives later: asked for again until it answers, and kept beside the first document."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import structlog
from django.core.files.base import ContentFile

from concord.documents.pdf import NoStamp, Stamped, stamp_pdf
from concord.portal.actor import portal_actor
from concord.portal.locking import database_clock
from concord.portal.work import action
from concord.pricing.actions.quote_facts import record_for
from concord.pricing.models import LateStamp, Quote

logger = structlog.get_logger(__name__)

#: the pause before the next attempt, doubled each time up to the longest
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=6)
#: documents of one beat, so that the next one finds no work of an hour
AT_ONCE = 50


def await_stamp(quote: Quote) -> None:
    """Note that the document of the quote has no time stamp yet; within the transaction that stores it."""
    LateStamp.objects.create(quote=quote, next_at=database_clock() + FIRST_PAUSE)


def stamp_documents(*, now: datetime) -> int:
    """Ask the authority for the stamps that are due, the longest waiting first; how many it gave.

    Holds no transaction while it asks. One that gives none is not asked for the others: they have their turn later.
    """
    done = 0
    for _turn in range(AT_ONCE):
        waiting = _claim(now=now)
        if waiting is None:
            break
        with waiting.quote.pdf.open("rb") as opened:
            content = bytes(opened.read())
        try:
            stamped = stamp_pdf(content)
        except NoStamp as missing:
            _note(waiting_id=waiting.pk, error=str(missing))
            logger.warning("still no time stamp", quote=str(waiting.quote.uuid), error=str(missing))
            break
        done += _keep(waiting_id=waiting.pk, stamped=stamped)
    return done


@action
def _claim(*, now: datetime) -> LateStamp | None:
    """The next one that is due, put off so that nobody else asks for it meanwhile; its lock ends with this."""
    waiting = (
        LateStamp.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("quote")
        .filter(pdf_hash="", next_at__lte=now)
        .order_by("next_at", "pk")
        .first()
    )
    if waiting is not None:
        waiting.attempts = min(waiting.attempts + 1, 1_000)
        waiting.next_at = now + min(FIRST_PAUSE * 2 ** min(waiting.attempts, 10), LONGEST_PAUSE)
        waiting.save(update_fields=["attempts", "next_at"])
    return waiting


@action
def _note(*, waiting_id: int, error: str) -> None:
    LateStamp.objects.filter(pk=waiting_id, pdf_hash="").update(last_error=error[:200])


@action
def _keep(*, waiting_id: int, stamped: Stamped) -> bool:
    """Store the stamped version, once; whether it was stored.

    Locks the row. Records ``quote.document_stamped`` with the SHA-256 of the new version and the authority's moment.
    """
    waiting = LateStamp.objects.select_for_update(of=("self",)).select_related("quote").get(pk=waiting_id)
    if waiting.pdf_hash:
        return False
    digest = hashlib.sha256(stamped.content).hexdigest()
    waiting.pdf.save(f"{waiting.quote.uuid}-stamped.pdf", ContentFile(stamped.content), save=False)
    waiting.pdf_hash, waiting.stamped_at, waiting.authority = digest, stamped.at, stamped.authority
    waiting.last_error = ""
    waiting.save()
    record_for("quote.document_stamped", actor=portal_actor(), quote=waiting.quote, sha256=digest)
    return True
