"""Amounts, numbers and moments as the reader expects them.

Nothing is rounded here: rounding is a business matter (`concord.portal.money`), so an amount shows as many
decimals as it has, and at least as many as its currency.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from babel import Locale
from babel.core import UnknownLocaleError
from babel.numbers import format_decimal, get_currency_precision
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, to_locale

_MINUS = "−"
_FORMATS = {
    "zh": {"date": "Y年n月j日", "short": "n月j日", "datetime": "Y年n月j日 H:i", "time": "H:i", "month": "Y年n月"},
    "en": {"date": "j M Y", "short": "j M", "datetime": "j M Y, H:i", "time": "H:i", "month": "F Y"},
}


def babel_locale() -> Locale:
    """Babel's locale of the active language (`zh-hans` → `zh_Hans`)."""
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _decimals(value: Decimal, minimum: int) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(minimum, -exponent) if isinstance(exponent, int) else minimum


def format_number(value: Decimal | float | str, *, minimum: int = 0) -> str:
    """A grouped number in the active language, with at least `minimum` decimals."""
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    pattern = "#,##0." + "0" * _decimals(amount, minimum)
    text = format_decimal(amount, format=pattern.rstrip("."), locale=babel_locale(), decimal_quantization=False)
    return text.replace("-", _MINUS)


def format_amount(amount: Decimal | int | str, currency: str) -> str:
    """An amount without its currency: `1,234.50`, JPY `1,235`, a unit price `0.0042`."""
    return format_number(Decimal(str(amount)), minimum=get_currency_precision(currency))


def format_moment(value: date | datetime, style: str = "datetime") -> str:
    """A moment in the reader's zone, or a day. Styles: datetime, date, short, time, month, relative."""
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        if style == "relative":
            return format_relative(value, timezone.now())
    elif style in {"datetime", "time", "relative"}:
        style = "date"
    family = "zh" if (get_language() or "en").startswith("zh") else "en"
    return date_format(value, _FORMATS[family][style])


def iso(value: date | datetime) -> str:
    """The machine-readable form: UTC for a moment, the plain day for a day."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat()


def days_between(start: datetime, end: datetime) -> int:
    """Whole calendar days from one moment to another, as the reader's calendar counts them."""
    if timezone.is_aware(start) and timezone.is_aware(end):
        start, end = timezone.localtime(start), timezone.localtime(end)
    return (end.date() - start.date()).days


def format_relative(value: datetime, now: datetime) -> str:
    """`3 hours ago`, `in 12 days`: whole units, the largest that fits."""
    seconds = int((value - now).total_seconds())
    size, past = abs(seconds), seconds < 0
    if size < 60:
        return gettext("just now") if past else gettext("in a moment")
    if size < 3600:
        n = size // 60
        text = (
            ngettext("%(n)d minute ago", "%(n)d minutes ago", n)
            if past
            else ngettext("in %(n)d minute", "in %(n)d minutes", n)
        )
    elif size < 86400:
        n = size // 3600
        text = (
            ngettext("%(n)d hour ago", "%(n)d hours ago", n) if past else ngettext("in %(n)d hour", "in %(n)d hours", n)
        )
    elif size < 86400 * 60:
        n = size // 86400
        text = ngettext("%(n)d day ago", "%(n)d days ago", n) if past else ngettext("in %(n)d day", "in %(n)d days", n)
    else:
        n = size // (86400 * 30)
        text = (
            ngettext("%(n)d month ago", "%(n)d months ago", n)
            if past
            else ngettext("in %(n)d month", "in %(n)d months", n)
        )
    return text % {"n": n}
