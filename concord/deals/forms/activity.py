"""Noting what was done, and how a deal ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.models import Activity, DealContact, KindOfActivity, ReasonCode


class ActivityForm(forms.Form):
    """What was done, and what comes next."""

    kind = forms.ChoiceField(label=_("Kind"))
    contact = forms.ChoiceField(label=_("With whom"), required=False)
    text = forms.CharField(label=_("What was done"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_due_at = forms.DateTimeField(
        label=_("Due"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_internal = forms.BooleanField(label=_("For the vendor only"), required=False)

    def __init__(
        self,
        *args: Any,
        kinds: Sequence[KindOfActivity],
        contacts: Sequence[DealContact] = (),
        is_vendor: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "kind", [(one.code, one.display_name) for one in kinds])
        offer_contacts(self, contacts)
        if not is_vendor:
            del self.fields["is_internal"]


class CorrectionForm(forms.Form):
    """Correcting what was noted."""

    contact = forms.ChoiceField(label=_("With whom"), required=False)
    text = forms.CharField(label=_("What was done"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_due_at = forms.DateTimeField(
        label=_("Due"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, activity: Activity, contacts: Sequence[DealContact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_contacts(self, contacts)
        if activity.next_done_at is not None:
            del self.fields["next_step"], self.fields["next_due_at"]


def offer_contacts(form: forms.Form, contacts: Sequence[DealContact]) -> None:
    """The people at the customer as choices of ``contact``, nobody first; without people there is no such field."""
    if not contacts:
        del form.fields["contact"]
        return
    _choose(form, "contact", [("", "–"), *((one.public_id, one.name) for one in contacts)])


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


class EndForm(forms.Form):
    """Why a deal was lost or withdrawn."""

    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, reasons: Sequence[ReasonCode], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "reason", [(one.code, one.display_name) for one in reasons])
