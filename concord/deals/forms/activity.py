"""Noting what was done, and how a deal ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ActivityKind, ReasonKind
from concord.deals.queries.reasons import reasons_for


class ActivityForm(forms.Form):
    """What was done, and what comes next."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ActivityKind.choices)
    text = forms.CharField(label=_("What was done"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    next_step = forms.CharField(label=_("Next step"), required=False, max_length=200)
    next_due_at = forms.DateTimeField(
        label=_("Due"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    is_internal = forms.BooleanField(label=_("For the vendor only"), required=False)

    def __init__(self, *args: Any, is_vendor: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_vendor:
            del self.fields["is_internal"]


class EndForm(forms.Form):
    """Why a deal was lost or withdrawn."""

    reason = forms.ChoiceField(label=_("Reason"))

    def __init__(self, *args: Any, kind: ReasonKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = [(one.code, one.display_name) for one in reasons_for(kind)]
