"""Where a quote's document is: there, on its way, or failed and tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models.fields.files import FieldFile

from concord.portal.enums import OutboxState
from concord.portal.models import OutboxItem
from concord.pricing.models import LateStamp, Quote

#: the outbox's name for the worker that renders
TARGET = "pricing.pdf:"


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What the page says of a document that is not there yet."""

    is_ready: bool
    has_failed: bool = False
    #: the next attempt by itself; ``None`` once it was given up
    next_at: datetime | None = None

    @property
    def is_given_up(self) -> bool:
        """Whether nothing happens any more unless somebody asks."""
        return self.has_failed and self.next_at is None


def document_state(quote: Quote) -> DocumentState:
    """Where the document of an issued quote is; one statement, none when it is there."""
    if quote.pdf_hash:
        return DocumentState(is_ready=True)
    item = errand_of(quote)
    if item is None or item.attempts == 0 or item.state == OutboxState.DONE:
        return DocumentState(is_ready=False)
    waits = item.state == OutboxState.WAITING
    return DocumentState(is_ready=False, has_failed=bool(item.last_error), next_at=item.next_at if waits else None)


def newest_document(quote: Quote) -> FieldFile:
    """The file of a quote that has one: with its time stamp where that came later. One statement."""
    late = LateStamp.objects.filter(quote=quote).exclude(pdf_hash="").first()
    return late.pdf if late else quote.pdf


def errand_of(quote: Quote) -> OutboxItem | None:
    """The outbox row that has the document rendered; none before the event is sealed."""
    return (
        OutboxItem.objects.filter(
            target=TARGET,
            event__subject_type="quote",
            event__subject_uuid=quote.uuid,
            event__verb="quote.issued",
        )
        .order_by("-id")
        .first()
    )
