"""The components of the UI kit as template tags: `{% load concord %}`. Inputs and examples: `docs/ui-kit.md`."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.forms.boundfield import BoundField
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from concord.portal.ui import bars, fields, formats, icons, looks

register = template.Library()
_COMPONENTS = "portal/components/"


# Small things in a line ----------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", css: str = "", filled: bool = False) -> SafeString:
    """`{% icon "home" %}`; give `label` only when the icon stands without a word."""
    return icons.render_icon(name, css=css, label=str(label), filled=filled)


@register.inclusion_tag(_COMPONENTS + "status.html")
def status(value: str | None, kind: str = "", label: str = "", tone: str = "", icon: str = "") -> dict[str, Any]:
    """A state as icon and word: `{% status deal.review_status kind="deal" %}`."""
    look = looks.look_of(str(value or ""), kind=kind, label=label)
    return {"tone": tone or look.tone, "icon": icon or look.icon, "label": look.label, "value": value}


@register.simple_tag
def cell_attributes(table: Any, column: Any) -> SafeString:
    """`{% cell_attributes table column %}`: class and label of a column's cells, worked out once a column.

    No column of the kit gives its cells attributes by row.
    """
    known: dict[str, SafeString] = table.__dict__.setdefault("cell_attributes", {})
    if column.name not in known:
        known[column.name] = format_html('{} data-label="{}"', column.attrs["td"].as_html(), column.header)
    return known[column.name]


@register.simple_tag
def money(amount: Any, currency: str = "", signed: bool = False) -> SafeString:
    """`{% money line.net line.currency %}` or `{% money price %}` for anything with `amount` and `currency`."""
    if amount is None or amount == "":
        return format_html('<span class="co-none" title="{}">–</span>', gettext("Not known"))
    if not currency:
        amount, currency = amount.amount, str(amount.currency)
    text = formats.format_amount(amount, str(currency))
    if signed and Decimal(str(amount)) > 0:
        text = f"+{text}"
    return format_html('<span class="co-money">{} <span class="co-money-code">{}</span></span>', text, currency)


@register.filter
def amount(value: Any, currency: str) -> str:
    """`{{ line.total|amount:"EUR" }}`: a bare amount where the heading names the currency."""
    return "–" if value is None else formats.format_amount(value, currency)


@register.filter
def number(value: Any, decimals: int = 0) -> str:
    """`{{ quantity|number }}`: grouped by locale; the argument is the least number of decimals."""
    return "" if value is None or value == "" else formats.format_number(value, minimum=int(decimals))


@register.simple_tag
def moment(value: date | datetime | None, style: str = "datetime") -> SafeString:
    """`<time>` in the reader's zone. Styles: datetime, date, short, time, month, relative."""
    if value is None:
        return format_html('<span class="co-none">{}</span>', "–")
    full = formats.format_moment(value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        full = f"{full} ({timezone.get_current_timezone_name()})"
    text = formats.format_moment(value, style)
    return format_html('<time datetime="{}" title="{}">{}</time>', formats.iso(value), full, text)


@register.inclusion_tag(_COMPONENTS + "kbd.html")
def kbd(*keys: str) -> dict[str, Any]:
    """Keys to press: `{% kbd "Ctrl" "K" %}`."""
    return {"keys": keys}


@register.inclusion_tag(_COMPONENTS + "copy_button.html")
def copy_button(text: str, label: str = "") -> dict[str, Any]:
    """Copies `text`; without `label` the button is an icon named "Copy"."""
    return {"text": text, "label": label}


@register.simple_tag(takes_context=True)
def query_string(context: Context, **changes: Any) -> str:
    """The page's query string with some values changed: `href="{% query_string page=2 %}"`; `None` takes one out."""
    request = context.get("request")
    query = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        values = value if isinstance(value, list | tuple) else [value]
        kept = [str(one) for one in values if one is not None and one != ""]
        query.pop(name, None)
        if kept:
            query.setlist(name, kept)
    return f"?{query.urlencode()}" if query else "?"


# Blocks --------------------------------------------------------------------------------------------------------


def _block(name: str, content: SafeString, **inputs: Any) -> SafeString:
    return render_to_string(f"{_COMPONENTS}{name}.html", {"content": content, **inputs})


@register.simple_block_tag
def page_header(
    content: SafeString,
    title: str,
    subtitle: str = "",
    icon: str = "",
    crumbs: Iterable[tuple[str, str]] = (),
    status: str = "",
    kind: str = "",
) -> SafeString:
    """Title of a page; the block holds its actions. `crumbs` are (label, url) pairs, upper level first."""
    return _block(
        "page_header",
        content,
        title=title,
        subtitle=subtitle,
        icon=icon,
        crumbs=list(crumbs),
        status=status,
        kind=kind,
    )


@register.simple_block_tag
def card(
    content: SafeString,
    title: str = "",
    subtitle: str = "",
    icon: str = "",
    id: str = "",  # noqa: A002 - the HTML attribute
    flush: bool = False,
    tone: str = "",
    link: str = "",
    link_label: str = "",
    level: int = 2,
) -> SafeString:
    """A framed part of a page. `flush` lets a table or list touch the edges; `level` is the heading's level."""
    return _block(
        "card",
        content,
        title=title,
        subtitle=subtitle,
        icon=icon,
        id=id,
        flush=flush,
        tone=tone,
        link=link,
        link_label=link_label,
        level=level,
    )


@register.simple_block_tag
def alert(content: SafeString, tone: str = "info", title: str = "", icon: str = "") -> SafeString:
    """A notice in the page. Tones: ok, info, warn, bad. A bad one is announced at once."""
    icons_by_tone = {"ok": "circle-check", "info": "info-circle", "warn": "alert-triangle", "bad": "alert-octagon"}
    return _block("alert", content, tone=tone, title=title, icon=icon or icons_by_tone.get(tone, "info-circle"))


@register.simple_block_tag
def fact(content: SafeString, label: str, wide: bool = False) -> SafeString:
    """One row of a `<dl class="co-facts">` whose value is more than text."""
    return _block("fact", content, label=label, wide=wide)


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: SafeString,
    id: str,  # noqa: A002 - the HTML attribute
    title: str,
    action: str,
    button: str,
    tone: str = "primary",
    wide: bool = False,
) -> SafeString:
    """A dialog that asks before it posts to `action`; `data-dialog-open="<id>"` opens it. Block: text and fields."""
    return _block(
        "confirm",
        content,
        id=id,
        title=title,
        action=action,
        button=button,
        tone=tone,
        wide=wide,
        csrf_token=context.get("csrf_token"),
        request=context.get("request"),
    )


# Parts of pages ------------------------------------------------------------------------------------------------


@register.inclusion_tag(_COMPONENTS + "empty.html")
def empty(
    title: str,
    text: str = "",
    icon: str = "inbox",
    url: str = "",
    action: str = "",
    second_url: str = "",
    second_action: str = "",
) -> dict[str, Any]:
    """An empty list says what to do first: a sentence and the button that does it."""
    return {
        "title": title, "text": text, "icon": icon, "url": url, "action": action, "second_url": second_url,
        "second_action": second_action,
    }  # fmt: skip


@register.inclusion_tag(_COMPONENTS + "stat.html")
def stat(
    label: str, value: Any, hint: str = "", url: str = "", icon: str = "", tone: str = "", currency: str = ""
) -> dict[str, Any]:
    """A figure with its name; with `url` the whole tile leads to the list behind it."""
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        value = formats.format_amount(Decimal(str(value)), currency) if currency else formats.format_number(value)
    return {"label": label, "value": value, "hint": hint, "url": url, "icon": icon, "tone": tone, "currency": currency}


@register.inclusion_tag(_COMPONENTS + "time_bar.html")
def time_bar(
    starts: datetime, ends: datetime, label: str = "", now: datetime | None = None, warn_days: int = 14
) -> dict[str, Any]:
    """Validity or protection as a bar: how much has run, and in words how long it still holds."""
    now = now or timezone.now()
    bar = bars.time_bar(starts, ends, now, warn_days=warn_days)
    if bar.phase == "before":
        words = gettext("starts %(when)s") % {"when": formats.format_relative(starts, now)}
    elif bar.phase == "over":
        words = gettext("ended %(when)s") % {"when": formats.format_relative(ends, now)}
    else:
        days = formats.days_between(now, ends)
        words = ngettext("%(n)d day left", "%(n)d days left", days) % {"n": days} if days else gettext("ends today")
    # What ends at midnight held through the whole of the day before.
    last = ends - timedelta(microseconds=1)
    return {"bar": bar, "starts": starts, "last": last, "label": label or gettext("Validity"), "words": words}


@register.inclusion_tag(_COMPONENTS + "progress.html")
def progress(value: int, maximum: int = 100, label: str = "", hint: str = "", tone: str = "accent") -> dict[str, Any]:
    """Work done or a goal: `{% progress done total label=_("Rows read") %}`."""
    share = 0 if maximum <= 0 else max(0, min(100, round(100 * value / maximum)))
    return {"value": value, "maximum": maximum, "percent": share, "label": label, "hint": hint, "tone": tone}


@register.inclusion_tag(_COMPONENTS + "facts.html")
def facts(rows: Iterable[Sequence[Any]], columns: int = 1) -> dict[str, Any]:
    """A definition list from (label, value) pairs; an empty value shows as a dash."""
    return {"rows": list(rows), "columns": columns}


@register.inclusion_tag(_COMPONENTS + "timeline.html")
def timeline(entries: Iterable[Any], empty_text: str = "") -> dict[str, Any]:
    """History: entries with `at`, `title`, and optionally `text`, `who`, `door`, `icon`, `tone`, `url`."""
    return {"entries": list(entries), "empty_text": empty_text}


@register.inclusion_tag(_COMPONENTS + "waterfall.html")
def waterfall(steps: Iterable[Any], currency: str, caption: str = "") -> dict[str, Any]:
    """A price receipt: how the first amount became the last. The table is the chart's own data."""
    return {
        "steps": bars.waterfall(steps),
        "currency": currency,
        "caption": caption or gettext("How this price came about"),
    }


@register.inclusion_tag(_COMPONENTS + "tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """Views of one thing as links: items with `label`, `url`, `active`, and optionally `count`, `icon`."""
    return {"items": list(items), "label": label or gettext("Views")}


@register.inclusion_tag(_COMPONENTS + "ways_out.html", takes_context=True)
def ways_out(context: Context, title: str, text: str = "", ways: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """A refusal and what can be done: ways with `label`, `url`, and optionally `text`, `icon`, `method`, `fields`."""
    return {"title": title, "text": text, "ways": list(ways), "csrf_token": context.get("csrf_token")}


@register.inclusion_tag(_COMPONENTS + "chart.html")
def chart(
    kind: str,
    labels: Iterable[Any],
    series: Iterable[Mapping[str, Any]],
    caption: str,
    unit: str = "",
    stacked: bool = False,
) -> dict[str, Any]:
    """A chart (bar, hbar, line, doughnut) with its numbers as a table below. Series: `label`, `values`, `tone`.

    The page that shows one loads the chart scripts: `{% block scripts %}{% include "portal/chart_scripts.html" %}`.
    """
    names = [str(label) for label in labels]
    drawn = [
        {"label": str(one["label"]), "values": [_plain(v) for v in one["values"]], "tone": str(one.get("tone", ""))}
        for one in series
    ]
    data = {"kind": kind, "labels": names, "series": drawn, "unit": unit, "stacked": stacked}
    rows = [(name, [one["values"][i] for one in drawn]) for i, name in enumerate(names)]
    return {
        "data": json.dumps(data, ensure_ascii=False),
        "series": drawn,
        "rows": rows,
        "caption": caption,
        "unit": unit,
    }


def _plain(value: Any) -> float | int | None:
    """A number as JavaScript draws it; the table shows the same one."""
    if value is None or isinstance(value, int):
        return value
    return float(value)


# Forms ---------------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, **options: Any) -> SafeString:
    """One form field with label, help and error; options: those of `render_field`."""
    return fields.render_field(bound, **options)


@register.inclusion_tag(_COMPONENTS + "form_fields.html")
def form_fields(form: Any, columns: int = 1) -> dict[str, Any]:
    """All visible fields of a form in order, its hidden fields and the errors that belong to no field."""
    return {"form": form, "columns": columns}


@register.simple_tag
def idempotency_key(value: str = "") -> SafeString:
    """The hidden field that makes a form safe to send twice; pass the key of a refused form to keep it."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', value or uuid.uuid4())
