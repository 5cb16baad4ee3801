"""Unicode folding, scripts and romanisation: the lowest floor of the matcher.

Everything here is a pure function of its argument. The converter tables (OpenCC, pinyin) are loaded once per process,
on first use, because most processes never compare a name.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from functools import cache, lru_cache
from typing import Final, Literal, Protocol, cast

from anyascii import anyascii

Script = Literal["latin", "han", "kana", "hangul", "cyrillic", "other", "none"]

MAX_NAME_LENGTH: Final = 250
"""Longer names are cut before anything is done with them: no register knows longer ones, and cost stays bounded."""

_SEVERAL_READINGS: Final = 4
_MOST_READINGS: Final = 24

HAN: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3005\u3007"
KANA: Final = "\u3041-\u3096\u30a1-\u30fa\u30fc"
HANGUL: Final = "\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e"

_HAN_RE: Final = re.compile(f"[{HAN}]")
_KANA_RE: Final = re.compile(f"[{KANA}]")
_HANGUL_RE: Final = re.compile(f"[{HANGUL}]")
_CYRILLIC_RE: Final = re.compile("[\u0400-\u052f]")
_CJK_SPLIT_RE: Final = re.compile(f"([{HAN}{KANA}]+)")
_CONTROL_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SPACES_RE: Final = re.compile(r"\s+")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _traditional_to_simplified() -> _Converter:
    from opencc import OpenCC  # the tables cost memory and are needed for Chinese names alone

    return cast("_Converter", OpenCC("t2s"))


def vocabulary(words: str) -> tuple[str, ...]:
    """The words of a table written as one text, with blanks and line ends between them."""
    return tuple(words.split())


def clean(text: str) -> str:
    """The text in NFKC with control and format characters dropped and blanks collapsed; case and script are kept.

    NFKC folds full-width letters and brackets, ligatures and circled forms. It is applied again after the clean-up,
    since removing a joiner can leave a composable pair; so `clean` is idempotent.
    """
    text = unicodedata.normalize("NFKC", text[: MAX_NAME_LENGTH * 4])
    if not text.isascii() or not text.isprintable():
        text = "".join(
            " " if character.isspace() else character
            for character in text
            if character.isspace() or unicodedata.category(character) not in _CONTROL_CATEGORIES
        )
        text = unicodedata.normalize("NFKC", text)
    return _SPACES_RE.sub(" ", text).strip()[:MAX_NAME_LENGTH].strip()


def simplify(text: str) -> str:
    """Traditional Chinese characters replaced by simplified ones; any other text is returned as it is."""
    if _HAN_RE.search(text) is None:
        return text
    return _traditional_to_simplified().convert(text)


def script_of(text: str) -> Script:
    """The script that decides how a name is compared: kana before han (Japanese), then hangul, han, Cyrillic, Latin."""
    if not text.isascii():
        if _KANA_RE.search(text):
            return "kana"
        if _HANGUL_RE.search(text):
            return "hangul"
        if _HAN_RE.search(text):
            return "han"
        if _CYRILLIC_RE.search(text):
            return "cyrillic"
    letters = [character for character in text if character.isalnum()]
    if not letters:
        return "none"
    if all(
        anyascii(character).isascii() and unicodedata.name(character, "").startswith(("LATIN", "DIGIT"))
        for character in letters[:40]
    ):
        return "latin"
    return "other"


def has_ideographs(text: str) -> bool:
    """True when the text holds Chinese characters (or kana, which are cut the same way)."""
    return not text.isascii() and bool(_HAN_RE.search(text) or _KANA_RE.search(text))


def split_ideographs(text: str) -> list[str]:
    """The text cut into runs of ideographs and runs of everything else, in order, empty runs dropped."""
    return [run for run in _CJK_SPLIT_RE.split(text) if run]


@lru_cache(maxsize=65_536)
def romanise(text: str) -> str:
    """Any script but Chinese in lower-case ASCII: `Müller` → `muller`, `Газпром` → `gazprom`."""
    if text.isascii():
        return text.casefold()
    return anyascii(text).casefold()


@lru_cache(maxsize=65_536)
def pinyin(text: str) -> tuple[str, ...]:
    """The syllables of Chinese text in lower-case ASCII without tones; runs in other scripts stay one syllable.

    Heteronyms are read by the phrase (重庆 → chong qing); rare surnames can still come out wrong.
    """
    if text.isascii():
        return (text.casefold(),) if text else ()
    from pypinyin import lazy_pinyin  # loads large tables, needed for Chinese names alone

    syllables = (romanise(syllable).replace("u:", "v").strip() for syllable in lazy_pinyin(text))
    return tuple(syllable for syllable in syllables if syllable)


@lru_cache(maxsize=16_384)
def spelled_readings(text: str) -> frozenset[str]:
    """Every way to write the sound of short Chinese text in Latin letters without blanks, `pinyin` first among them.

    Characters that are read in several ways count with each, and ü as `v` and `u` (`绿` → `lv`, `lu`).
    """
    usual = "".join(pinyin(text))
    written = {usual}
    if not text.isascii() and len(text) <= _SEVERAL_READINGS:
        from pypinyin import Style
        from pypinyin import pinyin as all_readings

        syllables = (
            {romanise(one).replace("u:", "v") for one in ones}
            for ones in all_readings(text, style=Style.NORMAL, heteronym=True)
        )
        written |= {"".join(chosen) for chosen in itertools.islice(itertools.product(*syllables), _MOST_READINGS)}
    return frozenset(written | {one.replace("v", "u") for one in written})
