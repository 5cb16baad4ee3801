"""What is asked for and answered about a protection, and appeals with their judgement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ReasonKind
from concord.deals.queries.reasons import reasons_for
from concord.documents.files import KINDS
from concord.portal.periods import end_of_local_day
from concord.portal.ui.forms import DateWidget


def _file(label: Any, text: Any = "") -> forms.FileField:
    widget = forms.FileInput(attrs={"accept": ",".join(f".{one}" for one in KINDS)})
    return forms.FileField(label=label, required=False, allow_empty_file=True, widget=widget, help_text=text)


def _text(label: Any, most: int, text: Any = "", *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=text,
    )


class _VersionedForm(forms.Form):
    """``version`` is the deal as it was shown."""

    version = forms.CharField(widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        """What goes to the action, by its argument's name."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        if "file" in given:
            given["upload"] = given.pop("file")
        return given


class _ReasonForm(_VersionedForm):
    """A form with reason codes of one kind."""

    kind: ReasonKind
    reason_field = "reason"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields[self.reason_field]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.code, one.display_name) for one in reasons_for(self.kind)]


class ExtensionForm(_VersionedForm):
    """A partner asks for more time."""

    note = _text(_("Why the project goes on"), 2_000)
    file = _file(_("Evidence"), _("A letter, a meeting's minutes, an order of samples. It cannot be taken back."))


class HoldForm(_ReasonForm):
    """A clock that stands still until the end of a day."""

    kind = ReasonKind.HOLD
    reason_field = "cause"

    cause = forms.ChoiceField(label=_("Why the work waits"))
    until = forms.DateField(label=_("Until"), widget=DateWidget)
    note = _text(_("Note"), 2_000, required=False)

    def __init__(self, *args: Any, time_zone: str = "UTC", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone = time_zone

    def values(self) -> dict[str, Any]:
        """The day as the moment at which it ends."""
        given = super().values()
        day: date = given["until"]
        moment: datetime = end_of_local_day(day, self.time_zone)
        return {**given, "until": moment}


class AppealForm(_VersionedForm):
    """The one appeal."""

    grounds = _text(
        _("Why the decision is wrong"),
        4_000,
        _("Another person than the one who decided reads this, without your name."),
    )
    file = _file(_("New evidence"), _("Something that the decision did not know. It cannot be taken back."))


class AnswerForm(_ReasonForm):
    """A reason and a note that the partner reads."""

    reason = forms.ChoiceField(label=_("Reason"))
    note = _text(_("Note to the partner"), 2_000, _("Name no other partner and no price."), required=False)


class GrantExtensionForm(AnswerForm):
    """Grant."""

    kind = ReasonKind.EXTEND


class RefuseExtensionForm(AnswerForm):
    """Refuse."""

    kind = ReasonKind.NO_EXTENSION


class GrantHoldForm(_VersionedForm):
    """Let the clock stand as it was asked for."""

    note = _text(_("Note to the partner"), 2_000, required=False)


class EndHoldForm(_VersionedForm):
    """Let the clock run on before its time."""

    note = _text(_("Note to the partner"), 2_000, _("Name no other partner and no price."), required=False)


class RefuseHoldForm(AnswerForm):
    """Let the clock run."""

    kind = ReasonKind.NO_HOLD


class ChoiceForm(_VersionedForm):
    """What the customer wrote."""

    file = _file(_("The customer's letter"), _("For the vendor alone."))
    chosen = forms.ChoiceField(label=_("The customer prefers"), required=False)

    def __init__(self, *args: Any, rivals: list[tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["chosen"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("nobody who has registered")), *(rivals or [])]


class JudgementForm(_ReasonForm):
    """What was decided about an appeal, and why."""

    reason = forms.ChoiceField(label=_("Reason"))
    judgement = _text(
        _("Reasons of the judgement"), 4_000, _("The appellant reads this. Name no other partner and no price.")
    )


class UpholdForm(JudgementForm):
    """The decision stands."""

    kind = ReasonKind.UPHOLD


class OverturnForm(JudgementForm):
    """The decision falls."""

    kind = ReasonKind.OVERTURN


class PrecedentForm(_VersionedForm):
    """A judgement for everybody, without names."""

    title = forms.CharField(label=_("Title"), max_length=200)
    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=200, required=False)
    text = _text(_("Text"), 4_000, _("Without names of partners, people or the customer."))
    text_zh = _text(_("Text in Chinese"), 4_000, required=False)
