"""A rival's promised price is found nowhere: no answer, log, mail, failed delivery or server's log holds it."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import NumericRange
from django.urls import reverse
from rest_framework.test import APIClient

from concord.portal.events.outbox import work_off
from concord.portal.models import Event, OutboxItem
from concord.portal.periods import period
from concord.portal.refusals import Conflict, Refusal
from concord.portal.work import action
from concord.pricing.models import PriceCommitment, SpecialPrice
from tests.factories import FAR_AHEAD, LONG_AGO

CANARY = "4711.1317"
FORMS = ("4711.13", "4,711.13", "4711,13", "4 711.13", "4711.1317")


@pytest.fixture
def canary(shop):
    """A's promise at the customer, at a price that B must never meet."""
    SpecialPrice.objects.create(
        end_customer=shop.customer,
        product=shop.sensor,
        currency="USD",
        unit_price="119",
        quantity=NumericRange(1, None),
        period=period(LONG_AGO, FAR_AHEAD),
        status="approved",
    )
    quote = shop.issue((shop.switch, 1))
    PriceCommitment.objects.create(
        end_customer=shop.customer,
        product=shop.relay,
        quantity=NumericRange(1, None),
        validity=period(datetime.now(UTC) - timedelta(hours=1), FAR_AHEAD),
        unit_price=Decimal(CANARY),
        currency="USD",
        quote=quote,
    )
    return quote


def assert_silent(*texts: str) -> None:
    for text in texts:
        for form in FORMS:
            assert form not in text, text[max(0, text.index(form) - 200) : text.index(form) + 80]


def body(shop, sku="RELAY-1", **line):
    return {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": shop.day(20).isoformat(),
        "lines": [{"sku": sku, "quantity": 5, **line}],
        "issue": True,
    }


def test_every_refusal_page_and_log_is_silent_about_a_rivals_price(shop, canary, client, caplog):
    caplog.set_level(logging.DEBUG)
    connection.force_debug_cursor = True
    rival = APIClient()
    rival.force_login(shop.cast.seller_b)
    client.force_login(shop.cast.seller_b)
    answers = []

    def keep(answer):
        text = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answers.append(f"{answer.status_code} {dict(answer.items())} {text.decode(errors='replace')}")
        return answer

    try:
        for line in (
            {},
            *({"unit_price": {"amount": one, "currency": "USD"}} for one in ("10", "9.99", CANARY[:-1] + "8")),
        ):
            sent = keep(rival.post("/api/v1/quotes/", body(shop, **line), format="json"))
            if "4711" not in json.dumps(line):
                assert sent.status_code == 409
        keep(rival.post("/api/v1/quotes/", body(shop) | {"currency": "EUR"}, format="json"))
        keep(rival.post("/api/v1/quotes/", body(shop, quantity=0), format="json"))
        draft = shop.quote((shop.relay, 5), by=shop.cast.seller_b)
        for name in ("issue", "reprice", "take", "accept", "withdraw", "revise"):
            keep(client.post(reverse(f"pricing:quote-{name}", args=[draft.uuid])))
        for name in ("detail", "edit", "document", "pdf"):
            keep(client.get(reverse(f"pricing:quote-{name}", args=[draft.uuid])))
            keep(client.get(reverse(f"pricing:quote-{name}", args=[canary.uuid])))
        keep(client.get(reverse("pricing:quote-list")))
        keep(client.get(reverse("pricing:quote-check-code", args=[canary.check_code])))
        keep(rival.get("/api/v1/quotes/"))
        keep(rival.get(f"/api/v1/quotes/{canary.uuid}/"))
        keep(rival.get("/api/v1/special-prices/"))
    finally:
        connection.force_debug_cursor = False
    assert len(answers) >= 25
    # What B itself asked for is B's own; everything else is searched.
    own = {CANARY[:-1] + "8"}
    assert_silent(*[text.replace(next(iter(own)), "") for text in answers])
    for event in Event.objects.unscoped("test"):
        assert_silent(event.payload)
        OutboxItem.objects.get_or_create(event=event, target="no-such-consumer:", defaults={"next_at": event.at})
    work_off(now=datetime.now(UTC) + timedelta(minutes=1), limit=1_000)
    assert_silent(*[item.last_error for item in OutboxItem.objects.all()])
    assert_silent(*[f"{one.subject} {one.body}" for one in mail.outbox])
    # Statements with their values are Django's own debugging, off in every installation; all others are searched.
    assert_silent(*[one.getMessage() for one in caplog.records if one.name != "django.db.backends"])


def test_the_databases_own_text_is_dropped_where_a_writer_did_not_look_first(shop, canary, caplog):
    """An import, a shell, a forgotten path: the constraint refuses; its text, with the price, goes no further."""

    @action
    def forgets_to_look() -> None:
        PriceCommitment.objects.create(
            end_customer=shop.customer,
            product=shop.relay,
            quantity=NumericRange(1, 10),
            validity=period(datetime.now(UTC), FAR_AHEAD),
            unit_price=Decimal(10),
            currency="USD",
            quote=canary,
        )

    with pytest.raises(Conflict) as refused:
        forgets_to_look()
    told: list[str] = []
    error: BaseException | None = refused.value
    while error is not None:
        told.append(f"{error!r} {error} {error.__dict__}")
        error = error.__cause__ or error.__context__
    assert isinstance(refused.value, Refusal)
    assert refused.value.code == "price_conflict"
    assert_silent(*told, caplog.text)
    # The twin: without the one place that maps it, the price is right there.
    with pytest.raises(IntegrityError) as raw, transaction.atomic():
        forgets_to_look.__wrapped__()
    assert "4711.1317" in str(raw.value)


def test_the_servers_own_log_is_terse(shop, canary, test_server):
    """PostgreSQL would write the rival row into its log; the embedded server is told not to."""
    if test_server.given:
        pytest.skip("the log of a server that is not ours cannot be read here")
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceCommitment.objects.create(
            end_customer=shop.customer,
            product=shop.relay,
            quantity=NumericRange(1, 10),
            validity=period(datetime.now(UTC), FAR_AHEAD),
            unit_price=Decimal(10),
            currency="USD",
            quote=canary,
        )
    logs = [path for path in Path(test_server.embedded.state).rglob("*.log") if path.is_file()]
    assert logs
    text = "\n".join(path.read_text(errors="replace") for path in logs)
    assert "one_price" in text  # the refusal was logged
    assert_silent(text)
