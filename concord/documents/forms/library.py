"""The library's filters: they stay in the address, and a value that is none is no filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.documents.enums import CollateralKind
from concord.documents.queries.library import Filters, offered_families
from concord.partners.models import ProductFamily
from concord.portal.actor import Actor


class LibraryFilterForm(forms.Form):
    """Words, kind, family and language."""

    q = forms.CharField(
        label=_("Search the library"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Title, part number, words in the text")}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    family = forms.ModelChoiceField(
        label=_("Product family"),
        required=False,
        queryset=ProductFamily.objects.none(),
        to_field_name="uuid",
        empty_label=_("All families"),
    )
    language = forms.ChoiceField(label=_("Language"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        family = self.fields["family"]
        assert isinstance(family, forms.ModelChoiceField)
        family.queryset = offered_families(actor=actor)
        for name, everything, choices in (
            ("kind", _("All kinds"), CollateralKind.choices),
            ("language", _("All languages"), settings.LANGUAGES),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", everything), *choices]

    @property
    def filters(self) -> Filters:
        """What is looked for; fields with a wrong value are left out."""
        self.is_valid()
        chosen = self.cleaned_data
        family = chosen.get("family")
        return Filters(
            text=chosen.get("q", ""),
            kind=chosen.get("kind", ""),
            family=family.uuid if family else None,
            language=chosen.get("language", ""),
        )
