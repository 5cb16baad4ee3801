"""Secrets that stand in addresses do not stand in the log, and nobody writes another address into it."""

from __future__ import annotations

import logging

import pytest
from allauth.account.app_settings import PASSWORD_RESET_TOKEN_GENERATOR
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.test import Client
from django.urls import reverse
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from concord.deals.actions.calendar import make_calendar_feed
from concord.portal.redaction import WithoutSecrets, without_secrets
from concord.pricing.codes import new_code
from tests.deals.making import now

pytestmark = pytest.mark.django_db


def addresses(cast) -> dict[str, str]:
    """Every address that is a secret, with the secret in it."""
    calendar = make_calendar_feed(actor=cast.actor(cast.seller_a), now=now())
    token = PASSWORD_RESET_TOKEN_GENERATOR().make_token(cast.seller_a)
    key = f"{user_pk_to_url_str(cast.seller_a)}-{token}"
    code, other = new_code(), new_code()
    return {
        reverse("deals:calendar-feed", args=[calendar]): calendar,
        reverse("account_reset_password_from_key", kwargs={"uidb36": "U", "key": "K"}).replace("U-K", key): token,
        f"/accounts/confirm-email/{token}/": token,
        f"/check/{code}/": code,
        f"/check/?code={code}&other={other}": other,
        f"/api/v1/quote-checks/{code}/?other={other}": code,
        f"/api/v1/quote-checks/{code}/proofs/": code,
        "/deals/?q=Murmeltierwerke&sort=title": "Murmeltierwerke",
    }


def test_no_secret_of_an_address_is_logged(cast, caplog):
    caplog.set_level(logging.DEBUG)
    for path, secret in addresses(cast).items():
        caplog.clear()
        with capture_logs(processors=[merge_contextvars]) as written:
            Client().get(path)
            Client().post(path)
        told = [one for one in written if one["event"] in {"request_started", "request_finished"}]
        assert len(told) == 4, path
        assert secret not in str(written), path
        for record in caplog.records:
            if record.name != "django.db.backends":  # statements are logged in no installation
                assert WithoutSecrets().filter(record)
                assert secret not in record.getMessage(), (path, record.name)
    assert settings.LOGGING["handlers"]["console"]["filters"] == ["secrets"]


def test_what_is_no_secret_stays_readable():
    for text in ("GET /deals/1/", "POST /check/documents/", "GET /check/", "GET /calendar/", "Not Found: /library/x/"):
        assert without_secrets(text) == text
    assert without_secrets("GET /deals/?q=Firma%20A&page=2") == "GET /deals/?q&page"
    assert without_secrets("GET /api/v1/quote-checks/ABC/lines/") == "GET /api/v1/quote-checks/*/lines/"


def test_nobody_writes_another_address_into_the_log(cast):
    with capture_logs(processors=[merge_contextvars]) as written:
        Client().get("/accounts/login/", headers={"x-forwarded-for": "203.0.113.66", "x-real-ip": "203.0.113.67"})
        Client().get("/health/live/", REMOTE_ADDR="")
    assert [one["ip"] for one in written if one["event"] == "request_finished"] == ["127.0.0.1", ""]
