"""Products as people paste them: one line each, part number and quantity."""

from __future__ import annotations

import re
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from concord.deals.actions.drafts import WantedLine
from concord.deals.queries.programme import programme_terms
from concord.portal.ui.forms import PastedListWidget
from concord.pricing.queries.named_products import products_named

_SEPARATED: Final = re.compile(r"\t|;|,(?=\s*[\d\s]*$)|\s+(?=\d+\s*$)")
_NUMBER: Final = re.compile(r"^\d{1,12}$")


def line_message(number: int, message: str) -> str:
    """A sentence about one line, as the reader counts them."""
    return _("Line %(line)d: %(message)s") % {"line": number, "message": message}


def read_lines(text: str) -> tuple[list[WantedLine], list[str]]:
    """Lines and what is wrong with them. A missing quantity means one; part numbers become SKUs where only one fits."""
    typed = [line.strip() for line in text.splitlines() if line.strip()]
    most = programme_terms().most_lines
    if len(typed) > most:
        return [], [_("At most %(most)d lines fit into one registration.") % {"most": most}]
    split = [_split(line) for line in typed]
    named = products_named({number for number, _quantity in split})
    lines: list[WantedLine] = []
    errors: list[str] = []
    for place, (number, quantity) in enumerate(split, start=1):
        meaning = named[number]
        if not _NUMBER.match(quantity):
            message = _("“%(text)s” is not a whole number of pieces.") % {"text": quantity[:40]}
            errors.append(line_message(place, message))
        elif meaning.candidates:
            several = pgettext("between names in a list", ", ").join(meaning.skus)
            message = _("“%(text)s” fits several products: %(several)s.") % {"text": number[:64], "several": several}
            errors.append(line_message(place, message))
        else:
            # What nobody knows is kept as typed: the action says so at its line.
            lines.append(WantedLine(meaning.sku or number, int(quantity)))
    return lines, errors


def _split(line: str) -> tuple[str, str]:
    parts = [part.strip() for part in _SEPARATED.split(line, maxsplit=1)]
    number = parts[0]
    quantity = parts[1].replace("\N{NO-BREAK SPACE}", "").replace(" ", "") if len(parts) > 1 else "1"
    return number, quantity or "1"


def written_lines(lines: list[WantedLine]) -> str:
    """The same, as one would paste it."""
    return "\n".join(f"{line.sku}\t{line.quantity}" for line in lines)


class LinesField(forms.CharField):
    """Pasted lines. Its value is a list of ``WantedLine``."""

    widget = PastedListWidget

    def clean(self, value: Any) -> Any:
        """Read every line; name each that cannot be read."""
        lines, errors = read_lines(super().clean(value))
        if errors:
            raise ValidationError(errors)
        return lines
