"""Countries by ISO 3166-1 code: which there are, and what readers call them. From Unicode CLDR."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language, to_locale

#: codes of CLDR that are no countries of ISO 3166-1: groupings, reservations, tests
_NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """All codes, two capital letters each."""
    territories = Locale("en").territories
    codes = {str(code) for code in territories}
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - _NO_COUNTRIES


def is_country(code: str) -> bool:
    """Whether there is such a country."""
    return code in country_codes()


@lru_cache(maxsize=8)
def _names(language: str) -> dict[str, str]:
    return dict(Locale.parse(to_locale(language)).territories)


def country_name(code: str) -> str:
    """The country in the reader's language, or the code itself."""
    return _names(get_language() or "en").get(code, code)


def country_choices() -> list[tuple[str, str]]:
    """All countries for a form, sorted by name in the reader's language."""
    return sorted(((code, country_name(code)) for code in country_codes()), key=lambda choice: choice[1])


def main_time_zone(code: str) -> str:
    """The time zone of most of a country, for a default; ``UTC`` when there is none."""
    zones: list[str] = get_global("territory_zones").get(code, [])
    return zones[0] if zones else "UTC"


@lru_cache(maxsize=1_024)
def country_of(text: str, *, is_forgiving: bool = True) -> str:
    """The code of a country by code or English name; empty when it is not clear. A slip is forgiven (``Philipines``),
    unless ``is_forgiving`` says otherwise."""
    if is_country(text.strip().upper()):
        return text.strip().upper()
    names = _codes_by_name()
    close = get_close_matches(_folded(text), names, n=1, cutoff=0.85 if is_forgiving else 1.0)
    return names[close[0]] if close else ""


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    names = {_folded(name): code for code, name in _names("en").items() if code in country_codes()}
    return names | {"korea": "KR", "south korea": "KR", "united states": "US", "usa": "US", "uk": "GB"}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
