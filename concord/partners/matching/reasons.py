"""Why two companies were taken for the same or not: codes with parameters, and the sentences people read.

The only module of the matcher that knows Django, and only its translations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: a code of `MESSAGES`, its parameters, and its weight.

    The weight is in log-odds: above 0 it speaks for one company, below for two; +0.7 doubles the odds, +2.2 makes them
    nine times as high.
    """

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    weight: float = 0.0

    def as_dict(self) -> dict[str, object]:
        """A form that can be stored as JSON (history, API)."""
        return {"code": self.code, "params": dict(self.params), "weight": self.weight}


MESSAGES: Final[dict[str, Promise]] = {
    "registration_equal": _("The registration numbers are equal (%(number)s)."),
    "registration_differs": _("The registration numbers differ."),
    "domain_equal": _("The web domain is the same (%(domain)s)."),
    "domain_differs": _("The web domains differ (%(left)s, %(right)s)."),
    "country_equal": _("The country is the same (%(country)s)."),
    "country_differs": _("The countries differ (%(left)s, %(right)s)."),
    "city_equal": _("The city is the same (%(city)s)."),
    "city_differs": _("The cities differ (%(left)s, %(right)s)."),
    "name_equal": _("The names agree once legal form and spelling are set aside (“%(name)s”)."),
    "words_equal": _("All words of the names agree (%(words)s)."),
    "words_shared": _("The names share words (%(words)s)."),
    "name_joined": _("A word is written together in one name and apart in the other."),
    "name_spelling": _("A word is spelled differently."),
    "name_abbreviated": _("A word is abbreviated."),
    "name_initials": _("One name has the initials of the other."),
    "name_typo": _("A word differs by a letter or two, as in a typing error."),
    "word_translated": _("A word stands in another language."),
    "form_cut": _("The legal form is cut off or glued to the name in one of them."),
    "name_alike": _("The names are only loosely alike."),
    "names_unrelated": _("The names have hardly anything in common."),
    "only_left": _("Only the first name has: %(words)s."),
    "only_right": _("Only the second name has: %(words)s."),
    "numbers_differ": _("The names carry different numbers."),
    "generic_name": _("The name consists of everyday words and identifies nobody."),
    "legal_form_differs": _("The legal forms exclude each other."),
    "short_form": _("“%(short)s” is a short form of “%(long)s”."),
    "characters_shared": _("“%(short)s” and “%(long)s” share characters, not all."),
    "region_equal": _("The region is the same (%(region)s)."),
    "region_differs": _("The regions differ (%(left)s, %(right)s)."),
    "region_missing": _("Only one name states the region (%(region)s)."),
    "qualifier_differs": _("The names differ in what stands in brackets (%(words)s)."),
    "reading_alike": _("The Chinese name reads like the Latin one (%(reading)s)."),
    "reading_differs": _("The Chinese name reads differently (%(reading)s)."),
    "trade_words_agree": _("The trade words agree in translation."),
    "former_name": _("A former name agrees."),
    "several_fit": _("The shortened name fits other customers as well."),
    "same_group": _("Both belong to one group and are companies of their own."),
}


def message(reason: Reason) -> str:
    """The sentence for a reason in the active language."""
    return str(MESSAGES[reason.code]) % dict(reason.params)
