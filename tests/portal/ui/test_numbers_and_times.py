"""Amounts, numbers and moments as each reader expects them; the geometry of bars."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from concord.portal.ui import bars, formats

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (Decimal("1234.5"), "EUR", "1,234.50"),
        (Decimal("1234.5000"), "EUR", "1,234.50"),
        (Decimal("0.0042"), "EUR", "0.0042"),
        (Decimal("83.2816"), "EUR", "83.2816"),
        (Decimal(1234567), "JPY", "1,234,567"),
        (Decimal("1.5"), "KWD", "1.500"),
        (Decimal("-14.4"), "EUR", "−14.40"),
        (Decimal("1E+3"), "EUR", "1,000.00"),
        (Decimal("1.005"), "EUR", "1.005"),
    ],
)
def test_an_amount_shows_what_it_is_and_is_never_rounded(amount, currency, shown):
    assert formats.format_amount(amount, currency) == shown


def test_moments_follow_the_zone_and_the_language_of_the_reader():
    with timezone.override(zoneinfo.ZoneInfo("Asia/Shanghai")):
        assert formats.format_moment(NOW) == "22 Nov 2026, 17:30"
        with translation.override("zh-hans"):
            assert formats.format_moment(NOW) == "2026年11月22日 17:30"
            assert formats.format_moment(NOW, "short") == "11月22日"
    assert formats.format_moment(date(2026, 3, 1), "datetime") == "1 Mar 2026"
    assert formats.iso(NOW.astimezone(zoneinfo.ZoneInfo("Asia/Shanghai"))) == "2026-11-22T09:30:00Z"


@pytest.mark.parametrize(
    ("delta", "english", "chinese"),
    [
        (timedelta(seconds=-5), "just now", "刚刚"),
        (timedelta(minutes=-1), "1 minute ago", "1 分钟前"),
        (timedelta(hours=3), "in 3 hours", "3 小时后"),
        (timedelta(days=-2), "2 days ago", "2 天前"),
        (timedelta(days=90), "in 3 months", "3 个月后"),
    ],
)
def test_relative_times_in_both_languages(delta, english, chinese):
    assert formats.format_relative(NOW + delta, NOW) == english
    with translation.override("zh-hans"):
        assert formats.format_relative(NOW + delta, NOW) == chinese


def test_a_period_is_half_open_and_warns_before_its_end():
    starts, ends = NOW - timedelta(days=60), NOW + timedelta(days=30)
    assert bars.time_bar(starts, ends, NOW) == bars.TimeBar(67, "ok", "running")
    assert bars.time_bar(starts, ends, ends).phase == "over"
    assert bars.time_bar(starts, ends, ends - timedelta(seconds=1)) == bars.TimeBar(100, "bad", "running")
    assert bars.time_bar(starts, ends, ends - timedelta(days=13)).tone == "warn"
    assert bars.time_bar(starts, ends, starts - timedelta(seconds=1)) == bars.TimeBar(0, "muted", "before")
    assert bars.time_bar(starts, ends, starts) == bars.TimeBar(0, "ok", "running")


def test_a_receipt_is_laid_out_by_its_amounts():
    steps = bars.waterfall(
        [
            {"label": "List", "amount": "120"},
            {"label": "Break", "amount": "-20"},
            {"label": "Surcharge", "amount": "5"},
            {"label": "Net", "amount": "105", "kind": "total"},
        ]
    )
    assert [step.kind for step in steps] == ["total", "down", "up", "total"]
    assert [step.running for step in steps] == [Decimal(120), Decimal(100), Decimal(105), Decimal(105)]
    assert [(step.x, step.width) for step in steps] == [(0.0, 100.0), (83.33, 16.67), (83.33, 4.17), (0.0, 87.5)]


def test_a_receipt_below_zero_and_an_empty_one_still_draw():
    below = bars.waterfall([{"label": "List", "amount": 10}, {"label": "Off", "amount": -15}])
    assert below[1].running == Decimal(-5)
    assert all(step.x >= 0 and step.x + step.width <= 100.01 for step in below)
    assert bars.waterfall([]) == []
