"""Draw a form field: label, control, help and errors, tied together for every kind of reader."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

_CHOICE = (forms.RadioSelect, forms.CheckboxSelectMultiple)


def control_class(widget: forms.Widget) -> str:
    """The CSS class that gives a widget the look of the kit."""
    if isinstance(widget, _CHOICE):
        return "form-check-input"
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    if isinstance(widget, forms.Select | forms.SelectMultiple):
        return "form-select"
    return "form-control"


def describe(bound: BoundField) -> dict[str, str]:
    """The attributes that tie a control to its help and its errors."""
    described = []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    if bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    attrs = {"aria-describedby": " ".join(described)} if described else {}
    if bound.errors:
        attrs["aria-invalid"] = "true"
    return attrs


def _options(bound: BoundField, css: str) -> list[BoundWidget]:
    """The buttons of a choice, each with the look of the kit."""
    options = list(bound.subwidgets)
    for option in options:
        option.data["attrs"]["class"] = css
        if bound.errors:
            option.data["attrs"]["aria-invalid"] = "true"
    return options


def render_field(
    bound: BoundField,
    *,
    label: str = "",
    help: str = "",  # noqa: A002 - the word of the template tag
    hide_label: bool = False,
    placeholder: str | bool = "",
    prefix: str = "",
    suffix: str = "",
    wide: bool = False,
    **attrs: Any,
) -> SafeString:
    """One field as HTML.

    `placeholder=False` takes the widget's own away; further options become attributes (`hx_get=…` as `hx-get`).
    """
    if bound.is_hidden:
        return bound.as_hidden()
    widget = bound.field.widget
    css = " ".join(filter(None, [str(widget.attrs.get("class", "")), control_class(widget)]))
    if bound.errors:
        css += " is-invalid"
    control_attrs: dict[str, Any] = {"class": css, **describe(bound)}
    if help and "aria-describedby" not in control_attrs:
        control_attrs["aria-describedby"] = f"{bound.auto_id}_helptext"
    if placeholder:
        control_attrs["placeholder"] = placeholder
    elif placeholder is False:
        widget.attrs.pop("placeholder", None)
    control_attrs.update({name.replace("_", "-"): value for name, value in attrs.items()})
    if isinstance(widget, _CHOICE):
        shape = "choices"
    elif isinstance(widget, forms.CheckboxInput):
        shape = "check"
    else:
        shape = "control"
    return render_to_string(
        "portal/components/field.html",
        {
            "field": bound,
            "shape": shape,
            "control": "" if shape == "choices" else bound.as_widget(attrs=control_attrs),
            "options": _options(bound, css) if shape == "choices" else [],
            "described_by": control_attrs.get("aria-describedby", ""),
            "label": label or bound.label,
            "help": help or bound.help_text,
            "hide_label": hide_label,
            "prefix": prefix,
            "suffix": suffix,
            "wide": wide or isinstance(widget, forms.Textarea),
            "required": bound.field.required or getattr(bound.field.widget, "only_looks_up", False),
        },
    )
