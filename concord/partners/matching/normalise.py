"""From a name as somebody typed it to the key that is compared: `name_key`.

A name is cut into what identifies a company (its *core*), its legal form, the region a Chinese name starts with, and
qualifiers (what stood in brackets). Nothing is thrown away that could tell two companies apart: the
score decides what each part is worth.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from concord.partners.matching.glossary import segment
from concord.partners.matching.identifiers import normalise_domain, normalise_registration_number
from concord.partners.matching.legal_forms import (
    HANGUL_ENDINGS,
    IDEOGRAPH_ENDINGS,
    LATIN_INDEX,
    LONGEST_LATIN,
    strip_latin_forms,
)
from concord.partners.matching.places import bare_region, is_region, leading_region, normalise_country
from concord.partners.matching.text import (
    Script,
    clean,
    has_ideographs,
    pinyin,
    romanise,
    script_of,
    simplify,
    split_ideographs,
)
from concord.partners.matching.words import STOP_WORDS, canonical_word, canonical_words, default_weight

__all__ = [
    "NameKey",
    "name_key",
    "normalise_country",
    "normalise_domain",
    "normalise_registration_number",
]


SORT_KEY_LENGTH: Final = 250
"""Romanised text is longer than what it renders; a sort key needs no more."""


@dataclass(frozen=True, slots=True)
class NameKey:
    """A name made comparable.

    `display` is the name as it may be shown (clean, but in its own spelling); `core` the folded name without legal
    form, region and qualifiers; `tokens` its words as written, `words` the same in long singular form; `legal_form` a
    code of `legal_forms` or ''; `region` a Chinese place or ''; `compact` the words without articles and blanks;
    `sort_key` sorts by pinyin or Latin letters in any collation; `address` what followed the legal form behind a
    comma (a seat); `dotted` the words that were cut with a dot; `latin` the Latin words inside a Chinese name.
    """

    original: str
    display: str
    core: str
    tokens: tuple[str, ...]
    words: tuple[str, ...]
    legal_form: str
    region: str
    qualifiers: tuple[str, ...]
    script: Script
    sort_key: str
    compact: str
    initials: str
    address: tuple[str, ...]
    dotted: frozenset[str]
    latin: tuple[str, ...]

    @property
    def ideographic(self) -> bool:
        """True when the name is compared character by character (Chinese, Japanese)."""
        return self.script in {"han", "kana"}


_REFERENCE_RE: Final = re.compile(r"&#?\w{2,12};")
"""A character that a web form left as a reference: `C&#298;ON`, `Wax &amp; Sons`."""
_BRACKETS_RE: Final = re.compile(r"[(\[{【〔「『《〈]([^()\[\]{}【】〔〕「」『』《》〈〉]*)(?:[)\]}】〕」』》〉]|$)")
_REGISTRAR_TAG_RE: Final = re.compile(r"\s*[/\\]\s*(?:[a-z]{2,3}|new|old)?\s*[/\\]?\s*$")
_INITIALS_RE: Final = re.compile(
    r"(?<![a-z0-9])(?:[a-z0-9]\s*\.\s*)+[a-z0-9](?![a-z0-9])|(?<![a-z0-9])(?:[a-z0-9]\s*\.\s*){2,}"
)
_SLASHED_FORM_RE: Final = re.compile(r"(?<![a-z0-9])([a-z])\s*/\s*([a-z])(?![a-z0-9])")
_ELISION_RE: Final = re.compile(r"(?<![a-z])([ld])'(?=[a-z])")
_DOTTED_RE: Final = re.compile(r"([a-z]{2,})\.")
_NOT_WORD_RE: Final = re.compile(r"[^a-z0-9,]+")
_LISTING_PREFIX_RE: Final = re.compile(r"^\*?(?:s\*?st|st|pt|\*)(?=[\u4e00-\u9fff])")
_SHARE_CLASS_RE: Final = re.compile(r"(?<=[\u4e00-\u9fff])[ab]$")
_STRUCTURE_ZH: Final = frozenset({"集团", "控股", "股份", "总", "企业"})


def name_key(name: str) -> NameKey:
    """The comparable form of one name. Never fails: a name without a letter gives an empty core."""
    return _name_key(clean(name), name)


@lru_cache(maxsize=32_768)
def _name_key(display: str, original: str) -> NameKey:
    text = display
    if "&" in text:
        text = clean(_REFERENCE_RE.sub(lambda found: html.unescape(found.group()), text)) or text
    if has_ideographs(text):
        return _ideographic_key(text, display, original)
    return _latin_key(text, display, original)


def _latin_key(text: str, display: str, original: str) -> NameKey:
    script = script_of(text)
    legal_form = ""
    if script == "hangul":
        for spelling, form in HANGUL_ENDINGS:
            if spelling in text and text != spelling:
                text, legal_form = text.replace(spelling, " "), form.code
    folded = romanise(text)
    folded, bracketed = _take_brackets(folded)
    folded = _REGISTRAR_TAG_RE.sub("", folded) or folded
    folded = _ELISION_RE.sub(r"\1 ", folded.replace("`", "'").replace('"', " ")).replace("'", "")
    folded = _SLASHED_FORM_RE.sub(r"\1\2", folded)
    folded = folded.replace("&", " and ").replace("+", " and ")
    folded = _INITIALS_RE.sub(lambda found: re.sub(r"[\s.]", "", found.group()) + " ", folded)
    dotted = frozenset(_DOTTED_RE.findall(folded))
    segments = [tuple(part.split()) for part in _NOT_WORD_RE.sub(" ", folded).split(",")]
    tokens, tail = _cut_tail([part for part in segments if part])
    bare, form_code = strip_latin_forms(tokens)
    if len(bare) > 1 and bare[-1] == "com":  # `Moonlight.com, Inc.`
        bare = bare[:-1]
    bare = _join_letters(bare)
    words = canonical_words(bare)
    qualifiers = canonical_words(tuple(word for word in bracketed if word not in STOP_WORDS))
    return NameKey(
        original=original,
        display=display,
        core=" ".join(bare),
        tokens=bare,
        words=words,
        legal_form=form_code or legal_form,
        region="",
        qualifiers=qualifiers,
        script=script,
        sort_key=" ".join(bare)[:SORT_KEY_LENGTH],
        compact=_compact(words),
        initials="".join(word[0] for word in words if word not in STOP_WORDS),
        address=tail,
        dotted=frozenset(canonical_word(word) for word in dotted if (word,) not in LATIN_INDEX),
        latin=(),
    )


def _join_letters(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Neighbouring single letters as one word, as if written with dots: `grainger w w` → `grainger ww`."""
    joined: list[str] = []
    is_open = False
    for token in tokens:
        is_letter = len(token) == 1 and token.isalpha() and token not in STOP_WORDS
        if is_letter and is_open:
            joined[-1] += token
        else:
            joined.append(token)
        is_open = is_letter
    return tuple(joined)


def _compact(words: tuple[str, ...]) -> str:
    return "".join(word for word in words if word not in STOP_WORDS) or "".join(words)


def _take_brackets(text: str) -> tuple[str, tuple[str, ...]]:
    """The text without its brackets, and the words of those that only qualify it (`Alibaba (China)` → `alibaba`,
    `china`).

    Structural words and legal forms stay in the text: `Sun (Holdings) Ltd.` is `Sun Holdings Ltd.`.
    """
    if not any(bracket in text for bracket in "([{"):
        return text, ()
    qualifiers: list[str] = []

    def replace(found: re.Match[str]) -> str:
        inner = tuple(_NOT_WORD_RE.sub(" ", found.group(1).replace(".", "")).replace(",", " ").split())
        structural = all(
            default_weight(word) <= 0.2
            for word in canonical_words(inner)  # structural words weigh 0.2
        )
        if inner in LATIN_INDEX or structural:
            return f" {found.group(1)} "
        qualifiers.extend(inner)
        return " "

    rest = text
    for _ in range(3):
        rest, count = _BRACKETS_RE.subn(replace, rest)
        if not count:
            break
    if not any(character.isalnum() for character in rest):
        return text, ()
    return rest, tuple(qualifiers)


def _cut_tail(segments: list[tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words of the name, and those of an address after the legal form (`Nutricia N.V., Zoetermeer, NL`)."""
    tokens: tuple[str, ...] = ()
    for position, part in enumerate(segments):
        tokens += part
        if position + 1 == len(segments) or len(tokens) < 2:
            continue
        bare, form_code = strip_latin_forms(tokens)
        if form_code and bare != tokens:
            forms: tuple[str, ...] = ()
            tail: tuple[str, ...] = ()
            for rest in segments[position + 1 :]:
                if not tail and _is_form(rest):
                    forms += rest
                else:
                    tail += rest
            return tokens + forms, tail
    return tokens, ()


def _is_form(words: tuple[str, ...]) -> bool:
    while words:
        length = next((n for n in range(min(LONGEST_LATIN, len(words)), 0, -1) if words[:n] in LATIN_INDEX), 0)
        if not length:
            return False
        words = words[length:]
    return True


def _ideographic_key(text: str, display: str, original: str) -> NameKey:
    script = script_of(text)
    text = simplify(text).casefold()
    qualifiers: list[str] = []
    region = ""
    legal_form = ""
    for spelling, form in IDEOGRAPH_ENDINGS:
        if spelling.startswith("(") and spelling in text and text != spelling:
            text, legal_form = text.replace(spelling, ""), form.code

    def replace(found: re.Match[str]) -> str:
        nonlocal region
        inner = _letters(found.group(1))
        if inner in _STRUCTURE_ZH or any(inner == spelling for spelling, _ in IDEOGRAPH_ENDINGS):
            return inner
        if is_region(inner):
            region = bare_region(inner)
        elif inner:
            qualifiers.append(inner)
        return ""

    without = text
    for _ in range(3):
        without, count = _BRACKETS_RE.subn(replace, without)
        if not count:
            break
    if len(_letters(without)) < 2:  # the name itself stands in brackets
        without, qualifiers, region = text, [], ""
    body = _letters(_LISTING_PREFIX_RE.sub("", without.strip()))
    body, form_code = _strip_ideograph_forms(body)
    body = _SHARE_CLASS_RE.sub("", body) if len(body) > 2 else body
    leading, core = leading_region(body)
    if leading:
        qualifiers.extend([region] if region and region != leading else [])
        region = leading
    latin = tuple(word for run in split_ideographs(core) if not has_ideographs(run) for word in romanise(run).split())
    segments = tuple(part.text for part in segment(core))
    return NameKey(
        original=original,
        display=display,
        core=core,
        tokens=segments,
        words=segments,
        legal_form=form_code or legal_form,
        region=region,
        qualifiers=tuple(qualifiers),
        script=script,
        sort_key=" ".join(pinyin(body))[:SORT_KEY_LENGTH],
        compact=core,
        initials="".join(part[0] for part in segments),
        address=(),
        dotted=frozenset(),
        latin=latin,
    )


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum() or character == "々")


def _strip_ideograph_forms(body: str) -> tuple[str, str]:
    code = ""
    changed = True
    while changed:
        changed = False
        for spelling, form in IDEOGRAPH_ENDINGS:
            if len(body) - len(spelling) < 1:
                continue
            if body.endswith(spelling):
                body = body[: -len(spelling)]
            elif body.startswith(spelling) and form.code.startswith("jp_"):
                body = body[len(spelling) :]
            else:
                continue
            code = code or form.code
            changed = True
            break
    if body.endswith("股份") and len(body) > 3:  # what is left is longer than one character
        body = body[:-2]
    return body, code
