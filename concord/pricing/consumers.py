"""What follows from the log: a quote's document, rendered and signed; one-time codes by mail; news of price lists."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext

from concord.documents.pdf import Image, Signed, render_pdf, sign_pdf
from concord.documents.pdf.process import TIME_BUDGET_SECONDS
from concord.portal.actor import portal_actor
from concord.portal.events import Consumer, register_consumer
from concord.portal.models import BrandSettings, Event
from concord.pricing.actions.price_list_versions import announce_price_list_version, carry_out_publication
from concord.pricing.actions.quote_proofs import CODE_HOLDS, new_one_time_code
from concord.pricing.actions.quotes import keep_document
from concord.pricing.actions.unscheduling import announce_calling_off, carry_out_unscheduling
from concord.pricing.models import PriceListVersion, Quote
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
    signed = quote_pdf(quote)
    keep_document(
        quote_uuid=quote.uuid,
        content=signed.content,
        digest=hashlib.sha256(signed.content).hexdigest(),
        lacks_stamp=signed.lacks_stamp,
    )


def quote_pdf(quote: Quote) -> Signed:
    """The document of an issued quote, in its language, signed."""
    content = render_document(quote, *quote_document(quote))
    with translation.override(quote.language):
        reason = gettext("Quote %(number)s, revision %(revision)s") % {
            "number": quote.number,
            "revision": quote.revision,
        }
    return sign_pdf(content, reason=reason)


def render_document(quote: Quote, context: dict[str, Any], images: dict[str, Image]) -> bytes:
    """The document before it is signed. A long one gets longer, within what a task may take."""
    return render_pdf(
        "pricing/pdf/quote.html",
        context,
        language=quote.language,
        stylesheets=["pricing/pdf/quote.css"],
        images=images,
        seconds=TIME_BUDGET_SECONDS + len(context["lines"]) / 10,
    )


def send_one_time_code(event: Event, target: str) -> None:
    """Mail the code that opens a quote's lines on the check page, in the quote's language.

    Its story's copy is not ours. Repeated, it sends a fresh code, and the one before is void.
    """
    if event.subject_type != "quote":
        return
    found = new_one_time_code(proof_uuid=json.loads(event.payload)["proof"], now=timezone.now())
    if found is None:
        return
    quote, code = found
    brand = BrandSettings.load()
    with translation.override(quote.language):
        context = {
            "brand_name": brand.vendor_name or brand.brand_name,
            "subject": gettext("Your code for quote %(number)s") % {"number": quote.number},
            "code": f"{code[:4]} {code[4:]}",
            "quote": quote,
            "minutes": int(CODE_HOLDS.total_seconds() // 60),
            "reason": gettext("You get this because your address stands on this quote."),
        }
        message = EmailMultiAlternatives(
            subject=context["subject"],
            body=render_to_string("pricing/email/one_time_code.txt", context),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[quote.contact_email],
        )
        message.attach_alternative(render_to_string("pricing/email/one_time_code.html", context), "text/html")
    message.send()


def announce_price_list(event: Event, target: str) -> None:
    """Tell the partners concerned. Safe to repeat; a version that is gone since is told to nobody."""
    number = json.loads(event.payload)["version"]
    version = PriceListVersion.objects.filter(
        price_list__uuid=event.subject_uuid, number=number, published_at__isnull=False
    ).first()
    if version is not None:
        announce_price_list_version(actor=portal_actor(), version_uuid=version.uuid)


def publish_price_list(event: Event, target: str) -> None:
    """Publish the large version that somebody asked to have published. Safe to repeat: it is a draft once."""
    asked, now = json.loads(event.payload), timezone.now()
    carry_out_publication(
        actor=portal_actor(),
        version_uuid=UUID(asked["id"]),
        at=max(datetime.fromisoformat(asked["at"]), event.at),
        now=now,
    )


def take_price_list_back(event: Event, target: str) -> None:
    """Make the large version that somebody asked to have taken back a draft. Safe to repeat: it is scheduled once."""
    version = UUID(json.loads(event.payload)["id"])
    carry_out_unscheduling(actor=portal_actor(), version_uuid=version, now=timezone.now())


def call_price_list_off(event: Event, target: str) -> None:
    """Tell the partners that were told of it. Safe to repeat."""
    announce_calling_off(actor=portal_actor(), event=event)


def register() -> None:
    """Follow the log from now on."""
    register_consumer(Consumer("pricing.pdf", frozenset({"quote.issued"}), render_quote))
    register_consumer(Consumer("pricing.one_time_code", frozenset({"quote.lines_asked"}), send_one_time_code))
    register_consumer(Consumer("pricing.lists", frozenset({"price_list.published"}), announce_price_list))
    register_consumer(Consumer("pricing.publication", frozenset({"price_list.publication_asked"}), publish_price_list))
    register_consumer(
        Consumer("pricing.taking_back", frozenset({"price_list.unscheduling_asked"}), take_price_list_back)
    )
    register_consumer(Consumer("pricing.calling_off", frozenset({"price_list.unscheduled"}), call_price_list_off))
