"""How the library compares words: width and case evened out, every Chinese, Japanese or Korean character by itself.

A trigram index finds nothing inside a word shorter than three characters; characters that stand alone are found by two
as well as by ten. The database makes the same text out of a document (``Collateral.search_key``).
"""

from __future__ import annotations

import re
import unicodedata

MAX_WORDS = 8
IDEOGRAPHS = "([\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])"
#: PostgreSQL's expression for the same; the texts are joined by the caller
SEARCH_KEY_SQL = f"regexp_replace(lower(normalize(%(expressions)s, NFKC)), '{IDEOGRAPHS}', ' \\1 ', 'g')"

_IDEOGRAPH = re.compile(IDEOGRAPHS)


def words_of(text: str) -> list[str]:
    """The words that somebody typed, at most eight, as ``search_key`` holds them."""
    folded = unicodedata.normalize("NFKC", text.replace("\x00", " ")).lower()
    return [_IDEOGRAPH.sub(r" \1 ", word) for word in folded.split()[:MAX_WORDS]]


def plain(text: str) -> str:
    """A typed text as it is compared with plain text: width, case and blanks evened out."""
    return " ".join(unicodedata.normalize("NFKC", text.replace("\x00", " ")).lower().split())
