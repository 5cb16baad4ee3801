"""Chinese names laid beside each other, and beside Latin ones.

A Chinese short name picks characters out of the full name, in order: mostly the whole brand and one trade word
(`申菱环境` of `广东申菱环境系统股份有限公司`), in abbreviations one character per word (`北医大` of
`北京医科大学`). So the question is never how similar two strings are, but whether every character of the shorter one
is found in the longer one, in order, and whether it starts where a word starts. Against an English name the brand is
read as pinyin and trade words are looked up in the glossary.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Final

from rapidfuzz.distance import Indel

from concord.partners.matching.glossary import BRAND_ENGLISH, REGION_SHORT, region_english, segment
from concord.partners.matching.normalise import NameKey
from concord.partners.matching.places import CITIES, PROVINCES
from concord.partners.matching.text import has_ideographs, pinyin, spelled_readings, vocabulary
from concord.partners.matching.words import STOP_WORDS, canonical_word, is_common

_TRADE_WEIGHT: Final = 0.35
_PLACE_WEIGHT: Final = 0.6
_BRAND_LENGTH: Final = 2
_LONG_BRAND: Final = 3
_LONGEST_BRAND: Final = 5
_TRANSLATED: Final = 0.9
"""Likeness of a brand to its meaning in English."""
_LONGEST_CORE: Final = 60
"""Cost grows with the square of the length; no real name is longer."""


@lru_cache(maxsize=32_768)
def marks(text: str) -> tuple[tuple[float, ...], tuple[bool, ...]]:
    """Per character: what it weighs (a brand 1, a place 0.6, a trade word 0.35) and whether a word starts there."""
    weights: list[float] = []
    starts: list[bool] = []
    for part in segment(text):
        weight = _TRADE_WEIGHT if part.trade else _PLACE_WEIGHT if part.place else 1.0
        weights.extend([weight] * len(part.text))
        if part.trade or part.place:
            starts.extend([True] + [False] * (len(part.text) - 1))
        else:
            starts.extend([position % _BRAND_LENGTH == 0 for position in range(len(part.text))])
    return tuple(weights), tuple(starts)


@dataclass(frozen=True, slots=True)
class Excerpt:
    """How a shorter Chinese name is found inside a longer one (all figures 0 to 1)."""

    coverage: float
    """Weight of the short name's characters found in the long one, in order."""
    brand: float
    """The same, of its brand characters alone."""
    back: float
    """Weight of the long name's brand characters that the short name keeps."""
    flow: float
    """Share of found characters that follow the one before, or start a word."""
    head: float
    """1 when both start with the same two characters, 0.5 with the same one."""
    tail: float
    """1 when the last character of the short name is in the last word of the long one."""


@lru_cache(maxsize=65_536)
def excerpt(short: str, long: str) -> Excerpt:
    """The best in-order placing of `short` in `long` (dynamic programme over characters)."""
    short_weights, _ = marks(short)
    long_weights, starts = marks(long)
    rows, columns = len(short), len(long)
    # value[i][j]: best value of short[i:] in long[j:]; a step that continues a run or starts a word earns a little more
    value = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        character, weight, row, below = short[i], short_weights[i], value[i], value[i + 1]
        for j in range(columns - 1, -1, -1):
            best = max(below[j], row[j + 1])
            if character == long[j]:
                bonus = 0.1 if starts[j] or (i and j and short[i - 1] == long[j - 1]) else 0.0
                taken = below[j + 1] + weight + bonus
                best = max(taken, best)
            row[j] = best
    found: list[tuple[int, int]] = []
    i = j = 0
    while i < rows and j < columns:
        here = value[i][j]
        if short[i] == long[j] and here > value[i + 1][j] and here > value[i][j + 1]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif value[i][j + 1] >= value[i + 1][j]:
            j += 1
        else:
            i += 1
    total = sum(short_weights)
    brand_total = sum(weight for weight in short_weights if weight == 1.0)
    long_brand = sum(1 for weight in long_weights if weight == 1.0)
    shared = sum(short_weights[i] for i, _ in found)
    flowing = sum(
        1 for position, (i, j) in enumerate(found) if starts[j] or (position and found[position - 1] == (i - 1, j - 1))
    )
    last_word = len(segment(long)[-1].text) if long else 0
    return Excerpt(
        coverage=shared / total if total else 0.0,
        brand=sum(1 for i, _ in found if short_weights[i] == 1.0) / brand_total
        if brand_total
        else shared / (total or 1),
        back=sum(1 for _, j in found if long_weights[j] == 1.0) / long_brand if long_brand else 0.5,
        flow=flowing / len(found) if found else 0.0,
        head=1.0 if short[:2] == long[:2] else 0.5 if short[:1] == long[:1] else 0.0,
        tail=1.0 if found and found[-1][0] == rows - 1 and found[-1][1] >= columns - last_word else 0.0,
    )


def best_excerpt(left: NameKey, right: NameKey) -> tuple[Excerpt, str, str]:
    """The best excerpt among the readings of two Chinese names, with the short and the long form that gave it.

    A name is read with its region, without it, and with the region's one-character name (`粤电力`): the short name may
    use any of them. Equal regions are left out on both sides.
    """
    best: tuple[float, Excerpt, str, str] | None = None
    for first in _readings(left, right):
        for second in _readings(right, left):
            short, long = (first, second) if (len(first), first) <= (len(second), second) else (second, first)
            found = excerpt(short, long)
            rank = found.coverage + 0.3 * found.brand + 0.2 * found.flow + 0.2 * found.head
            if best is None or rank > best[0]:
                best = (rank, found, short, long)
            if found.coverage == 1.0 and found.head == 1.0:
                return found, short, long
    assert best is not None  # a name has one reading at least
    return best[1], best[2], best[3]


def _readings(key: NameKey, other: NameKey) -> tuple[str, ...]:
    core = key.core[:_LONGEST_CORE]
    if not key.region or key.region == other.region:
        return (core,)
    short = REGION_SHORT.get(key.region, key.region[:1])
    return (core, key.region + core, short + core)


def place_as_brand(key: NameKey, other: NameKey) -> NameKey:
    """The key, with the place that it starts with as its brand where the other name has it behind another place:
    `朝阳科技` beside `广东朝阳科技`."""
    if key.region and key.region != other.region and other.core.startswith(key.region):
        core = key.region + key.core
        return replace(key, region="", core=core, compact=core)
    return key


def determines(short: NameKey, long: NameKey) -> bool:
    """True when a Chinese short name leaves no other legal name to be meant: it starts as that one does and keeps its
    whole brand.

    The short name states no legal form – else it is a legal name of its own – and no region that the long one lacks. It
    is the beginning of the long name (three characters where they are the whole brand, two where both state one region,
    else four), or the whole brand with trade words of the long name in their order. Two characters of a brand alone
    are shared by too many companies. The region may be stated by its one character (`粤` for `广东`).
    """
    own, whole, same_region = short.core, long.core, bool(short.region) and short.region == long.region
    if short.legal_form or not long.legal_form or (short.region and not same_region):
        return False
    if _is_determined(own, whole, same_region=same_region):
        return True
    names_region = not short.region and own[0] == REGION_SHORT.get(long.region, "")
    return names_region and len(own) > _LONG_BRAND and _is_determined(own[1:], whole, same_region=True)


def _is_determined(own: str, whole: str, *, same_region: bool) -> bool:
    brand, full_brand = _leading_brand(own), _leading_brand(whole)
    if len(own) >= len(whole):
        return own == whole and (same_region or len(brand) >= _LONG_BRAND)
    if whole.startswith(own):
        if same_region and len(own) >= _BRAND_LENGTH and len(own) in _word_ends(whole):
            return True
        return bool(brand) and (len(own) >= 4 or (len(own) == 3 and own == brand == full_brand))
    return (
        len(brand) >= _BRAND_LENGTH
        and brand == full_brand
        and len(own) > len(brand)
        and all(part.trade for part in segment(own)[1:])
        and (found := excerpt(own, whole)).coverage > 0.999
        and found.flow == 1.0
    )


def _leading_brand(core: str) -> str:
    parts = itertools.takewhile(lambda part: not part.trade and not part.place, segment(core))
    return "".join(part.text for part in parts)


def _word_ends(core: str) -> set[int]:
    return set(itertools.accumulate(len(part.text) for part in segment(core)))


@dataclass(frozen=True, slots=True)
class CrossReading:
    """How a Chinese name reads as a Latin one (all figures 0 to 1)."""

    brand: float
    """Likeness of the brand's pinyin (or Latin letters) to the best word or pair of words."""
    brand_length: float
    """Letters of the brand's pinyin over ten: a long agreement is worth more."""
    trade: float
    """Share of the trade words whose English is in the Latin name."""
    explained: float
    """Share of the Latin words that the Chinese name accounts for."""
    region: float
    """1 the region is named, 0 nothing said, −1 another region is named."""
    settled: bool
    """True when nothing is left unread on either side: the whole brand letter for letter, every trade word and every
    Latin word; and either both name one region or the brand has three characters and more. Two syllables without a
    place are the reading of too many brands."""


def has_own_brand(core: str) -> bool:
    """True when a Chinese core holds a brand of two characters or more besides trade words and places."""
    return sum(len(part.text) for part in segment(core) if not part.trade and not part.place) >= _BRAND_LENGTH


@cache
def _region_words() -> frozenset[str]:
    return frozenset(region_english(region)[0] for region in (*PROVINCES, *CITIES))


def cross_reading(chinese: NameKey, latin: NameKey) -> CrossReading:
    """Lay a Chinese name beside a Latin one: brand by pinyin, trade words by glossary, region by its Latin name."""
    words = [word for word in latin.words + latin.qualifiers if word not in STOP_WORDS]
    if not words or not chinese.core:
        return CrossReading(0.0, 0.0, 0.0, 0.0, 0.0, settled=False)
    present = set(words)
    accounted: set[str] = set()
    region_words = {canonical_word(word) for word in region_english(chinese.region)}
    region = 0.0
    if region_words and region_words & present:
        region = 1.0
        accounted |= region_words & present
    elif region_words and any(word in _region_words() for word in latin.tokens):
        region = -1.0
    parts = segment(chinese.core)
    trade = [part for part in parts if part.trade and part.english]
    left_out: list[str] = []
    for part in trade:
        common = {word for word in present for english in part.english if _is_meant(english, word)}
        accounted |= common
        if not common:
            left_out.append(part.text)
    hits = len(trade) - len(left_out)
    brand, length, used = _brand_reading(chinese, words, accounted)
    accounted |= used
    spelled, in_letters = _spelled_brand(chinese.core, words)
    said = accounted | in_letters | (_UNSAID if hits else frozenset())
    is_read = (
        all(word in said for word in words)
        and all(present.intersection(part.english) for part in parts if part.place)
        and (not left_out or (hits > 0 and _OFTEN_LEFT_OUT.issuperset(left_out)))
    )
    return CrossReading(
        brand=1.0 if spelled else brand,
        brand_length=min(length / 10, 1.0),
        trade=hits / len(trade) if trade else 0.5,
        explained=sum(0.35 if is_common(word) else 1.0 for word in words if word in accounted)
        / sum(0.35 if is_common(word) else 1.0 for word in words),
        region=region,
        settled=is_read and region >= 0 and spelled >= (_BRAND_LENGTH if region > 0 else _LONG_BRAND),
    )


_OFTEN_LEFT_OUT: Final = frozenset(vocabulary("科技 技术 实业 工业 产业 企业 发展 股份"))
"""Words of Chinese names that English ones do without beside a trade word that they share."""
_UNSAID: Final = frozenset(vocabulary("industry share stock joint"))
"""Words of English names that stand for the form or the kind of company in general."""


def _is_meant(english: str, word: str) -> bool:
    """True for the word itself and for others of its stem: `optical` and `optic`, `machine` and `machinery`."""
    if english == word:
        return True
    shorter, longer = sorted((english, word), key=len)
    return len(shorter) > 3 and (longer.startswith(shorter) or (len(shorter) > 5 and longer[:6] == shorter[:6]))


def _spelled_brand(core: str, words: list[str]) -> tuple[int, set[str]]:
    """How many characters the brands of a Chinese core have when each stands among the words in a whole reading, as one
    word or as neighbours; else 0. And the words that it is written with."""
    brands = [part.text for part in segment(core) if not part.trade and not part.place]
    written = {
        "".join(words[at : at + length]): words[at : at + length]
        for length in range(_LONGEST_BRAND, 0, -1)
        for at in range(len(words) - length + 1)
    }
    used: set[str] = set()
    for brand in brands:
        reading = next((one for one in spelled_readings(brand) if one in written), None)
        if reading is None:
            return 0, set()
        used.update(written[reading])
    return sum(len(brand) for brand in brands), used


def _brand_reading(chinese: NameKey, words: list[str], accounted: set[str]) -> tuple[float, int, set[str]]:
    brands = [part.text for part in segment(chinese.core) if not part.trade and not part.place]
    if not brands:
        parts = segment(chinese.core)
        named = [part for part in parts if any(word in words for word in part.english)]
        used = {word for part in named for word in part.english if word in words}
        return len(named) / len(parts), sum(len(word) for word in used), used
    free = [(position, word) for position, word in enumerate(words) if word not in accounted] or list(enumerate(words))
    candidates = [(word, {word}) for _, word in free]
    candidates += [
        (first + second, {first, second})
        for (position, first), (following, second) in itertools.pairwise(free)
        if following == position + 1
    ]
    best: tuple[float, int, set[str]] = (0.0, 0, set())
    whole = "".join(words)
    for text in brands:
        for meaning in BRAND_ENGLISH.get(text, ()):
            likeness = _TRANSLATED if whole.find("".join(meaning)) >= 0 else 0.0
            if likeness > best[0]:
                best = (likeness, len("".join(meaning)), set(meaning))
        for reading in _brand_forms(text):
            if len(reading) >= 5 and reading in whole:  # long enough not to be chance
                inside = {word for word in words if word in reading or reading in word}
                if (0.97, len(reading)) > (best[0], best[1]):
                    best = (0.97, len(reading), inside)
            for word, used in candidates:
                likeness = Indel.normalized_similarity(reading, word)
                if word[:1] != reading[:1]:
                    likeness *= 0.8
                if (likeness, len(reading)) > (best[0], best[1]):
                    best = (likeness, len(reading), used)
    return best


@lru_cache(maxsize=16_384)
def _brand_forms(text: str) -> tuple[str, ...]:
    """The Latin readings of a brand: whole, and its first and last two syllables when it has more."""
    if not has_ideographs(text):
        return (text,)
    syllables = pinyin(text)
    forms = ["".join(syllables)]
    if len(syllables) > 2:  # a two-syllable brand has one reading
        forms += ["".join(syllables[:2]), "".join(syllables[-2:])]
        if len(syllables) > 3:
            forms.append("".join(syllables[:3]))
    return tuple(forms)
