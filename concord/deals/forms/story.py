"""People, promises, objections and the competitor of a deal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concord.deals.enums import ContactRole, PromiseKind
from concord.deals.forms.activity import offer_contacts
from concord.deals.models import DealContact
from concord.portal.ui.forms import DateWidget


class ContactForm(forms.Form):
    """A person at the customer."""

    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    role = forms.ChoiceField(
        label=_("Role in the decision"), required=False, choices=[("", _("Not known yet")), *ContactRole.choices]
    )
    position = forms.CharField(label=_("Position"), required=False, max_length=120)
    email = forms.EmailField(label=_("E-mail address"), required=False)
    phone = forms.CharField(label=_("Telephone"), required=False, max_length=40)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    note = forms.CharField(label=_("What to know"), required=False, max_length=300)


class PromiseForm(forms.Form):
    """A promise to the customer."""

    kind = forms.ChoiceField(label=_("Kind"), choices=PromiseKind.choices)
    until_on = forms.DateField(label=_("Until"), required=False, widget=DateWidget())
    text = forms.CharField(label=_("What was promised"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    contact = forms.ChoiceField(label=_("To whom"), required=False)
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=300,
        help_text=_("Where it is written: a mail, minutes, a contract."),
    )

    def __init__(self, *args: Any, contacts: Sequence[DealContact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_contacts(self, contacts)


class ObjectionForm(forms.Form):
    """What speaks against buying."""

    text = forms.CharField(label=_("Objection"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    contact = forms.ChoiceField(label=_("Raised by"), required=False)
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("An objection with an answer counts as answered."),
    )

    def __init__(self, *args: Any, contacts: Sequence[DealContact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_contacts(self, contacts)


class CompetitorForm(forms.Form):
    """Against whom one sells."""

    competitor = forms.CharField(label=_("Competitor"), required=False, max_length=120)
