"""The document of a quote: words, layout, tags and signature, beside WeasyPrint alone with the same markup."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from bench.frame import Call, Case
from bench.server import Server

if TYPE_CHECKING:
    from concord.pricing.models import Quote, QuoteLine

#: documents over which the typesetter's CPU is taken
_WARM = 2
#: fewer calls for longer documents; a round of each size takes a few seconds
_CALLS = {1: 10, 10: 8, 100: 3, 1_000: 1}


class QuotePdf:
    """From a frozen quote to signed bytes. The size is the number of lines."""

    name = "pdf"
    title = "Document of a quote, by lines"
    sizes: Sequence[int] = (1, 10, 100, 1_000)
    quick: Sequence[int] = (10, 100)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Write the quote, have a certificate, and load the fonts of both sides."""
        from django.conf import settings
        from django.template.loader import render_to_string
        from django.utils import translation

        from concord.documents.pdf import Image, sign_pdf
        from concord.documents.pdf.process import _fonts
        from concord.documents.pdf.render import _counter
        from concord.documents.pdf.request import Request
        from concord.documents.pdf.signing import make_self_signed
        from concord.documents.pdf.typesetter import Typesetter
        from concord.portal.models import BrandSettings
        from concord.pricing.consumers import render_document
        from concord.pricing.queries.quote_document import lay_open

        folder = Path(tempfile.mkdtemp(prefix="concord-bench-"))
        settings.PDF_SIGNING_CERTIFICATE = str(folder / "certificate.pem")
        settings.PDF_SIGNING_KEY = str(folder / "key.pem")
        make_self_signed(name="Bench", certificate=folder / "certificate.pem", key=folder / "key.pem")
        brand = BrandSettings(brand_name="Helvara", vendor_name="Helvara Components AG", quote_terms="Thirty days net.")
        quote, lines = _quote(size)

        def product(number: int) -> object:
            context, images = lay_open(quote, lines, brand)
            return sign_pdf(render_document(quote, context, images), reason="Quote").content

        context, images = lay_open(quote, lines, brand)
        with translation.override("en"):
            whole = {**context, "language": "en", "page_counter": _counter()}
            request = Request(
                html=render_to_string("pricing/pdf/quote.html", whole),
                stylesheets=(render_to_string("pricing/pdf/quote.css", whole),),
                images={name: Image(one.content, one.content_type) for name, one in images.items()},
            )
        logging.getLogger("weasyprint").setLevel(logging.ERROR)  # the engine's child is silent, too
        bare = Typesetter(_fonts())

        def floor(number: int) -> object:
            return bare.lay_out(request)

        made = product(0)
        assert isinstance(made, bytes)
        figures = {"kilobytes": round(len(made) / 1000, 1), "typesetter CPU ms": _cpu_of_typesetter(product)}
        return Case(product, floor, calls=_CALLS[size], figures=figures)


def _cpu_of_typesetter(product: Call) -> float:
    """Milliseconds of one warm document in the process that lays out; those of this process stand in the table."""
    from concord.documents.pdf.process import typesetting_process

    def used() -> float:
        child = typesetting_process._child
        if child is None:
            return 0.0
        fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    before = used()
    for number in range(_WARM):
        product(number)
    return round((used() - before) * 1000 / _WARM, 1)


def _quote(count: int) -> tuple[Quote, list[QuoteLine]]:
    """A quote of so many lines that no database has seen; prices are counted up, so that no two lines are alike."""
    from concord.partners.models import Partner
    from concord.pricing.codes import new_code
    from concord.pricing.models import Quote, QuoteLine

    lines = [
        QuoteLine(
            position=number,
            sku=f"HV-{number:05}-24VDC",
            name="Interface relay 24 V DC, 2 changeover contacts, 8 A",
            quantity=number % 17 + 1,
            unit="pcs",
            price_kind="customer",
            customer_unit_price=Decimal(100 + number * 7) / 100,
            customer_amount=Decimal(100 + number * 7) / 100 * (number % 17 + 1),
        )
        for number in range(1, count + 1)
    ]
    quote = Quote(
        partner=Partner(name="Aldermann Distribution GmbH", city="Hamburg"),
        customer_name="Nordwerk Anlagenbau GmbH",
        number="A-100-2026-0001",
        currency="EUR",
        language="en",
        time_zone="Europe/Berlin",
        valid_until=date(2026, 12, 24),
        issued_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        check_code=new_code(),
        data_hash="ab12cd34" * 8,
        terms="Thirty days net.",
        customer_total=sum((line.customer_amount for line in lines), Decimal(0)),
    )
    return quote, lines
