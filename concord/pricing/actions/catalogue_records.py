"""Saving single records of the catalogue at the desk; feeds write many at once (``catalogue`` and ``stock``)."""

from __future__ import annotations

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.work import action
from concord.pricing.models import Product, ProductDocument, ProductSubstitute, Warehouse
from concord.pricing.rules.catalogue import can_keep_catalogue
from concord.pricing.search_text import product_keys


@action
def save_product(*, actor: Actor, product: Product) -> Product:
    """Write a product with its search keys. Records ``product.saved``. Raises ``NotAllowed``."""
    can_keep_catalogue(actor=actor).enforce()
    keys = product_keys(
        sku=product.sku,
        manufacturer_part_number=product.manufacturer_part_number,
        manufacturer=product.manufacturer,
        name=product.name,
        name_zh=product.name_zh,
    )
    product.search_key, product.sku_key, product.part_key = keys
    product.save()
    _saved(actor, "product.saved", Subject("product", product.uuid), product.sku)
    return product


@action
def save_substitute(*, actor: Actor, substitute: ProductSubstitute) -> ProductSubstitute:
    """Write what is offered instead of a product. Records ``substitute.saved``. Raises ``NotAllowed``."""
    can_keep_catalogue(actor=actor).enforce()
    substitute.save()
    told = f"{substitute.product.sku} → {substitute.substitute.sku}"
    _saved(actor, "substitute.saved", Subject("product", substitute.product.uuid), told)
    return substitute


@action
def save_product_document(*, actor: Actor, document: ProductDocument) -> ProductDocument:
    """Put a document of the library to a product. Records ``product_document.saved``. Raises ``NotAllowed``."""
    can_keep_catalogue(actor=actor).enforce()
    document.save()
    told = f"{document.product.sku}: {document.collateral.title}"
    _saved(actor, "product_document.saved", Subject("product", document.product.uuid), told)
    return document


@action
def save_warehouse(*, actor: Actor, warehouse: Warehouse) -> Warehouse:
    """Write a warehouse. Records ``warehouse.saved``. Raises ``NotAllowed``."""
    can_keep_catalogue(actor=actor).enforce()
    warehouse.save()
    _saved(actor, "warehouse.saved", Subject("warehouse", warehouse.uuid), warehouse.code)
    return warehouse


def _saved(actor: Actor, verb: str, subject: Subject, code: str) -> None:
    record(verb, actor=actor, subject=subject, payload={"code": code}, visibility=Visibility.INTERNAL)
