"""The log of the public check is kept for a set time, and forgotten a batch at a time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from concord.pricing.actions import quote_checks
from concord.pricing.models import QuoteCheck
from concord.pricing.tasks import forget_quote_checks

pytestmark = pytest.mark.django_db


def test_what_is_old_is_forgotten_and_what_is_not_stays(shop, settings, monkeypatch):
    monkeypatch.setattr(quote_checks, "FORGOTTEN_AT_ONCE", 2)
    settings.QUOTE_CHECKS_KEPT_DAYS = 30
    quote, now = shop.issue((shop.relay, 5)), datetime.now(UTC)
    for days in (0, 29, 31, 60, 400, 800, 801):
        QuoteCheck.objects.create(
            quote=quote if days % 2 else None, at=now - timedelta(days=days), verdict="in_force", door="public"
        )
    assert forget_quote_checks() == 5
    assert sorted((now - one.at).days for one in QuoteCheck.objects.all()) == [0, 29]
    assert forget_quote_checks() == 0


def test_two_years_unless_said(shop, settings):
    now = datetime.now(UTC)
    for days in (729, 731):
        QuoteCheck.objects.create(at=now - timedelta(days=days), verdict="unknown", door="api")
    assert forget_quote_checks() == 1
    assert settings.CELERY_BEAT_SCHEDULE["forget-quote-checks"]["task"] == forget_quote_checks.name
