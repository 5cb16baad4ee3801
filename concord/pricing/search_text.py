"""What the catalogue's search compares: one text per product, and the patterns made of what somebody types.

Pure functions, used alike by the action, the importer and the search itself, so that the three never disagree.

* Part numbers stand in the text as written and squeezed (without dashes, blanks, dots), so both are found.
* Every Chinese, Japanese or Korean character stands between blanks: the trigram index then finds two characters as well
  as ten, which it cannot inside a longer word.
* The text begins and ends with a blank, so that short words can be searched from their beginning.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

MAX_WORDS = 8
#: below this length a Latin word is searched from its beginning only: shorter ones have no trigram inside a word
SHORT = 3
BACKSLASH = "\\"

_BLANKS = re.compile(r"\s+")
_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")
_CJK = "[\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]"
_IDEOGRAPH = re.compile(_CJK)
_PIECES = re.compile(f"({_CJK}+)")


class ProductKeys(NamedTuple):
    """What is stored beside a product for finding it."""

    search_key: str
    sku_key: str
    part_key: str


def fold(text: str) -> str:
    """Width, case and blanks evened out."""
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def squeeze(text: str) -> str:
    """A part number as compared: letters and digits alone. ``"C-430 881"`` and ``"c430881"`` are the same."""
    return _NOT_ALPHANUMERIC.sub("", fold(text))


def search_key(*, sku: str, manufacturer_part_number: str, manufacturer: str, name: str, name_zh: str) -> str:
    """The text of one product that the trigram index holds."""
    words: dict[str, None] = {}
    for code in (sku, manufacturer_part_number):
        words[fold(code)] = None
        words[squeeze(code)] = None
    for text in (name, name_zh, manufacturer):
        words[fold(text)] = None
    return f" {_BLANKS.sub(' ', _apart(' '.join(filter(None, words)))).strip()} "


def product_keys(*, sku: str, manufacturer_part_number: str, manufacturer: str, name: str, name_zh: str) -> ProductKeys:
    """The three columns that finding a product rests on; whoever writes a product writes them with it."""
    return ProductKeys(
        search_key=search_key(
            sku=sku,
            manufacturer_part_number=manufacturer_part_number,
            manufacturer=manufacturer,
            name=name,
            name_zh=name_zh,
        ),
        sku_key=squeeze(sku)[:64],
        part_key=squeeze(manufacturer_part_number)[:120],
    )


def fragments(text: str) -> list[list[str]]:
    """What is looked for: a product is found when of every inner list one fragment stands in its search text."""
    return [_word_fragments(word) for word in _words(text)]


def whole_number(text: str) -> str | None:
    """Everything typed as one part number, blanks ignored; ``None`` when there is no point in it."""
    squeezed = squeeze(text)
    if " " not in fold(text) or len(squeezed) < SHORT or _IDEOGRAPH.search(squeezed):
        return None
    return squeezed


def like(fragment: str) -> str:
    """The ``LIKE`` pattern of a fragment standing anywhere."""
    return f"%{fragment.replace(BACKSLASH, BACKSLASH * 2).replace('%', BACKSLASH + '%').replace('_', BACKSLASH + '_')}%"


def has_ideographs(text: str) -> bool:
    """Whether Chinese, Japanese or Korean characters stand in it."""
    return bool(_IDEOGRAPH.search(text))


def needle(text: str) -> str:
    """What is typed, as the similarity search compares it."""
    return _BLANKS.sub(" ", _apart(fold(text))).strip()


def _words(text: str) -> list[str]:
    found: list[str] = []
    for word in fold(text).split(" "):
        # Ideographs in a row are one phrase; what stands beside them is a word of its own.
        for piece in _PIECES.split(word):
            if piece and piece not in found and (_IDEOGRAPH.match(piece) or squeeze(piece)):
                found.append(piece)
    return found[:MAX_WORDS]


def _word_fragments(word: str) -> list[str]:
    if _IDEOGRAPH.match(word):
        return [f" {_BLANKS.sub(' ', _apart(word)).strip()} "]
    return list(dict.fromkeys(form if len(form) >= SHORT else f" {form}" for form in (word, squeeze(word)) if form))


def _apart(text: str) -> str:
    return _IDEOGRAPH.sub(r" \g<0> ", text)
