"""The desk's answers: a reason code, a note, and what each kind of answer needs besides."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import COMPLETABLE, Deed, ReasonKind
from concord.deals.queries.reasons import reasons_for

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


class MonthField(forms.CharField):
    """A month as browsers write it: ``2026-12``. Its value is the first day."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "YYYY-MM"})

    def clean(self, value: Any) -> date | None:
        """The first day of the month, or ``None``."""
        text = super().clean(value)
        if not text:
            return None
        match = _MONTH.match(text)
        if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 2000:
            raise ValidationError(_("Write the month as year and month, such as 2026-12."))
        return date(int(match[1]), int(match[2]), 1)


class DecisionForm(forms.Form):
    """A reason and a note that the partner reads. ``version`` is the deal as it was shown."""

    reason_kind: ReasonKind

    version = forms.CharField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(
        label=_("Note to the partner"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The partner reads this. Name no other partner and no price."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
        reason = self.fields["reason"]
        assert isinstance(reason, forms.ChoiceField)
        reason.choices = [(one.code, one.display_name) for one in reasons_for(self.reason_kind)]

    def action_values(self) -> dict[str, Any]:
        """What goes to the action, by its argument's name."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class ApproveForm(DecisionForm):
    """Approve."""

    reason_kind = ReasonKind.APPROVE


class RejectForm(DecisionForm):
    """Reject."""

    reason_kind = ReasonKind.REJECT


class ReturnForm(DecisionForm):
    """Ask for completion of named fields."""

    reason_kind = ReasonKind.RETURN

    fields_wanted = forms.MultipleChoiceField(
        label=_("To complete"),
        choices=[(name, label) for name, label in COMPLETABLE.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def action_values(self) -> dict[str, Any]:
        """The chosen fields under the action's name for them."""
        values = super().action_values()
        values["fields"] = values.pop("fields_wanted")
        return values


class DuplicateForm(DecisionForm):
    """Decide that the customer belongs to another registration."""

    reason_kind = ReasonKind.DUPLICATE

    same_as = forms.ChoiceField(label=_("It is the same company as"), required=False)
    protected_until_month = MonthField(
        label=_("Protected until month"),
        required=False,
        help_text=_("Left empty: the month in which the protection in force ends."),
    )

    def __init__(self, *args: Any, twins: Iterable[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        same_as = self.fields["same_as"]
        assert isinstance(same_as, forms.ChoiceField)
        same_as.choices = [("", _("the record it is linked to")), *twins]

    def clean_same_as(self) -> str | None:
        """A public id, or nothing."""
        return self.cleaned_data["same_as"] or None


DECISION_FORMS: dict[Deed, type[DecisionForm]] = {
    Deed.APPROVE: ApproveForm,
    Deed.DUPLICATE: DuplicateForm,
    Deed.RETURN: ReturnForm,
    Deed.REJECT: RejectForm,
}
