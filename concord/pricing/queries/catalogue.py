"""Finding products: by part of a number, by name in either language, and by what somebody typed or pasted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from concord.pricing import search_text
from concord.pricing.enums import Lifecycle
from concord.pricing.models import Product
from concord.pricing.queries.forgiving import corrected_words, numbers_like

#: how many candidates a search ranks at most: a vague word matches half the catalogue, and nobody reads that
CANDIDATES = 300
_UNPRICED = ("search_key", "description", "created_at", "updated_at")
_OF_FAMILY = ("family__created_at", "family__updated_at")
FUZZY_FROM = 4
#: the word similarity from which a typing error is taken for one
FORGIVING = "0.45"

_RANKED = """
WITH exact AS (
    SELECT id FROM pricing_product WHERE sku_key = %(number)s OR part_key = %(number)s LIMIT {limit}
), begins AS (
    SELECT id FROM pricing_product WHERE %(prefix)s <> '' AND sku_key LIKE %(prefix)s LIMIT {limit}
), holds AS (
    SELECT id FROM pricing_product WHERE {fits} LIMIT {limit}
), found AS (
    SELECT id FROM exact UNION SELECT id FROM begins UNION SELECT id FROM holds
)
SELECT p.id FROM found JOIN pricing_product p USING (id)
WHERE %(family)s::bigint IS NULL OR p.family_id = %(family)s
ORDER BY p.sku_key <> %(number)s, p.part_key <> %(number)s, p.sku_key NOT LIKE %(prefix)s,
         p.part_key NOT LIKE %(prefix)s, p.status = %(ended)s, p.sku
LIMIT %(limit)s
"""

_SIMILAR = """
SELECT id FROM pricing_product
WHERE search_key %%> %(needle)s AND (%(family)s::bigint IS NULL OR family_id = %(family)s)
ORDER BY word_similarity(%(needle)s, search_key) DESC, sku LIMIT %(limit)s
"""


def search_products(text: str, *, limit: int = 20, family_id: int | None = None) -> list[Product]:
    """Products for what somebody types, best first: exact number, beginning of a number, then all words anywhere.

    Part numbers are found with or without dashes and blanks. When nothing fits, typing errors are forgiven. Two
    statements on indexes, up to five more when nothing fits.
    """
    statement, values = search_statement(text, limit=limit, family_id=family_id)
    if not statement:
        return []
    ids = _ids(statement, values)
    if not ids and len(search_text.needle(text)) >= FUZZY_FROM:
        ids = _forgiven_ids(text, limit=limit, family_id=family_id)
    found = Product.objects.select_related("family").in_bulk(ids)
    return [found[key] for key in ids if key in found]


def search_statement(
    text: str, *, limit: int, family_id: int | None = None, meant: Mapping[str, Sequence[str]] | None = None
) -> tuple[str, dict[str, Any]]:
    """The search as SQL with its values; empty when there is nothing to search for.

    ``meant`` are other words for some of those typed, any of which may stand in the product's text instead.
    """
    words = [
        [other for form in forms for other in (meant or {}).get(form, (form,))] for forms in search_text.fragments(text)
    ]
    if not words:
        return "", {}
    values: dict[str, Any] = {}

    def fits(fragment: str) -> str:
        values[name := f"p{len(values)}"] = search_text.like(fragment)
        return f"search_key LIKE %({name})s"

    conditions = " AND ".join("(" + " OR ".join(map(fits, forms)) + ")" for forms in words)
    whole = search_text.whole_number(text)
    if whole:
        conditions = f"({conditions}) OR {fits(whole)}"
    number = search_text.squeeze(text)
    values |= {
        "number": number,
        "prefix": f"{number}%" if number else "",
        "family": family_id,
        "limit": limit,
        "ended": Lifecycle.ENDED,
    }
    return _RANKED.format(fits=conditions, limit=CANDIDATES), values


def products_matching(text: str) -> QuerySet[Product]:
    """The same products in no order of their own, for lists that are sorted, filtered and turned page by page."""
    found = Q()
    for forms in search_text.fragments(text):
        found &= reduce(or_, (Q(search_key__contains=form) for form in forms))
    whole = search_text.whole_number(text)
    if whole:
        found |= Q(search_key__contains=whole)
    rows = Product.objects.select_related("family")
    return rows.filter(found) if found else (rows if not text.strip() else rows.none())


def _forgiven_ids(text: str, *, limit: int, family_id: int | None) -> list[int]:
    """What was meant, when nothing fits what was typed: another word, another number, or whatever looks alike."""
    typed = [forms[0] for forms in search_text.fragments(text)]
    meant = {word: others for word, others in corrected_words(typed).items() if others}
    if meant:
        ids = _ids(*search_statement(text, limit=limit, family_id=family_id, meant=meant))
        if ids:
            return ids
    ids = numbers_like(text, limit=limit, family_id=family_id)
    if ids or not search_text.has_ideographs(text):
        return ids
    return _similar_ids({"needle": search_text.needle(text), "limit": limit, "family": family_id})


def _similar_ids(values: dict[str, Any]) -> list[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        # The operator that the index knows takes its threshold from the session: lowered here, and put back.
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [FORGIVING])
        cursor.execute(_SIMILAR, values)
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold TO DEFAULT")
    return ids


def _ids(statement: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def products_by_sku(skus: Iterable[str], *, with_family: bool = True) -> dict[str, Product]:
    """Products by exactly these SKUs, with their family unless nobody asks for it; one statement, none without SKUs."""
    # PostgreSQL takes no NUL in a text; such a SKU is simply not there.
    wanted = [sku for sku in set(skus) if sku and "\0" not in sku]
    if not wanted:
        return {}
    # Left out is what pricing never asks for: reading it would take longer than the prices.
    # One array, not a parameter a SKU; and where no other table is read, a statement that Django need not put together.
    if with_family:
        given = RawSQL("SELECT unnest(%s::text[])", [wanted])
        products = Product.objects.select_related("family").defer(*_UNPRICED, *_OF_FAMILY).filter(sku__in=given)
        return {product.sku: product for product in products}
    return {product.sku: product for product in Product.objects.raw(_by_sku(), [wanted])}


@lru_cache(maxsize=1)
def _by_sku() -> str:
    columns = [str(field.column) for field in Product._meta.concrete_fields if field.name not in _UNPRICED]
    return f"SELECT {', '.join(columns)} FROM pricing_product WHERE sku = ANY(%s)"  # noqa: S608 - names of columns
