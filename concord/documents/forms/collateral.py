"""The desk's form of a document. It looks into the file before anything is stored."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput
from wagtail.documents.forms import BaseDocumentForm

from concord.documents.files import FileRefused, check_file
from concord.documents.models import Collateral
from concord.portal.countries import country_choices


class CollateralForm(BaseDocumentForm):
    """Title, file and entitlement. Saving writes all of it, families included, in one transaction."""

    territories = forms.MultipleChoiceField(
        label=_("territories"),
        choices=country_choices,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Only partners that sell in one of these; nothing chosen means everywhere."),
    )

    class Meta(BaseDocumentForm.Meta):
        widgets = {
            **BaseDocumentForm.Meta.widgets,
            "families": forms.CheckboxSelectMultiple,
            "valid_from": AdminDateTimeInput,
            "valid_until": AdminDateTimeInput,
        }

    def clean_file(self) -> Any:
        """Refuse a file that is not what it says, or that could act by itself. An unchanged file was looked into."""
        file = self.cleaned_data["file"]
        if isinstance(file, UploadedFile):
            try:
                check_file(file.name or "", file.size or 0, file)
            except FileRefused as refused:
                raise ValidationError(refused.message, code=refused.code) from None
        return file

    def clean_territories(self) -> list[str]:
        """Each country once, in order."""
        return sorted(set(self.cleaned_data["territories"]))

    def save(self, commit: bool = True) -> Collateral:
        """A document is never stored, even for a moment, without the families it is limited to."""
        with transaction.atomic():
            saved: Collateral = super().save(commit=commit)
        if commit:
            saved.file.close()  # opened for its size and hash
        return saved
