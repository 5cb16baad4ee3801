"""Colleagues and API clients."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concord.portal.api import scopes
from concord.portal.enums import Role

_ROLES = [
    (Role.SELLER.value, Role.SELLER.label),
    (Role.PARTNER_ADMINISTRATOR.value, Role.PARTNER_ADMINISTRATOR.label),
]

SCOPE_LABELS = {
    "catalogue:read": _("Catalogue"),
    "prices:read": _("Prices"),
    "stock:read": _("Stock"),
    "quotes:read": _("Quotes: read"),
    "quotes:write": _("Quotes: draft and issue"),
    "deals:read": _("Registrations: read"),
    "deals:write": _("Registrations: submit and change"),
    "history:read": _("Histories"),
    "customers:read": _("End customers"),
    "partners:read": _("Own company record"),
    "webhooks:manage": _("Webhooks"),
}


class InvitationForm(forms.Form):
    """A new colleague."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    role = forms.ChoiceField(
        label=_("Role"),
        choices=_ROLES,
        help_text=_("Administrators see everything of the company and invite colleagues; sellers see their own work."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class RoleForm(forms.Form):
    """Another role for a colleague."""

    role = forms.ChoiceField(label=_("Role"), choices=_ROLES)


class ApiClientForm(forms.Form):
    """A new API client of the company."""

    name = forms.CharField(label=_("Name"), max_length=100, help_text=_("What the system is called in your company."))
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose as little as the system needs. It only ever sees your company's own records."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = scopes.OF_ROLE[Role.PARTNER_SYSTEM]
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, f"{label} ({code})") for code, label in SCOPE_LABELS.items() if code in allowed]
