"""Everything that a quote's document shows, from the frozen quote alone."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import segno
from babel.dates import format_date
from babel.numbers import format_decimal
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from concord.documents.pdf import Image
from concord.portal.models import BrandSettings
from concord.portal.money import format_money
from concord.portal.periods import local_date
from concord.pricing.codes import grouped
from concord.pricing.enums import PriceKind
from concord.pricing.models import Quote, QuoteLine

_COLOUR = re.compile(r"^#[0-9a-fA-F]{6}$")
_ACCENT = "#3a49b5"


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line as it is printed; ``carried`` stands at the end of a page, ``brought`` at the top of the next."""

    position: int
    sku: str
    name: str
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
    """The template's context, and the images that it names. Texts are in the quote's language."""
    brand = BrandSettings.load()
    lines = list(quote.lines.all())
    kinds = {line.price_kind for line in lines}
    locale = "zh_Hans_CN" if quote.language.startswith("zh") else "en"
    assert quote.issued_at is not None
    assert quote.check_code is not None
    with translation.override(quote.language):
        context = {
            "quote": quote,
            "brand": brand,
            "vendor": brand.vendor_name or brand.brand_name,
            "accent": brand.accent_colour if _COLOUR.match(brand.accent_colour) else _ACCENT,
            "seller": quote.seller.get_full_name() if quote.seller else "",
            "seller_email": quote.seller.email if quote.seller else "",
            "issued": format_date(local_date(quote.issued_at, quote.time_zone), "long", locale=locale),
            "issued_on": quote.issued_at.isoformat(),
            "valid_until": format_date(quote.valid_until, "long", locale=locale),
            "lines": _printed(quote, lines, locale),
            "total": format_money(quote.customer_total, quote.currency, language=quote.language),
            "has_customer_prices": PriceKind.CUSTOMER in kinds,
            "has_recommended_prices": PriceKind.RECOMMENDED in kinds,
            "code": grouped(quote.check_code),
            "address": check_address(quote.check_code),
            "fingerprint": " ".join(quote.data_hash[start : start + 8] for start in range(0, 64, 8)),
            "terms": [part for part in quote.terms.splitlines() if part.strip()],
            "notes": [part for part in quote.note.splitlines() if part.strip()],
        }
    images = {"qr": Image(qr_svg(check_address(quote.check_code)), "image/svg+xml")}
    logo = _logo(brand)
    if logo is not None:
        images["logo"] = logo
    context["has_logo"] = logo is not None
    return context, images


def qr_svg(address: str) -> bytes:
    """A QR code as SVG, with enough redundancy for a stamped or folded page."""
    picture = io.BytesIO()
    segno.make(address, error="q").save(picture, kind="svg", border=0, dark="#16181d", xmldecl=False)
    return picture.getvalue()


def _printed(quote: Quote, lines: list[QuoteLine], locale: str) -> list[DocumentLine]:
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
                quantity=str(format_decimal(line.quantity, locale=locale)),
                unit=line.unit,
                unit_price=format_money(
                    line.customer_unit_price, quote.currency, unit_price=True, language=quote.language
                ),
                amount=format_money(line.customer_amount, quote.currency, language=quote.language),
                is_recommended=line.price_kind == PriceKind.RECOMMENDED,
                carried=gettext("Carried forward: %(amount)s") % {"amount": so_far},
                brought=gettext("Brought forward: %(amount)s") % {"amount": so_far},
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
