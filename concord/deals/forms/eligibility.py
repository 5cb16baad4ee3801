"""The desk's form of an eligibility rule: which parameters belong to which kind, and who is meant."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateTimeInput

from concord.deals.enums import RegistrationType
from concord.deals.models import EligibilityRule
from concord.portal.countries import country_choices


class EligibilityRuleForm(WagtailAdminModelForm):
    """A rule. What contradicts itself or belongs to another kind is refused at its field before anything is saved."""

    types = forms.MultipleChoiceField(
        label=_("types of registration"),
        choices=RegistrationType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing chosen: every type."),
    )
    countries = forms.MultipleChoiceField(
        label=_("customer's countries"),
        choices=country_choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Nothing chosen: every country."),
    )

    class Meta:
        model = EligibilityRule
        fields = (
            "name",
            "name_zh",
            "kind",
            "minimum_amount",
            "currency",
            "months",
            "days_before",
            "types",
            "countries",
            "families",
            "tiers",
            "valid_from",
            "valid_until",
            "is_active",
        )
        widgets = {
            "families": forms.CheckboxSelectMultiple,
            "tiers": forms.CheckboxSelectMultiple,
            "valid_from": AdminDateTimeInput,
            "valid_until": AdminDateTimeInput,
        }

    def clean_currency(self) -> str:
        """In capitals."""
        code: str = self.cleaned_data["currency"]
        return code.strip().upper()

    def clean_countries(self) -> list[str]:
        """Each country once, in order."""
        return sorted(set(self.cleaned_data["countries"]))
