"""Handing in a file."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import EvidencePurpose
from concord.documents.files import KINDS


class EvidenceForm(forms.Form):
    """A file and what it proves. What it holds is looked into by the action."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ",".join(f".{one}" for one in KINDS)}),
        help_text=_("PDF, office documents, pictures or text, at most 50 MB. It cannot be taken back."),
    )
    purpose = forms.ChoiceField(label=_("What it proves"), choices=EvidencePurpose.choices)
    note = forms.CharField(label=_("Note"), required=False, max_length=500)
    is_internal = forms.BooleanField(label=_("For the vendor only"), required=False)

    def __init__(self, *args: Any, is_vendor: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_vendor:
            del self.fields["is_internal"]
