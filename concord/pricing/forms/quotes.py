"""The form of a quote: who, until when, and lines as they are pasted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.portal.refusals import InvalidInput
from concord.portal.ui.forms import DateWidget, IdempotencyKeyField, PastedListWidget
from concord.pricing.queries.named_products import products_named
from concord.pricing.queries.quote_pricing import QuoteLineInput

MAX_LINES = 500
_GROUPED = re.compile(r"^\d{1,3}([,\u00a0 '\u2019]\d{3})+$")


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One pasted line: its number in the text (from 1), and what stands in its columns."""

    row: int
    number: str
    quantity: str
    price: str


def split_lines(text: str) -> list[PastedLine]:
    """Lines of a spreadsheet: product, quantity, and if wanted a unit price. Empty lines do not count."""
    found = []
    for row, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip("\ufeff\r\n ")
        if not line.strip():
            continue
        cells = [cell.strip() for cell in re.split(r"\t|;", line)]
        if len(cells) == 1:
            cells = [cell.strip() for cell in re.split(r"\s{2,}|\s+(?=[\d.,'\-]+$)", line, maxsplit=1)]
        cells += ["", ""]
        found.append(PastedLine(row, cells[0], cells[1] or "1", cells[2]))
    return found


def text_of_lines(lines: Sequence[QuoteLineInput]) -> str:
    """Lines as the form shows them again."""
    rows = []
    for line in lines:
        wanted = "" if line.requested_unit_price is None else f"\t{line.requested_unit_price.normalize():f}"
        rows.append(f"{line.sku}\t{line.quantity}{wanted}")
    return "\n".join(rows)


def whole_number(text: str) -> int | None:
    """A quantity as people write it: ``12``, ``1,200``, ``1 200``; ``None`` when it is none."""
    plain = re.sub(r"[,\u00a0 '\u2019]", "", text) if _GROUPED.match(text) else text
    return int(plain) if re.fullmatch(r"[+-]?[0-9]{1,15}", plain) else None


class QuoteForm(forms.Form):
    """A quote as its seller types it. ``lines`` cleans to the lines that the action takes."""

    customer_name = forms.CharField(label=_("Customer, as it stands on the quote"), max_length=250)
    customer_address = forms.CharField(
        label=_("Customer's address"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    contact_email = forms.EmailField(
        label=_("Contact's e-mail address"),
        required=False,
        help_text=_("On the check page the customer sees the lines after a code that goes to this address."),
    )
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    valid_until = forms.DateField(
        label=_("Valid until"), widget=DateWidget, help_text=_("The whole day counts, in your company's time zone.")
    )
    language = forms.ChoiceField(label=_("Language of the document"), choices=settings.LANGUAGES)
    is_bilingual = forms.BooleanField(label=_("In the other language, too"), required=False)
    lines = forms.CharField(
        label=_("Products and quantities"),
        max_length=200_000,
        strip=False,  # empty lines at the top count, so that an error names the line that people see
        widget=PastedListWidget,
        help_text=_(
            "Product and quantity, one line each, as copied from a spreadsheet. A third column asks for a price."
        ),
    )
    note = forms.CharField(
        label=_("Note on the quote"), max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, is_draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows: list[int] = []
        if is_draft:
            # The customer's currency was chosen when the draft was begun.
            self.fields["currency"].disabled = True

    def clean_currency(self) -> str:
        """Capital letters."""
        return str(self.cleaned_data["currency"]).upper()

    def clean_lines(self) -> list[QuoteLineInput]:
        """Each line's product, quantity and wanted price; every wrong line is named by its number."""
        pasted = split_lines(self.cleaned_data["lines"])
        if not pasted:
            raise forms.ValidationError(_("A quote needs at least one line."))
        if len(pasted) > MAX_LINES:
            raise forms.ValidationError(_("A quote has at most %(count)s lines."), params={"count": MAX_LINES})
        named = products_named({line.number for line in pasted})
        problems: list[str] = []
        lines: list[QuoteLineInput] = []
        for line in pasted:
            quantity = whole_number(line.quantity)
            if quantity is None:
                problems.append(
                    gettext("Line %(row)s: “%(text)s” is not a whole quantity.")
                    % {"row": line.row, "text": line.quantity[:40]}
                )
                continue
            wanted = None
            if line.price:
                wanted = _price(line.price)
                if wanted is None:
                    problems.append(
                        gettext("Line %(row)s: “%(text)s” is not a price.") % {"row": line.row, "text": line.price[:40]}
                    )
                    continue
            meaning = named[line.number]
            if meaning.candidates:
                problems.append(
                    gettext("Line %(row)s: “%(text)s” could be %(candidates)s.")
                    % {"row": line.row, "text": line.number[:40], "candidates": ", ".join(meaning.skus[:4])}
                )
                continue
            lines.append(QuoteLineInput(meaning.sku or line.number[:64], quantity, wanted))
            self.rows.append(line.row)
        if problems:
            raise forms.ValidationError(problems)
        return lines

    def take_refusal(self, refusal: InvalidInput) -> None:
        """Put what the rules refused beside the fields that it is about."""
        for error in refusal.errors:
            parts = error.pointer.strip("/").split("/")
            message = str(error.message)
            if parts[0] == "lines" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(self.rows):
                message = gettext("Line %(row)s: %(message)s") % {"row": self.rows[int(parts[1])], "message": message}
            self.add_error(parts[0] if parts[0] in self.fields else None, message)


def _price(text: str) -> Decimal | None:
    plain = text.replace("\u00a0", "").replace(" ", "").replace("'", "")
    if "," in plain and "." in plain:
        plain = plain.replace(",", "") if plain.rindex(".") > plain.rindex(",") else plain.replace(".", "")
    try:
        price = Decimal(plain.replace(",", "."))
    except InvalidOperation:
        return None
    return price if price.is_finite() else None


class QuoteFilterForm(forms.Form):
    """Filters of the list; they live in the address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    status = forms.ChoiceField(label=_("Status"), required=False)
    customer = forms.CharField(label=_("Customer"), required=False, max_length=100)
    ends_from = forms.DateField(label=_("Valid until, from"), required=False, widget=DateWidget)
    ends_to = forms.DateField(label=_("Valid until, to"), required=False, widget=DateWidget)

    def __init__(self, *args: Any, statuses: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("All")), *statuses]  # type: ignore[attr-defined]


class SpecialPriceForm(forms.Form):
    """A request for a special price."""

    unit_price = forms.DecimalField(label=_("Wanted unit price"), min_value=Decimal("0.000001"), max_digits=18)
    quantity = forms.IntegerField(label=_("Quantity"), min_value=1, max_value=10**9)
    quantity_cap = forms.IntegerField(
        label=_("At most, in all"),
        min_value=1,
        max_value=10**9,
        required=False,
        help_text=_("Empty: as many as the customer orders until that day."),
    )
    valid_until = forms.DateField(label=_("Needed until"), widget=DateWidget)
    competitor = forms.CharField(label=_("Competitor"), required=False, max_length=120)
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    idempotency_key = IdempotencyKeyField()

    def take_refusal(self, refusal: InvalidInput) -> None:
        """Put what the rules refused beside the fields that it is about."""
        for error in refusal.errors:
            name = error.pointer.strip("/").split("/")[0]
            self.add_error(name if name in self.fields else None, str(error.message))


def last_day(today: date) -> date:
    """The day that a new quote is valid until, unless somebody says otherwise: thirty days on."""
    return date.fromordinal(today.toordinal() + 30)
