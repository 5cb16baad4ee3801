"""What somebody who wants to be contacted tells: as little as will do, and consent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.leads_receiving import LEAD_TEXTS, LeadFacts
from concord.deals.pool_enums import CompanySize
from concord.partners.models import ProductFamily
from concord.portal.countries import country_choices
from concord.portal.refusals import InvalidInput, Refusal
from concord.portal.ui.forms import IdempotencyKeyField


class EnquiryForm(forms.Form):
    """The public form. ``fax`` is a trap: people do not see it, machines fill it in."""

    idempotency_key = IdempotencyKeyField()
    customer_name = forms.CharField(
        label=_("Company"),
        max_length=LEAD_TEXTS["customer_name"],
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    customer_country = forms.ChoiceField(label=_("Country"))
    customer_city = forms.CharField(
        label=_("City"),
        required=False,
        max_length=LEAD_TEXTS["customer_city"],
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    customer_website = forms.CharField(
        label=_("Website"),
        required=False,
        max_length=LEAD_TEXTS["customer_website"],
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )
    size = forms.ChoiceField(label=_("Size of the company"), required=False, choices=CompanySize.choices)
    families = forms.ModelMultipleChoiceField(
        label=_("What are you interested in?"),
        required=False,
        queryset=ProductFamily.objects.all(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    contact_name = forms.CharField(
        label=_("Your name"),
        max_length=LEAD_TEXTS["contact_name"],
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    contact_email = forms.EmailField(
        label=_("E-mail address"),
        max_length=LEAD_TEXTS["contact_email"],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    contact_phone = forms.CharField(
        label=_("Telephone"),
        required=False,
        max_length=LEAD_TEXTS["contact_phone"],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    details = forms.CharField(
        label=_("What do you need?"), required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 4})
    )
    consent = forms.BooleanField(
        label=_("I agree"), error_messages={"required": _("Without your consent nobody may contact you.")}
    )
    fax = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, consent_text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country, consent = self.fields["customer_country"], self.fields["consent"]
        assert isinstance(country, forms.ChoiceField)
        country.choices = [("", "–"), *country_choices()]
        consent.label = consent_text

    @property
    def is_trapped(self) -> bool:
        """Whether a machine filled in what people do not see."""
        return bool(self.data.get("fax"))

    def facts(self, language: str) -> LeadFacts:
        """What was told, for the action."""
        left_out = {"idempotency_key", "families", "consent", "fax"}
        values = {name: value for name, value in self.cleaned_data.items() if name not in left_out}
        codes = [family.code for family in self.cleaned_data["families"]]
        return LeadFacts(**values, language=language, families=codes)


def refuse_enquiry(form: EnquiryForm, refusal: Refusal) -> None:
    """Say a refusal at the field it points at, the rest above the form."""
    if not isinstance(refusal, InvalidInput):
        form.add_error(None, str(refusal.message))
        return
    for error in refusal.errors:
        name = "_".join(error.pointer.strip("/").split("/"))
        form.add_error(name if name in form.fields else None, str(error.message))
