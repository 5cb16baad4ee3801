"""Forms of the desk: what Wagtail makes of a model, with the checks that only people's input needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.admin.forms import WagtailAdminModelForm

from concord.partners.models import EndCustomer, Member, Partner, ProductFamily
from concord.portal.api import scopes
from concord.portal.countries import country_choices, is_country
from concord.portal.desk import desk_actor
from concord.portal.enums import Role
from concord.portal.models import User
from concord.portal.money import is_currency
from concord.portal.time_zones import offered_time_zones

_PEOPLE = [
    (Role.SELLER.value, Role.SELLER.label),
    (Role.PARTNER_ADMINISTRATOR.value, Role.PARTNER_ADMINISTRATOR.label),
    (Role.CHANNEL_MANAGER.value, Role.CHANNEL_MANAGER.label),
    (Role.PRICING_MANAGER.value, Role.PRICING_MANAGER.label),
    (Role.CONTENT_EDITOR.value, Role.CONTENT_EDITOR.label),
]


class PartnerForm(WagtailAdminModelForm):
    """A partner's record."""

    class Meta:
        model = Partner
        fields = (
            "code",
            "name",
            "status",
            "tier",
            "country",
            "city",
            "territories",
            "families",
            "currency",
            "language",
            "time_zone",
        )
        widgets = {"families": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=country_choices)
        zones = [(name, name) for name in dict.fromkeys([*offered_time_zones(), self.instance.time_zone])]
        self.fields["time_zone"] = forms.ChoiceField(label=_("Time zone"), choices=zones)
        if not self.instance._state.adding:
            # Files and other systems know the partner by its code.
            self.fields["code"].disabled = True

    def clean_territories(self) -> list[str]:
        """Known countries, in capitals, each once."""
        codes = list(dict.fromkeys(code.strip().upper() for code in self.cleaned_data["territories"] or []))
        unknown = [code for code in codes if not is_country(code)]
        if unknown:
            text = _("There is no country “%(code)s”.")
            raise forms.ValidationError(text, params={"code": unknown[0]})
        return codes

    def clean_currency(self) -> str:
        """A known currency, in capitals."""
        code = str(self.cleaned_data["currency"]).strip().upper()
        if not is_currency(code):
            raise forms.ValidationError(_("There is no such currency; write its ISO 4217 code."))
        return code


class CustomerForm(WagtailAdminModelForm):
    """An end customer's record."""

    class Meta:
        model = EndCustomer
        fields = (
            "legal_name",
            "short_name",
            "country",
            "registration_number",
            "website",
            "city",
            "address",
            "sector",
            "external_id",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["country"] = forms.ChoiceField(label=_("Country"), choices=country_choices)

    def clean_external_id(self) -> str | None:
        """Nothing is not an id that two customers could share."""
        return self.cleaned_data["external_id"] or None


class InviteForm(WagtailAdminModelForm):
    """A new person, at a partner or at the vendor."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"), choices=_PEOPLE)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = Member
        fields = ("partner", "role")
        help_texts = {"partner": _("Nobody chosen means the vendor.")}

    field_order = ("name", "email", "partner", "role", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = Partner.objects.visible_to(self.actor).order_by("name")

    def _get_validation_exclusions(self) -> set[str]:
        """Whether role and side fit is said by the action, in words; the constraint behind it has a name alone."""
        excluded: set[str] = super()._get_validation_exclusions()
        return excluded | {"role"}

    @property
    def actor(self) -> Any:
        """Who is at the desk, as Wagtail hands it to its forms."""
        assert isinstance(self.for_user, User)
        return desk_actor(self.for_user)


class MemberRoleForm(WagtailAdminModelForm):
    """Another role of the same side."""

    class Meta:
        model = Member
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_partner = self.instance.partner_id is not None
        partner_roles = {Role.SELLER.value, Role.PARTNER_ADMINISTRATOR.value}
        self.fields["role"].choices = [choice for choice in _PEOPLE if (choice[0] in partner_roles) == of_partner]


class FamilyForm(WagtailAdminModelForm):
    """A product family. Its code stands in files and in other systems, and does not change."""

    class Meta:
        model = ProductFamily
        fields = ("code", "name", "name_zh")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields["code"].disabled = True


class DeskClientForm(forms.Form):
    """A new API client, of the vendor or of a partner."""

    name = forms.CharField(label=_("Name"), max_length=100)
    partner = forms.ModelChoiceField(
        label=_("Partner"),
        queryset=Partner.objects.none(),
        required=False,
        help_text=_("Nobody chosen means the vendor."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[(code, code) for code in sorted(scopes.ALL)],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A partner's client may have at most what its company may do."),
    )
