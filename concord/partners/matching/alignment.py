"""Words of one Latin name laid beside the words of another.

Each pair of words gets a likeness from 0 to 1 and a kind that says why; words are paired best first; what stays
unpaired on either side is what tells the two names apart.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rapidfuzz.distance import OSA, JaroWinkler

from concord.partners.matching.normalise import NameKey
from concord.partners.matching.words import NUMBER_RE, STOP_WORDS, default_weight, is_common, meaning

Kind = Literal["equal", "spelling", "abbreviation", "cut", "typo", "joined", "initials", "translation", "weak"]
Rarity = Mapping[str, float]
"""Weight per canonical word from 0 (everywhere) to 1 (rare), counted from real customers; see
`candidates.rarity_table`."""

_VOWELS: Final = frozenset("aeiouy")
_SAME_SOUND: Final = (
    ("ph", "f"), ("kh", "h"), ("ck", "k"), ("th", "t"), ("y", "i"), ("j", "i"), ("w", "v"), ("z", "s"), ("c", "k"),
)  # fmt: skip
_FIRST_WORD_BONUS: Final = 1.25
_QUALIFIER_SHARE: Final = 0.5
_LEAST_LIKENESS: Final = 0.45
_LONG_WORD: Final = 8
"""In words from this length on, a slip hardly makes the name of somebody else."""
_MOST_WORDS: Final = 24
"""Cost grows with the square of the number of words; what follows in a longer name is left out."""


def _without_umlauts(word: str) -> str:
    """The word with both ways to write an umlaut in ASCII folded: `mueller` = `muller`, `aarhus` = `arhus`."""
    for written, folded in (("ae", "a"), ("oe", "o"), ("ue", "u"), ("aa", "a")):
        word = word.replace(written, folded)
    return word


def _sound(word: str) -> str:
    """The word with the usual ways to write one sound folded: `phillips` = `filips`, `alkatel` = `alcatel`."""
    word = _without_umlauts(word)
    for written, folded in _SAME_SOUND:
        word = word.replace(written, folded)
    return "".join(letter for position, letter in enumerate(word) if not position or word[position - 1] != letter)


def _is_contraction(short: str, long: str) -> bool:
    """True for `bldg`/`building`, `intl`/`international`: first letter equal, letters in order, hardly a vowel."""
    if len(short) < 2 or short[0] != long[0] or len(long) - len(short) < 2 or len(short) * 1.2 > len(long):
        return False  # a single missing letter is a slip
    if sum(letter in _VOWELS for letter in short[1:]) > len(short) // 4:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


@lru_cache(maxsize=262_144)
def word_likeness(left: str, right: str, dotted: bool = False) -> tuple[float, Kind]:
    """How alike two different canonical words are, and why. `dotted` says that the shorter one ended with a dot.

    Abbreviations count almost fully when they shorten an everyday word (`chem` for `chemical`) or carry a dot; a prefix
    of a brand (`alpha`, `alphamin`) is another brand, unless a dot says that it was cut. One slip of the finger is
    forgiven in words of five letters, two from eight, three from twelve; in one of four, a missing or a swapped letter
    behind the first. Numbers are equal or not.
    """
    if NUMBER_RE.match(left) or NUMBER_RE.match(right):
        return 0.0, "weak"
    if meaning(left) == meaning(right):
        return 0.97, "translation"
    short, long = (left, right) if len(left) <= len(right) else (right, left)
    if long.startswith(short):
        return _prefix_likeness(short, long, dotted)
    if _is_contraction(short, long):
        if is_common(long):
            return 0.9, "abbreviation"
        return (0.9, "cut") if dotted else (0.6, "weak")
    if is_common(left) and is_common(right):
        return _common_likeness(short, long)
    return _spelling_likeness(short, long)


def _prefix_likeness(short: str, long: str, dotted: bool) -> tuple[float, Kind]:
    share = len(short) / len(long)
    if dotted:
        return (0.95 if len(short) > 1 else 0.8), ("abbreviation" if is_common(long) or len(short) >= 6 else "cut")
    if is_common(long) and len(short) > 1:
        return (0.93 if len(short) > 2 else 0.8), "abbreviation"
    if len(short) >= 4 and share >= 0.75:
        return 0.8, "typo"
    return (0.25 + 0.45 * share if len(short) > 2 else 0.2), "weak"


def _common_likeness(short: str, long: str) -> tuple[float, Kind]:
    """Two everyday words: `engineering` and `engineers` are near, `bank` and `tank` are not."""
    if len(short) >= 6 and OSA.distance(short, long, score_cutoff=1) <= 1:
        return 0.8, "typo"
    near = short[:5] == long[:5] and JaroWinkler.similarity(short, long) > 0.9
    return (0.6 if near else 0.0), "weak"


def _spelling_likeness(short: str, long: str) -> tuple[float, Kind]:
    if len(short) >= 4 and _without_umlauts(short) == _without_umlauts(long):
        return 0.97, "spelling"
    if len(short) >= 4 and _sound(short) == _sound(long):
        return 0.93, "typo"
    edits = OSA.distance(short, long, score_cutoff=3)
    for least, allowed, likeness in ((8, 1, 0.9), (5, 1, 0.82), (8, 2, 0.82), (12, 3, 0.78)):
        if len(short) >= least and edits <= allowed:
            return likeness, "typo"
    if edits == 1 and len(short) >= 4 and short[0] == long[0] and (len(short) < len(long) or _is_swap(short, long)):
        return 0.75, "typo"
    if edits == 1 and len(short) >= 3:
        return 0.5, "weak"
    alike = JaroWinkler.similarity(short, long)
    return (alike * alike * 0.8 if alike > 0.8 else 0.0), "weak"


def _is_swap(left: str, right: str) -> bool:
    return sorted(left) == sorted(right)


@dataclass(frozen=True, slots=True)
class Alignment:
    """What two names share (weights), what each has alone, and how the shared part was recognised."""

    left_total: float
    right_total: float
    left_shared: float
    right_shared: float
    left_only: tuple[str, ...]
    right_only: tuple[str, ...]
    kinds: frozenset[Kind]
    strongest_shared: float
    head: float
    numbers_differ: bool
    anchored: bool
    """True when a telling word agrees letter for letter and every slip is one that hardly makes another name: in a long
    word, or in a word of everyday business language."""

    @property
    def agreement(self) -> float:
        """Shared weight over all weight (a soft Dice coefficient)."""
        return (self.left_shared + self.right_shared) / (self.left_total + self.right_total)

    @property
    def containment(self) -> float:
        """The share of the name that is better covered: 1 when one name holds the whole other."""
        return max(self.left_shared / self.left_total, self.right_shared / self.right_total)


def weights_of(key: NameKey, rarity: Rarity | None) -> tuple[tuple[str, ...], list[float]]:
    """The words to compare (core, then qualifiers) with their weights; the first telling word counts a little more."""
    own = key.words[:_MOST_WORDS]
    words = own + key.qualifiers[:_MOST_WORDS]
    if rarity is None:
        weights = [default_weight(word) for word in words]
    else:
        weights = [min(rarity.get(word, 1.0), max(default_weight(word), 0.3)) for word in words]
    for position in range(len(own), len(words)):
        weights[position] *= _QUALIFIER_SHARE
    for position, word in enumerate(own):
        if word not in STOP_WORDS:
            weights[position] *= _FIRST_WORD_BONUS
            break
    return words, weights


def align(left: NameKey, right: NameKey, rarity: Rarity | None = None) -> Alignment:
    """Pair the words of two names: equal words first, then joined words, initials, and the best of the rest."""
    left_words, left_weights = weights_of(left, rarity)
    right_words, right_weights = weights_of(right, rarity)
    left_match = [0.0] * len(left_words)
    right_match = [0.0] * len(right_words)
    kinds: set[Kind] = set()
    slipped: list[tuple[str, str]] = []
    strongest = 0.0

    free_right: dict[str, list[int]] = {}
    for j in range(len(right_words) - 1, -1, -1):
        free_right.setdefault(right_words[j], []).append(j)
    for i, word in enumerate(left_words):
        places = free_right.get(word)
        if places:
            j = places.pop()
            left_match[i] = right_match[j] = 1.0
            kinds.add("equal")
            strongest = max(strongest, left_weights[i])
    left_free = [i for i, match in enumerate(left_match) if not match]
    right_free = [j for j, match in enumerate(right_match) if not match]
    if left_free and right_free:
        _pair_joined(left_words, right_words, left_free, right_free, left_match, right_match, kinds, "joined")
        _pair_joined(right_words, left_words, right_free, left_free, right_match, left_match, kinds, "joined")
        _pair_joined(left_words, right_words, left_free, right_free, left_match, right_match, kinds, "initials")
        _pair_joined(right_words, left_words, right_free, left_free, right_match, left_match, kinds, "initials")
        pairs: list[tuple[float, int, int, Kind]] = []
        for i in left_free:
            for j in right_free:
                if left_match[i] or right_match[j]:
                    continue
                first, second = left_words[i], right_words[j]
                is_dotted = (first if len(first) < len(second) else second) in (
                    left.dotted if len(first) < len(second) else right.dotted
                )
                likeness, kind = word_likeness(*sorted((first, second)), is_dotted)
                if likeness >= _LEAST_LIKENESS:
                    pairs.append((likeness, i, j, kind))
        pairs.sort(key=lambda pair: (-pair[0], abs(pair[1] - pair[2]), pair[1] + pair[2]))
        for likeness, i, j, kind in pairs:
            if not left_match[i] and not right_match[j]:
                left_match[i] = right_match[j] = likeness
                kinds.add(kind)
                if kind == "typo":
                    slipped.append((left_words[i], right_words[j]))
                strongest = max(strongest, likeness * max(left_weights[i], right_weights[j]))
    left_only = tuple(left_words[i] for i, match in enumerate(left_match) if not match)
    right_only = tuple(right_words[j] for j, match in enumerate(right_match) if not match)
    left_number = {word for word in left_only if NUMBER_RE.match(word)}
    right_number = {word for word in right_only if NUMBER_RE.match(word)}
    return Alignment(
        left_total=sum(left_weights) or 1.0,
        right_total=sum(right_weights) or 1.0,
        left_shared=sum(weight * match for weight, match in zip(left_weights, left_match, strict=True)),
        right_shared=sum(weight * match for weight, match in zip(right_weights, right_match, strict=True)),
        left_only=left_only,
        right_only=right_only,
        kinds=frozenset(kinds),
        strongest_shared=strongest,
        head=_head(left_words, right_words, left_match, right_match),
        numbers_differ=bool(left_number or right_number),
        anchored=_anchored(left_words, right_words, left_match, right_match, slipped),
    )


def _anchored(
    left_words: tuple[str, ...],
    right_words: tuple[str, ...],
    left: list[float],
    right: list[float],
    slipped: list[tuple[str, str]],
) -> bool:
    is_harmless = all(
        min(len(first), len(second)) >= _LONG_WORD or (is_common(first) and is_common(second))
        for first, second in slipped
    )
    placed = itertools.chain(zip(left_words, left, strict=True), zip(right_words, right, strict=True))
    return is_harmless and any(match == 1.0 and default_weight(word) >= 1.0 for word, match in placed)


def _head(left_words: tuple[str, ...], right_words: tuple[str, ...], left: list[float], right: list[float]) -> float:
    first = next((match for word, match in zip(left_words, left, strict=True) if word not in STOP_WORDS), 0.0)
    second = next((match for word, match in zip(right_words, right, strict=True) if word not in STOP_WORDS), 0.0)
    return min(first, second)


def _pair_joined(
    many: tuple[str, ...],
    single: tuple[str, ...],
    many_free: list[int],
    single_free: list[int],
    many_match: list[float],
    single_match: list[float],
    kinds: set[Kind],
    how: Literal["joined", "initials"],
) -> None:
    """Pair one word with several neighbours: `oldcastle` = `old castle`, `re` = `real estate`."""
    for j in single_free:
        word = single[j]
        if single_match[j] or len(word) < 2:
            continue
        for i in many_free:
            if many_match[i] or many[i][0] != word[0]:
                continue
            taken = _run(many, many_match, i, word, how)
            if taken:
                likeness = 1.0 if how == "joined" else 0.85
                for position in taken:
                    many_match[position] = likeness
                single_match[j] = likeness
                kinds.add(how)
                break


def _run(
    many: tuple[str, ...], match: list[float], start: int, word: str, how: Literal["joined", "initials"]
) -> tuple[int, ...]:
    built = ""
    positions: list[int] = []
    for position in range(start, len(many)):
        if match[position]:
            return ()
        part = many[position]
        if how == "initials":
            if part in STOP_WORDS and word[len(built) : len(built) + 1] != part[0]:
                continue
            part = part[0]
        built += part
        positions.append(position)
        if built == word:
            return tuple(positions) if len(positions) > 1 else ()
        if not word.startswith(built):
            return ()
    return ()
