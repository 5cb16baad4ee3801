"""Forms about leads: why one is given back, what was done, and the desk's own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.leads_receiving import LEAD_TEXTS, LeadFacts
from concord.deals.models import Lead, LeadSource
from concord.deals.pool_enums import CompanySize, ReleaseReason
from concord.deals.queries.leads import active_sources
from concord.partners.models import Member, ProductFamily
from concord.portal.actor import Actor
from concord.portal.countries import country_choices
from concord.portal.refusals import InvalidInput, Refusal


class GiveBackForm(forms.Form):
    """Why a lead is declined or released."""

    reason = forms.ChoiceField(label=_("Reason"), choices=ReleaseReason.choices)


class ContactForm(forms.Form):
    """What was done about a lead."""

    text = forms.CharField(
        label=_("What was done?"),
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("A call, a mail, a visit: it moves the deadline on."),
    )


class AssignForm(forms.Form):
    """To whom a lead is given by hand."""

    owner = forms.ModelChoiceField(label=_("Give it to"), queryset=Member.objects.none())

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = (
            Member.objects.visible_to(actor)
            .people()
            .filter(partner__status="active", user__is_active=True)
            .select_related("user", "partner")
            .order_by("partner__name", "user__name")
        )
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people
        field.label_from_instance = _person  # type: ignore[method-assign,assignment]


def _person(member: Any) -> str:
    return f"{member.partner.name}: {member.user.get_full_name()}"


def _countries() -> list[tuple[str, str]]:
    return [("", "–"), *country_choices()]


class LeadForm(forms.Form):
    """A lead, as the desk enters or changes it."""

    source = forms.ModelChoiceField(label=_("Source"), queryset=LeadSource.objects.none())
    customer_name = forms.CharField(label=_("Customer's name"), max_length=LEAD_TEXTS["customer_name"])
    customer_country = forms.ChoiceField(label=_("Country"), choices=_countries)
    customer_city = forms.CharField(label=_("City"), required=False, max_length=LEAD_TEXTS["customer_city"])
    customer_registration_number = forms.CharField(
        label=_("Registration or tax number"), required=False, max_length=LEAD_TEXTS["customer_registration_number"]
    )
    customer_website = forms.CharField(label=_("Website"), required=False, max_length=LEAD_TEXTS["customer_website"])
    sector = forms.CharField(label=_("Sector"), required=False, max_length=LEAD_TEXTS["sector"])
    size = forms.ChoiceField(label=_("Size of the company"), required=False, choices=CompanySize.choices)
    families = forms.ModelMultipleChoiceField(
        label=_("Product families"),
        required=False,
        queryset=ProductFamily.objects.all(),
        to_field_name="code",
        widget=forms.CheckboxSelectMultiple,
    )
    summary = forms.CharField(
        label=_("Summary"),
        required=False,
        max_length=LEAD_TEXTS["summary"],
        help_text=_("Partners read this before they claim: name no company and no person."),
    )
    details = forms.CharField(
        label=_("Details"),
        required=False,
        max_length=LEAD_TEXTS["details"],
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Read by the partner that holds the lead."),
    )
    contact_name = forms.CharField(label=_("Contact"), required=False, max_length=LEAD_TEXTS["contact_name"])
    contact_role = forms.CharField(
        label=_("Role in the decision"), required=False, max_length=LEAD_TEXTS["contact_role"]
    )
    contact_email = forms.EmailField(label=_("E-mail address"), required=False, max_length=LEAD_TEXTS["contact_email"])
    contact_phone = forms.CharField(label=_("Telephone"), required=False, max_length=LEAD_TEXTS["contact_phone"])

    def __init__(self, *args: Any, lead: Lead | None = None, **kwargs: Any) -> None:
        if lead is not None:
            kwargs["initial"] = {
                **{name: getattr(lead, name) for name in (*LEAD_TEXTS, "customer_country", "size")},
                "families": [family.code for family in lead.families.all()],
            }
        super().__init__(*args, **kwargs)
        self.lead = lead
        if lead is not None:
            del self.fields["source"]
            return
        field = self.fields["source"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = active_sources()
        field.initial = active_sources().filter(code="manual").first()

    def facts(self) -> LeadFacts:
        """What was typed, for the actions; what the form does not ask for stays."""
        values = {name: value for name, value in self.cleaned_data.items() if name not in {"source", "families"}}
        kept = {"external_id": self.lead.external_id, "language": self.lead.language} if self.lead else {}
        return LeadFacts(**values, **kept, families=[family.code for family in self.cleaned_data["families"]])


def refuse_lead(form: forms.Form, refusal: Refusal) -> None:
    """Say a refusal at the field it points at, the rest above the form."""
    if not isinstance(refusal, InvalidInput):
        form.add_error(None, str(refusal.message))
        return
    for error in refusal.errors:
        parts = error.pointer.strip("/").split("/")
        name = "_".join(parts) if parts[0] in {"customer", "contact"} else parts[0]
        form.add_error(name if name in form.fields else None, str(error.message))
