"""The demo's library: data sheets made by the PDF engine from the catalogue, each with its entitlement."""

from __future__ import annotations

import itertools
from typing import Any

from django.core.files.base import ContentFile
from django.utils import translation

from concord.documents.models import Collateral
from concord.documents.pdf import render_pdf
from concord.partners.models import ProductFamily, Tier
from concord.portal.imports import Progress
from concord.portal.models import BrandSettings
from concord.pricing.models import Product, ProductDocument


def load_collateral(sheets: list[dict[str, Any]], *, progress: Progress) -> int:
    """Make the documents that are missing, recognised by title and version; how many there are now."""
    for number, sheet in enumerate(sheets, start=1):
        if not Collateral.objects.filter(title=sheet["title"], version=sheet["version"]).exists():
            _make(sheet)
        progress(number, len(sheets))
    return int(Collateral.objects.count())


def _make(sheet: dict[str, Any]) -> None:
    families = list(ProductFamily.objects.filter(code__in=sheet["families"]))
    products = _telling_products(families, sheet["rows"])
    context = {**sheet, "brand": BrandSettings.load(), "products": products}
    pdf = render_pdf(
        "cms/demo/data_sheet.html", context, language=sheet["language"], stylesheets=["cms/demo/data_sheet.css"]
    )
    collateral = Collateral(
        title=sheet["title"],
        kind=sheet["kind"],
        description=sheet["lead"],
        language=sheet["language"],
        version=sheet["version"],
        territories=sheet.get("territories", []),
        minimum_tier=Tier.objects.filter(code=sheet.get("minimum_tier", "")).first(),
        text=_text(sheet, products),
        released=True,
    )
    collateral.file.save(f"{sheet['slug']}.pdf", ContentFile(pdf), save=False)
    collateral.file_size = len(pdf)
    collateral.save()
    collateral.families.set(families)
    ProductDocument.objects.bulk_create(ProductDocument(product=one, collateral=collateral) for one in products)


def _telling_products(families: list[ProductFamily], rows: int) -> list[Product]:
    """A cross-section of the families: of each maker or kind some, those with a description first."""
    if not rows:
        return []
    candidates = Product.objects.filter(family__in=families, status="active").order_by("sku")
    by_maker: dict[str, list[Product]] = {}
    for product in candidates:
        by_maker.setdefault(product.manufacturer or product.sku.rpartition("-")[0], []).append(product)
    for products in by_maker.values():
        products.sort(key=lambda product: not product.description)
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(*by_maker.values()))
    chosen = list(itertools.islice(filter(None, in_turn), rows))
    return sorted(chosen, key=lambda product: (product.manufacturer, product.sku))


def _text(sheet: dict[str, Any], products: list[Product]) -> str:
    """What the document says, for the search."""
    with translation.override(sheet["language"]):
        lines = [f"{one.sku} {one.manufacturer_part_number} {one.manufacturer} {one.display_name}" for one in products]
    return "\n".join([sheet["title"], sheet["lead"], *sheet["points"], *lines])
