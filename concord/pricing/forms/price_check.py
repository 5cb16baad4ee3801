"""What a seller types to ask for prices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer, Partner
from concord.portal.actor import Actor
from concord.portal.periods import end_of_local_day
from concord.portal.ui.forms import DateWidget, LookupWidget, PastedListWidget
from concord.pricing.pasted import MAX_CHARACTERS, MAX_LINES, PastedLine, read_pasted
from concord.pricing.queries.price_lists import currencies_of_market

#: customers and partners offered for a choice
OFFERED = 300


class PriceCheckForm(forms.Form):
    """A pasted list, and for whom. ``list`` cleans to the lines, each with the ways in which it can be read."""

    list = forms.CharField(
        label=_("Part numbers and quantities"),
        widget=PastedListWidget({"placeholder": "C430881\t10"}),
        max_length=MAX_CHARACTERS,
        help_text=_("Paste from a spreadsheet or type; our part number or the maker's."),
    )
    customer = forms.ChoiceField(label=_("For which customer"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    partner = forms.ChoiceField(label=_("For which partner"), required=False)

    def __init__(self, *args: Any, actor: Actor, own: Partner | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        customers = EndCustomer.objects.visible_to(actor).alive().order_by("sort_key", "pk")[:OFFERED]
        self._choose(
            "customer", [("", _("Any customer: list prices")), *((str(c.uuid), _labelled(c)) for c in customers)]
        )
        market = own.country if own else ""
        currencies = currencies_of_market(market if actor.is_partner else None)
        default = own.currency if own and own.currency in currencies else (currencies or ["USD"])[0]
        self._choose("currency", [(code, code) for code in currencies or ["USD"]])
        self.fields["currency"].initial = default
        if actor.is_vendor:
            partners = Partner.objects.visible_to(actor).order_by("name")[:OFFERED]
            self._choose(
                "partner", [("", _("No partner: customer prices only")), *((p.code, p.name) for p in partners)]
            )
        else:
            del self.fields["partner"]

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_list(self) -> Any:
        """The lines; a list that is too long is refused whole, so that nobody misses what was cut off."""
        lines: Any = read_pasted(self.cleaned_data["list"])
        if not lines:
            raise forms.ValidationError(_("Write at least one part number."))
        if len(lines) > MAX_LINES:
            raise forms.ValidationError(_("At most %(limit)s lines at once."), params={"limit": MAX_LINES})
        return lines

    @property
    def pasted(self) -> tuple[PastedLine, ...]:
        """The lines, once the form is valid."""
        return tuple(self.cleaned_data["list"])


class BillForm(forms.Form):
    """A bill of materials as a file."""

    file = forms.FileField(label=_("Bill of materials"))


class ProductLookupForm(forms.Form):
    """Part of a number or name, looked up while typing."""

    q = forms.CharField(
        label=_("Find a product"),
        required=False,
        max_length=200,
        widget=LookupWidget(reverse_lazy("pricing:product-lookup"), {"placeholder": _("Part of a number or name")}),
    )


class PriceListFilterForm(forms.Form):
    """Which of a list's prices, and as of which day; today is now, another day its end."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"placeholder": _("Part of a number or name")}),
    )
    as_of = forms.DateField(label=_("As of"), required=False, widget=DateWidget())

    def __init__(self, *args: Any, sees_future: bool, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sees_future, self._now = sees_future, now

    def clean_as_of(self) -> Any:
        """The future is the vendor's until it is published."""
        day = self.cleaned_data["as_of"]
        if day is not None and not self._sees_future and day > timezone.localdate(self._now):
            raise forms.ValidationError(_("Prices of the future are not published yet."))
        return day

    def moment(self) -> datetime:
        """The moment that the valid form asks for."""
        day = self.cleaned_data["as_of"]
        if day is None or day == timezone.localdate(self._now):
            return self._now
        return end_of_local_day(day, timezone.get_current_timezone_name()) - timedelta(microseconds=1)


def _labelled(customer: EndCustomer) -> str:
    return f"{customer.legal_name} ({', '.join(filter(None, [customer.city, customer.country]))})"
