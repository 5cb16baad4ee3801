"""What is stored with a customer so that likely twins are found by index, and what a query asks for.

Three kinds of keys, all pure functions of a profile; storing and querying them is done elsewhere:

* `exact_keys` (an array with a GIN index, compared by overlap): registration number, domain, whole names, initials. A
  shared exact key is a candidate whatever the names look like.
* `block_keys` (a second array with a GIN index): single telling words, words written together, pairs of Chinese
  characters, the pinyin of a brand. A query asks for its telling keys alone (`query_blocks`), so that `technology`
  fetches nobody.
* `search_key` (a text with a trigram GIN index): the names in a form in which trigrams work for Chinese too, since
  every two neighbouring characters make a word. A part of a name is looked for in it with `query_key`; its words make
  the lexicon in which a mistyped word is looked up.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable
from typing import Final

from concord.partners.matching.glossary import segment
from concord.partners.matching.ideographs import marks
from concord.partners.matching.normalise import NameKey, name_key
from concord.partners.matching.score import Profile
from concord.partners.matching.text import has_ideographs, pinyin
from concord.partners.matching.words import STOP_WORDS, is_common

KEY_VERSION: Final = 2
"""Of the keys made here. Stored keys stay as they were made: whatever changes how (a normaliser, a word list, a
converter) counts this up, and `manage.py refresh_matching_keys` fills them anew."""

CANDIDATES: Final = 50
"""As many candidates as one check scores."""

_SHORTEST_INITIALS: Final = 2
_LONGEST_INITIALS: Final = 8
_PREFIX: Final = 5


KEY_LENGTH: Final = 200
"""Longer keys are cut, alike when they are stored and when they are asked for."""


def _stored(keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({key[:KEY_LENGTH] for key in keys}))


def _telling(key: NameKey) -> tuple[str, ...]:
    return tuple(word for word in key.words if word not in STOP_WORDS)


def exact_keys(profile: Profile) -> tuple[str, ...]:
    """The exact keys of a company, sorted: `reg:DE:136695976`, `dom:example.com`, `name:siemens`, `ini:ibm`."""
    keys: set[str] = set()
    if profile.registration_number:
        keys.add(f"reg:{profile.country}:{profile.registration_number}")
    if profile.domain:
        keys.add(f"dom:{profile.domain}")
    for name in profile.names:
        keys.update(name_keys(name.key))
    return _stored(keys)


def name_keys(key: NameKey) -> tuple[str, ...]:
    """The exact keys of one name: written together, with its words sorted, and by its initials."""
    if not key.compact:
        return ()
    keys = {f"name:{key.compact}"}
    if key.ideographic:
        if key.region:
            keys.add(f"name:{key.region}{key.core}")
        return _stored(keys)
    words = _telling(key)
    if len(words) > 1:
        keys.add("words:" + " ".join(sorted(words)))
    if _SHORTEST_INITIALS < len(key.initials) <= _LONGEST_INITIALS and len(words) > 1:
        keys.add(f"ini:{key.initials}")
    elif len(words) == 1 and _SHORTEST_INITIALS < len(words[0]) <= _LONGEST_INITIALS:
        keys.add(f"ini:{words[0]}")
    return _stored(keys)


def whole_name_keys(name: str) -> tuple[str, ...]:
    """The exact keys that only companies of just this name have, initials aside."""
    return tuple(key for key in name_keys(name_key(name)) if not key.startswith("ini:"))


def block_keys(profile: Profile) -> tuple[str, ...]:
    """The words and character pairs by which a company can be found, sorted."""
    keys: set[str] = set()
    for name in profile.names:
        keys.update(_blocks(name.key))
    return _stored(keys)


def query_blocks(name: str) -> tuple[str, ...]:
    """The block keys worth asking for: the telling ones, or all when the name has no telling word."""
    key = name_key(name)
    blocks = _blocks(key)
    everyday = [] if key.ideographic else itertools.pairwise(word if is_common(word) else "" for word in _telling(key))
    joined = {first + second for first, second in everyday if first and second}
    telling = {block for block in blocks - joined if not _is_common_block(block)}
    return _stored(telling or blocks)


def _is_common_block(block: str) -> bool:
    if has_ideographs(block):
        return all(part.trade or part.place for part in segment(block))
    return is_common(block)


def _blocks(key: NameKey) -> set[str]:
    if not key.core:
        return set()
    if key.ideographic:
        return _ideograph_blocks(key)
    words = _telling(key)
    blocks = set(words) | {word for word in key.tokens if word not in STOP_WORDS}
    blocks.update(first + second for first, second in itertools.pairwise(words))
    blocks.update(word[:_PREFIX] for word in words if len(word) > _PREFIX and not is_common(word))
    if key.initials and _SHORTEST_INITIALS < len(key.initials) <= _LONGEST_INITIALS:
        blocks.add(key.initials)
    return blocks


def _ideograph_blocks(key: NameKey) -> set[str]:
    """Character pairs that hold a character of the brand; where a name has no brand, its trade words and places."""
    core = key.core
    weights, _ = marks(core)
    brand = [weight == 1.0 for weight in weights]
    blocks = {core[at : at + 2] for at in range(max(len(core) - 1, 1)) if any(brand[at : at + 2])}
    if len(core) > 2 and brand[0]:
        blocks.add(core[0] + core[2])  # 申菱环境 is also written 申环
    if key.region:
        blocks.add(key.region[0] + core[0])
    for part in segment(core):
        if not part.trade and not part.place:
            syllables = pinyin(part.text)
            blocks.add("".join(syllables))
            blocks.add("".join(syllables[:2]))
    blocks.update(key.latin)
    return blocks or {part.text for part in segment(core)} | {key.region + core}


def search_key(profile: Profile) -> str:
    """The text to index by trigrams: every name once, separated by blanks; at most a few hundred characters."""
    parts: dict[str, None] = {}
    for name in profile.names:
        parts.setdefault(_searchable(name.key))
        if name.key.ideographic:
            reading = "".join(pinyin(name.key.core))
            parts.setdefault(reading)
    return " ".join(part for part in parts if part)


def query_key(name: str) -> str:
    """What to look for in `search_key` for a name as somebody typed it."""
    return _searchable(name_key(name))


def _searchable(key: NameKey) -> str:
    if key.ideographic:
        text = key.region + key.core
        return " ".join(text[position : position + 2] for position in range(max(len(text) - 1, 1)))
    return " ".join(_telling(key)) or key.core


def trigrams(text: str) -> frozenset[str]:
    """The trigrams of a text as PostgreSQL's pg_trgm makes them (two blanks before each word, one behind)."""
    found: set[str] = set()
    for word in text.split():
        padded = f"  {word} "
        found.update(padded[position : position + 3] for position in range(len(padded) - 2))
    return frozenset(found)


def rarity_table(names: Iterable[NameKey]) -> dict[str, float]:
    """The weight of each word from how many names hold it: 1 for a word seen once, falling with the logarithm of its
    count.

    Worth counting from some thousand names on; a word that is not in the table weighs 1.
    """
    counts: Counter[str] = Counter()
    total = 0
    for key in names:
        counts.update(set(key.words))
        total += 1
    if total < 2:  # nothing to count
        return {}
    scale = math.log(total)
    return {word: round(max(0.05, 1.0 - math.log(count) / scale), 4) for word, count in counts.items()}
