"""Finding what a mistyped text meant: words by the catalogue's own words, numbers by the half that is right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from rapidfuzz.distance import OSA

from concord.pricing import search_text

#: shorter words have too many neighbours
SHORTEST = 4
#: words looked at for each mistyped one, nearest first by trigrams; swapped letters leave few of them alike
_NEAR = 60
_LIKENESS = "0.2"
#: words taken for what was meant
_MEANT = 4
#: products whose number shares a half with what was typed
_HALVES = 2_000

_WORDS = """
SELECT typed, near.word FROM unnest(%(words)s::text[]) AS typed CROSS JOIN LATERAL (
    SELECT word FROM pricing_searchword WHERE word %% typed ORDER BY similarity(word, typed) DESC, word LIMIT %(near)s
) AS near
"""
# Where one character is wrong, one half is right: it is looked up on the index, and the rest is compared.
_NUMBERS = """
SELECT id, sku_key, part_key, sku FROM pricing_product WHERE id IN (
    (SELECT id FROM pricing_product WHERE sku_key LIKE %(head)s LIMIT %(most)s)
    UNION (SELECT id FROM pricing_product WHERE part_key LIKE %(head)s LIMIT %(most)s)
    UNION (SELECT id FROM pricing_product WHERE search_key LIKE %(tail)s LIMIT %(most)s)
) AND (%(family)s::bigint IS NULL OR family_id = %(family)s)
"""

_HAS_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")


def slips(text: str) -> int:
    """How many typing errors (a wrong, missing, superfluous or swapped character) are forgiven in a text."""
    return 1 if len(text) < 7 else 2


def corrected_words(words: Sequence[str]) -> dict[str, list[str]]:
    """For each word of letters the catalogue's words that it may mean, nearest first; two statements."""
    wanted = [word for word in words if len(word) >= SHORTEST and _LETTERS.fullmatch(word)]
    if not wanted:
        return {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [_LIKENESS])
        cursor.execute(_WORDS, {"words": wanted, "near": _NEAR})
        near: dict[str, list[str]] = {}
        for typed, word in cursor.fetchall():
            near.setdefault(typed, []).append(word)
        cursor.execute("SET LOCAL pg_trgm.similarity_threshold TO DEFAULT")
    return {typed: _nearest(typed, found) for typed, found in near.items()}


def numbers_like(text: str, *, limit: int, family_id: int | None) -> list[int]:
    """Ids of products whose SKU or part number is the typed one but for a slip, nearest first; one statement."""
    number = search_text.squeeze(text)
    half = len(number) // 2
    if half < search_text.SHORT or not _HAS_DIGIT.search(number):
        return []
    # Two characters that were swapped may lie on both sides of the middle: the second half begins behind them.
    tail = number[half + 1 :] if len(number) - half > search_text.SHORT else number[half:]
    values: dict[str, Any] = {
        "head": f"{number[:half]}%",
        "tail": search_text.like(tail),
        "most": _HALVES,
        "family": family_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS, values)
        rows = cursor.fetchall()
    most = slips(number)
    ranked = []
    for product_id, sku_key, part_key, sku in rows:
        distance = min(
            OSA.distance(number, sku_key, score_cutoff=most), OSA.distance(number, part_key, score_cutoff=most)
        )
        if distance <= most:
            ranked.append((distance, sku, product_id))
    return [product_id for _distance, _sku, product_id in sorted(ranked)[:limit]]


def _nearest(typed: str, found: Iterable[str]) -> list[str]:
    most = slips(typed)
    near = sorted((OSA.distance(typed, word, score_cutoff=most), word) for word in found)
    return [word for distance, word in near if distance <= most][:_MEANT]
