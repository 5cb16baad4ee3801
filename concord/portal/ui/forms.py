"""Widgets and form parts that several apps need."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PastedListWidget(forms.Textarea):
    """Takes lines pasted from a spreadsheet (part number, tab, quantity) and counts them while one types."""

    template_name = "portal/widgets/pasted_list.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"rows": 8, "class": "co-pasted", "spellcheck": "false", "autocomplete": "off", **(attrs or {})}
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        own["data-count-in"] = f"{own.get('id', name)}_count"
        return context


class LookupWidget(forms.TextInput):
    """A text field whose suggestions the server draws below it (htmx)."""

    #: it fills in another field and is nothing that one could leave out: its label is not called optional
    only_looks_up = True

    template_name = "portal/widgets/lookup.html"

    def __init__(self, url: str | Promise, attrs: dict[str, Any] | None = None, *, delay: int = 250) -> None:
        super().__init__({"autocomplete": "off", **(attrs or {})})
        self.url = url
        self.delay = delay

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        own = context["widget"]["attrs"]
        own.update(
            {
                "hx-get": str(self.url),
                "hx-trigger": f"input changed delay:{self.delay}ms",
                "hx-target": f"#{own.get('id', name)}_suggestions",
                "hx-sync": "this:replace",
            }
        )
        return context


class DateWidget(forms.DateInput):
    """The browser's own date picker; its value is ISO in every language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class IdempotencyKeyField(forms.CharField):
    """The key that `{% idempotency_key %}` puts into a form: a UUID, so that a second sending is recognised."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 36, **kwargs})

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text:
            return str(uuid.uuid4())
        try:
            return str(uuid.UUID(text))
        except ValueError as error:
            raise ValidationError(_("This form was changed on its way. Load the page again.")) from error
