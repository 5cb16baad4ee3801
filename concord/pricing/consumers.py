"""What follows from a quote's history: its document, rendered by the worker."""

from __future__ import annotations

import hashlib

from concord.documents.pdf import render_pdf
from concord.portal.events import Consumer, register_consumer
from concord.portal.models import Event
from concord.pricing.actions.quotes import keep_document
from concord.pricing.models import Quote
from concord.pricing.queries.quote_document import quote_document


def render_quote(event: Event, target: str) -> None:
    """Render and store the document of a quote that was issued. Safe to repeat. Its story's copy is not ours."""
    if event.subject_type != "quote":
        return
    quote = (
        Quote.objects.unscoped("the worker renders every quote")
        .select_related("partner", "seller", "end_customer")
        .get(uuid=event.subject_uuid)
    )
    if quote.pdf_hash or quote.check_code is None:
        return
    content = quote_pdf(quote)
    keep_document(quote_uuid=quote.uuid, content=content, digest=hashlib.sha256(content).hexdigest())


def quote_pdf(quote: Quote) -> bytes:
    """The document of an issued quote, in its language."""
    context, images = quote_document(quote)
    return render_pdf(
        "pricing/pdf/quote.html",
        context,
        language=quote.language,
        stylesheets=["pricing/pdf/quote.css"],
        images=images,
    )


def register() -> None:
    """Follow the log from now on."""
    register_consumer(Consumer("pricing.pdf", frozenset({"quote.issued"}), render_quote))
