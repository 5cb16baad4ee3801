"""Everything that a quote's document shows, from the frozen quote alone."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import segno
from babel.dates import format_date
from babel.numbers import format_decimal
from django.conf import settings
from django.urls import reverse
from django.utils import translation

from concord.documents.pdf import Image, signing_certificate
from concord.portal.models import BrandSettings
from concord.portal.money import format_money
from concord.portal.periods import local_date
from concord.pricing.codes import grouped
from concord.pricing.enums import PriceKind
from concord.pricing.models import Quote, QuoteLine
from concord.pricing.queries.quote_words import NAMES, SENTENCES, Word, other_language, said, sentence, words

_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_ACCENT = "#3a49b5"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line as it is printed; ``carried`` stands at the end of a page, ``brought`` at the top of the next."""

    position: int
    sku: str
    name: str
    second_name: str
    quantity: str
    unit: str
    unit_price: str
    amount: str
    is_recommended: bool
    carried: str
    brought: str


def check_address(code: str) -> str:
    """The public address that answers for a code; what the QR holds."""
    return str(settings.WAGTAILADMIN_BASE_URL).rstrip("/") + reverse("pricing:quote-check-code", args=[grouped(code)])


def quote_document(quote: Quote) -> tuple[dict[str, Any], dict[str, Image]]:
    """The template's context, and the images that it names: a stored quote with the brand of today."""
    return lay_open(quote, list(quote.lines.all()), BrandSettings.load())


def lay_open(quote: Quote, lines: Sequence[QuoteLine], brand: BrandSettings) -> tuple[dict[str, Any], dict[str, Image]]:
    """The template's context, and the images that it names. Texts are in the quote's language, or in both."""
    kinds = {line.price_kind for line in lines}
    assert quote.issued_at is not None
    assert quote.check_code is not None
    vendor = brand.vendor_name or brand.brand_name
    address = check_address(quote.check_code)
    issued_on = local_date(quote.issued_at, quote.time_zone)

    def write(name: str, facts: Callable[[str], Mapping[str, Any]]) -> Word:
        return sentence(quote.language, name, facts, is_bilingual=quote.is_bilingual)

    context = {
        "quote": quote,
        "brand": brand,
        "vendor": vendor,
        "accent": brand.accent_colour if _COLOUR.match(brand.accent_colour) else _ACCENT,
        "seller": quote.seller.get_full_name() if quote.seller else "",
        "seller_email": quote.seller.email if quote.seller else "",
        "words": words(quote.language, is_bilingual=quote.is_bilingual),
        "other_language": NAMES[other_language(quote.language)],
        "title": write("title", lambda _: {"number": quote.number}),
        "revision": write("revision", lambda _: {"revision": quote.revision}),
        "issued": said(quote.language, lambda: _day(issued_on), quote.is_bilingual),
        "issued_on": quote.issued_at.isoformat(),
        "valid_until": said(quote.language, lambda: _day(quote.valid_until), quote.is_bilingual),
        "lines": _printed(quote, lines),
        "total": format_money(quote.customer_total, quote.currency, language=quote.language),
        "meaning": [
            write(name, lambda _: _meaning(quote, vendor))
            for name, kind in (
                ("customer_prices", PriceKind.CUSTOMER),
                ("recommended_prices", PriceKind.RECOMMENDED),
            )
            if kind in kinds
        ],
        "code": grouped(quote.check_code),
        "address": address,
        "qr": write("qr", lambda _: {"address": address}),
        "is_signed": signing_certificate() is not None,
        "fingerprint": " ".join(quote.data_hash[start : start + 8] for start in range(0, 64, 8)),
        "terms": [part for part in quote.terms.splitlines() if part.strip()],
        "notes": [part for part in quote.note.splitlines() if part.strip()],
    }
    images = {"qr": Image(qr_svg(address), "image/svg+xml")}
    logo = _logo(brand)
    if logo is not None:
        images["logo"] = logo
    context["has_logo"] = logo is not None
    return context, images


def _meaning(quote: Quote, vendor: str) -> dict[str, str]:
    return {
        "vendor": vendor,
        "partner": quote.partner.name,
        "customer": quote.customer_name,
        "until": _day(quote.valid_until),
    }


def _day(day: date) -> str:
    """A day in the language in force, the month as a word: nobody takes it for another one."""
    chinese = (translation.get_language() or "").startswith("zh")
    return str(format_date(day, "long", locale="zh_Hans_CN" if chinese else "en_GB"))


def qr_svg(address: str) -> bytes:
    """A QR code as SVG, with enough redundancy for a stamped or folded page."""
    picture = io.BytesIO()
    segno.make(address, error="q").save(picture, kind="svg", border=0, dark="#16181d", xmldecl=False)
    return picture.getvalue()


def _printed(quote: Quote, lines: Sequence[QuoteLine]) -> list[DocumentLine]:
    locale = "zh_Hans_CN" if quote.language.startswith("zh") else "en"
    with translation.override(quote.language):
        carried, brought = str(SENTENCES["carried"]), str(SENTENCES["brought"])
    printed = []
    total = Decimal(0)
    for line in lines:
        total += line.customer_amount
        so_far = format_money(total, quote.currency, language=quote.language)
        printed.append(
            DocumentLine(
                position=line.position,
                sku=line.sku,
                name=line.name,
                second_name=line.second_name if quote.is_bilingual else "",
                quantity=str(format_decimal(line.quantity, locale=locale)),
                unit=line.unit,
                unit_price=format_money(
                    line.customer_unit_price, quote.currency, unit_price=True, language=quote.language
                ),
                amount=format_money(line.customer_amount, quote.currency, language=quote.language),
                is_recommended=line.price_kind == PriceKind.RECOMMENDED,
                carried=carried % {"amount": so_far},
                brought=brought % {"amount": so_far},
            )
        )
    return printed


def _logo(brand: BrandSettings) -> Image | None:
    """The vendor's logo as a modest PNG; a broken file is no reason to have no quote."""
    if brand.logo is None:
        return None
    try:
        rendition = brand.logo.get_rendition("max-600x200|format-png")
        with rendition.file.open("rb") as opened:
            return Image(opened.read(), "image/png")
    except (OSError, ValueError):
        return None
