"""What a mistyped name meant, by the words of all customers' names, and how much each word tells.

Trigrams over a million names find whoever shares a trigram; over the distinct words of these names they find few. From
a word to its customers the keys lead that are stored with each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection
from rapidfuzz.distance import OSA

from concord.partners.matching.candidates import query_blocks, query_key
from concord.partners.matching.words import is_common

#: a key that more customers have only tells apart those that another key has found
RARE = 300
#: shorter words have too many neighbours
_SHORTEST = 4
#: of a name, as many words are looked up
_MOST_WORDS = 6
#: words looked at for each mistyped one, those of about its length first, then the nearest by trigrams
_NEAR = 60
_LIKENESS = "0.35"
#: a slip leaves hardly a trigram of a short word alike: for so many short words of a name, all words that are one slip
#: away are written down and looked up
_MOST_SPELLED_OUT = 3
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"
#: words taken for what was meant, for each mistyped one
_MEANT = 16
#: what a word counts for with each slip
_SLIPPED = 0.6
#: where no word is that near: so many that resemble the typed one this much, as if it had more slips
_RESEMBLING = 4
_RESEMBLANCE = 0.5
_AS_SLIPS = 3

# Sent together, and so in one transaction: the threshold holds for the second alone.
_WORDS = """
SELECT set_config('pg_trgm.similarity_threshold', %(likeness)s, true);
SELECT typed, near.word, near.likeness FROM unnest(%(words)s::text[]) AS typed CROSS JOIN LATERAL (
    SELECT word, similarity(word, typed) AS likeness FROM partners_customerword WHERE word %% typed
    ORDER BY abs(length(word) - length(typed)) > 2, likeness DESC, word LIMIT %(near)s
) AS near;
SET LOCAL pg_trgm.similarity_threshold TO DEFAULT
"""
_KNOWN = "SELECT word FROM partners_customerword WHERE word = ANY (%s::text[])"
_COUNTS = """
SELECT key, (SELECT count(*) FROM (
    SELECT FROM partners_endcustomer WHERE block_keys @> ARRAY[key]::varchar[] AND merged_into_id IS NULL LIMIT %(most)s
) AS holding) FROM unnest(%(keys)s::varchar[]) AS key
"""

_LETTERS = re.compile(r"[^\W\d_]+")


def slips(text: str) -> int:
    """How many typing errors (a wrong, missing, superfluous or swapped character) are forgiven in a word."""
    return 1 if len(text) < 7 else 2


def asked_keys(names: Iterable[str]) -> dict[str, float]:
    """The stored keys that names as typed ask for, with what each counts for: 1, or less for one that they may mean."""
    typed = [name for name in names if name]
    asked = {key: 1.0 for name in typed for key in query_blocks(name)}
    words = dict.fromkeys(word for name in typed for word in query_key(name).split() if _is_looked_up(word))
    for word, distance in _meant(list(words)[:_MOST_WORDS]).items():
        asked.setdefault(word, _SLIPPED**distance)
    return asked


@dataclass(frozen=True, slots=True)
class Telling:
    """The keys that lead to few customers; ``all_common`` when there are none because very many have each."""

    keys: list[str]
    all_common: bool


def telling_keys(asked: Iterable[str]) -> Telling:
    """Those that lead to few customers, the rarest first, all of them together to ``RARE``; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"keys": list(asked), "most": RARE + 1})
        counts = {key: count for key, count in cursor.fetchall() if count}
    telling: list[str] = []
    left = RARE
    for key in sorted(counts, key=lambda key: (counts[key], key)):
        left -= counts[key]
        if left < 0:
            break
        telling.append(key)
    return Telling(telling, bool(counts) and not telling)


def _is_looked_up(word: str) -> bool:
    return len(word) >= _SHORTEST and bool(_LETTERS.fullmatch(word)) and not is_common(word)


def _meant(words: list[str]) -> Mapping[str, int]:
    """The customers' words that any of the typed ones may mean, with the number of slips."""
    if not words:
        return {}
    meant: dict[str, int] = {}
    near = _near_short_words([word for word in words if slips(word) == 1][:_MOST_SPELLED_OUT])
    # Asked also when every word is known: who counts the statements is not to learn that.
    for found in [*near.values(), *_near_words([word for word in words if word not in near]).values()]:
        for word, distance in found:
            meant[word] = min(distance, meant.get(word, distance))
    return meant


def _near_short_words(words: list[str]) -> dict[str, list[tuple[str, int]]]:
    """The customers' words that are one slip away from these, where there are any."""
    if not words:
        return {}
    spelled = {word: {word, *one_slip_away(word)} for word in words}
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, [sorted(set().union(*spelled.values()))])
        known = {word for (word,) in cursor.fetchall()}
    near = {word: _nearest(word, variants & known) for word, variants in spelled.items()}
    return {word: found for word, found in near.items() if found}


def _near_words(words: list[str]) -> dict[str, list[tuple[str, int]]]:
    """The customers' words that these may mean by their trigrams: few slips away, or else alike."""
    near: dict[str, dict[str, float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, {"likeness": _LIKENESS, "words": words, "near": _NEAR})
        cursor.nextset()
        for typed, word, likeness in cursor.fetchall():
            near.setdefault(typed, {})[word] = likeness
    return {typed: _nearest(typed, found) or _alike(found) for typed, found in near.items()}


def one_slip_away(word: str) -> set[str]:
    """Every word that one slip turns into this one: a letter too many, missing, wrong, or changed for its neighbour."""
    cuts = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(head + tail[1:] for head, tail in cuts if tail),
        *(head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1),
        *(head + letter + tail[1:] for head, tail in cuts if tail for letter in _ALPHABET),
        *(head + letter + tail for head, tail in cuts for letter in _ALPHABET),
    } - {word}


def _nearest(typed: str, words: Iterable[str]) -> list[tuple[str, int]]:
    most = slips(typed)
    ranked = sorted((OSA.distance(typed, word, score_cutoff=most), *_oddity(typed, word), word) for word in words)
    return [(word, distance) for distance, _first, _wrong, word in ranked if distance <= most][:_MEANT]


def _oddity(typed: str, word: str) -> tuple[bool, bool]:
    """Rarer slips: in the first letter, and a wrong letter instead of one that is missing, too many or swapped."""
    return typed[0] != word[0], len(typed) == len(word) and sorted(typed) != sorted(word)


def _alike(words: Mapping[str, float]) -> list[tuple[str, int]]:
    ranked = sorted((-likeness, word) for word, likeness in words.items() if likeness >= _RESEMBLANCE)
    return [(word, _AS_SLIPS) for _likeness, word in ranked[:_RESEMBLING]]
