"""The words of a quote's document, in one language or in both, one below the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ENGLISH, CHINESE = "en", "zh-hans"
#: how HTML names them, for readers that speak aloud
NAMES = {ENGLISH: "en", CHINESE: "zh-Hans"}


@dataclass(frozen=True, slots=True)
class Word:
    """A text in the quote's language, and in the other one where the quote is in both."""

    first: str
    second: str = ""


#: single words and headings
LABELS: Mapping[str, str | Promise] = {
    "quote": _("Quote"),
    "for": _("For"),
    "offered_by": _("Offered by"),
    "manufacturer": _("Manufacturer"),
    "issued": _("Issued"),
    "valid_until": _("Valid until"),
    "currency": _("Currency"),
    "total": _("Total"),
    "number": _("No."),
    "product": _("Product"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "amount": _("Amount"),
    "recommended": _("recommended"),
    "total_net": _("Total, without taxes"),
    "is_genuine": _("Is this quote genuine and in force?"),
    "scan": _(
        "Scan the code or enter it at the address below. You will see whether it was replaced, withdrawn or has run"
        " out."
    ),
    "signed": _("The file is signed electronically: a copy that was changed or saved again is told apart there."),
    "fingerprint": _("Fingerprint (SHA-256)"),
    "terms": _("Terms"),
}

#: sentences with facts in them
SENTENCES: Mapping[str, str | Promise] = {
    "title": _("Quote %(number)s"),
    "revision": _("Revision %(revision)s"),
    "customer_prices": _(
        "Unit prices are customer prices: %(vendor)s stands behind them for %(customer)s, the same through every"
        " partner, through the whole of %(until)s."
    ),
    "recommended_prices": _(
        "Prices marked “recommended” are recommendations of %(vendor)s; %(partner)s is free to agree on others."
    ),
    "qr": _("QR code: check this quote at %(address)s"),
    "carried": _("Carried forward: %(amount)s"),
    "brought": _("Brought forward: %(amount)s"),
}


def other_language(language: str) -> str:
    """The portal speaks two languages; a quote in both has the other one below."""
    return CHINESE if language == ENGLISH else ENGLISH


def words(language: str, *, is_bilingual: bool) -> dict[str, Word]:
    """All labels."""
    return {name: said(language, partial(str, text), is_bilingual) for name, text in LABELS.items()}


def sentence(language: str, name: str, facts: Callable[[str], Mapping[str, Any]], *, is_bilingual: bool) -> Word:
    """A sentence with its facts, which may differ by language, as dates do."""
    text = SENTENCES[name]
    return said(language, lambda: str(text) % facts(translation.get_language() or ENGLISH), is_bilingual)


def said(language: str, say: Callable[[], str], is_bilingual: bool) -> Word:
    """What ``say`` says in the languages of the quote."""
    with translation.override(language):
        first = say()
    if not is_bilingual:
        return Word(first)
    with translation.override(other_language(language)):
        return Word(first, say())
