"""What is asked for on the public check page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from concord.documents.pdf.inspection import MAX_BYTES

MOST_FILES = 2
#: a request that is larger is not even read
MOST_BYTES = MOST_FILES * MAX_BYTES + (64 << 10)


def announced_length(request: HttpRequest) -> int | None:
    """How many bytes the request says that it brings; ``None`` when what it says is no number."""
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 16 else None


class HalfForm(forms.Form):
    """A form that stands on one page with others: the ids of its controls begin with its own name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """As usual, with ids of its own."""
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        super().__init__(*args, **kwargs)


class LinesForm(HalfForm):
    """The address that one says to read."""

    code = forms.CharField(max_length=60, widget=forms.HiddenInput)
    other = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    mail = forms.EmailField(
        label=_("The customer's e-mail address on the quote"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class OneTimeCodeForm(HalfForm):
    """The code from the mail."""

    code = forms.CharField(max_length=60, widget=forms.HiddenInput)
    other = forms.CharField(max_length=60, required=False, widget=forms.HiddenInput)
    one_time_code = forms.CharField(
        label=_("Code from the mail"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "co-code"}),
    )


class SeveralFilesInput(forms.ClearableFileInput):
    """A control that takes more than one file; files can be dropped on it."""

    allow_multiple_selected = True


class PapersField(forms.FileField):
    """One or two PDFs, none of them empty or too large."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The files; an error that names the file otherwise."""
        files = [one for one in (data if isinstance(data, (list, tuple)) else [data]) if one]
        if not files:
            raise forms.ValidationError(_("Choose one or two PDF files."), code="required")
        if len(files) > MOST_FILES:
            raise forms.ValidationError(_("At most two files can be compared."), code="too_many")
        for file in files:
            if file.size > MAX_BYTES:
                raise forms.ValidationError(
                    _("%(name)s is larger than %(limit)s MB; no quote of ours is."),
                    code="too_large",
                    params={"name": file.name, "limit": MAX_BYTES >> 20},
                )
        return [super(PapersField, self).clean(file, initial) for file in files]


class PapersForm(HalfForm):
    """PDFs to be checked."""

    papers = PapersField(
        label=_("One or two PDFs"),
        max_length=200,
        widget=SeveralFilesInput(attrs={"accept": "application/pdf,.pdf", "class": "qc-drop"}),
    )
