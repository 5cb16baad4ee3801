"""The registration as a form: the customer as the seller knows it, what is wanted, and when."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.drafts import POINTERS, TEXTS, Registration, WantedLine
from concord.deals.enums import RegistrationType, ReviewStatus
from concord.deals.forms.lines import LinesField, line_message, written_lines
from concord.deals.models import Deal
from concord.deals.queries.registrations import currencies_on_offer, lines_of
from concord.portal.countries import country_choices
from concord.portal.refusals import InvalidInput, Refusal
from concord.portal.ui.forms import DateWidget, IdempotencyKeyField

_FIELD_OF_POINTER = {pointer: name for name, pointer in POINTERS.items()}


class RegistrationForm(forms.Form):
    """Everything may be saved as a draft once the customer has a name and a country."""

    idempotency_key = IdempotencyKeyField()
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    customer_name = forms.CharField(
        label=_("Customer's name"),
        max_length=TEXTS["customer_name"],
        help_text=_("The legal name, as on the customer's letterhead."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    customer_country = forms.ChoiceField(label=_("Country"))
    customer_city = forms.CharField(label=_("City"), required=False, max_length=TEXTS["customer_city"])
    customer_registration_number = forms.CharField(
        label=_("Registration or tax number"), required=False, max_length=TEXTS["customer_registration_number"]
    )
    customer_website = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=TEXTS["customer_website"],
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    contact_name = forms.CharField(label=_("Contact"), required=False, max_length=TEXTS["contact_name"])
    contact_role = forms.CharField(label=_("Role in the decision"), required=False, max_length=TEXTS["contact_role"])
    contact_email = forms.EmailField(label=_("E-mail address"), required=False, max_length=TEXTS["contact_email"])
    title = forms.CharField(
        label=_("Title of the deal"),
        required=False,
        max_length=TEXTS["title"],
        help_text=_("How you call it; left empty, the customer's name."),
    )
    type = forms.ChoiceField(label=_("Type of registration"), choices=RegistrationType.choices)
    currency = forms.ChoiceField(label=_("Currency"))
    expected_close_on = forms.DateField(label=_("Expected close"), required=False, widget=DateWidget())
    competitor = forms.CharField(label=_("Competitor"), required=False, max_length=TEXTS["competitor"])
    tender_reference = forms.CharField(
        label=_("Reference of the public tender"),
        required=False,
        max_length=TEXTS["tender_reference"],
        help_text=_("Only for a public tender, with the day on which it closes."),
    )
    tender_closes_on = forms.DateField(label=_("Tender closes"), required=False, widget=DateWidget())
    description = forms.CharField(
        label=_("What it is about"),
        required=False,
        max_length=TEXTS["description"],
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    lines = LinesField(label=_("Products and quantities"), required=False)

    def __init__(
        self, *args: Any, deal: Deal | None = None, country: str = "", currency: str = "", **kwargs: Any
    ) -> None:
        if deal is not None:
            kwargs["initial"] = {**as_typed(deal), **(kwargs.get("initial") or {})}
        else:
            kwargs["initial"] = {
                "customer_country": country,
                "currency": currency,
                **(kwargs.get("initial") or {}),
            }
        super().__init__(*args, **kwargs)
        chosen = deal.currency if deal else currency
        self._choices("customer_country", country_choices())
        self._choices("currency", [(code, code) for code in sorted({*currencies_on_offer(), chosen} - {""})])
        if deal is not None:
            self.fields["currency"].disabled = True
            if deal.review_status == ReviewStatus.RETURNED:
                self._open_only(deal.fields_to_complete)

    def registration(self) -> Registration:
        """What was typed, for the actions."""
        values = {name: self.cleaned_data[name] for name in (*TEXTS, "customer_country", "currency", "type")}
        days = {name: self.cleaned_data[name] for name in ("expected_close_on", "tender_closes_on")}
        return Registration(**values, **days, lines=self.cleaned_data["lines"] or ())

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _open_only(self, names: list[str]) -> None:
        """What the vendor did not ask for stays as it was submitted."""
        for name, field in self.fields.items():
            if name not in {*names, "idempotency_key", "version"}:
                field.disabled = True


def as_typed(deal: Deal) -> dict[str, Any]:
    """A stored registration, as the form shows it."""
    values = {name: getattr(deal, name) for name in (*TEXTS, "customer_country", "currency", "type")}
    lines = written_lines([WantedLine(line.product.sku, line.quantity) for line in lines_of(deal)])
    return {
        **values,
        "expected_close_on": deal.expected_close_on,
        "tender_closes_on": deal.tender_closes_on,
        "lines": lines,
    }


def refuse_registration(form: RegistrationForm, refusal: Refusal) -> None:
    """Say a refusal at the field it points at, lines by their number, the rest above the form."""
    if not isinstance(refusal, InvalidInput):
        form.add_error(None, str(refusal.message))
        return
    for error in refusal.errors:
        parts = error.pointer.strip("/").split("/")
        if parts[0] == "lines" and len(parts) > 1:
            form.add_error("lines", line_message(int(parts[1]) + 1, str(error.message)))
            continue
        name = _FIELD_OF_POINTER.get(error.pointer, parts[0])
        form.add_error(name if name in form.fields else None, str(error.message))
