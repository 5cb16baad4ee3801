"""The database goes away in the middle of a request: nothing of it stays, and the same request again does it once."""

from __future__ import annotations

import threading
import time
import uuid

import psycopg
import pytest
from django.db import connections
from rest_framework.test import APIClient

from concord.deals.models import Deal, Protection
from concord.portal.models import Event, IdempotencyKey
from concord.pricing.actions.quotes import issue_quote
from concord.pricing.models import PriceCommitment, Quote, RegistrationBenefit
from tests.deals import making
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]


def issuing(cast):
    quote = make_shop(cast).quote()
    return cast.seller_a, f"/api/v1/quotes/{quote.uuid}/issue/"


def accepting(cast):
    shop = make_shop(cast)
    quote = shop.quote()
    issue_quote(actor=shop.actor(), quote_uuid=quote.uuid)
    return cast.seller_a, f"/api/v1/quotes/{quote.uuid}/accept/"


def submitting(cast):
    deal = making.draft(cast)
    return cast.seller_a, f"/api/v1/deals/{deal.uuid}/submit/"


def approving(cast):
    deal = making.submitted(cast)
    return cast.vendor_manager, f"/api/v1/deals/{deal.uuid}/approve/"


def rows_of(model, *fields) -> list:
    return sorted(model.objects.unscoped("the test looks").values_list("pk", *fields))


def everything() -> list:
    """What any of these requests could leave behind."""
    return [
        rows_of(Quote, "status"),
        rows_of(Deal, "review_status", "end_customer"),
        rows_of(Protection),
        rows_of(Event, "verb"),
        sorted(PriceCommitment.objects.values_list("pk", flat=True)),
        sorted(RegistrationBenefit.objects.values_list("pk", flat=True)),
        sorted(IdempotencyKey.objects.values_list("key", "status")),
    ]


class Sent:
    """A request in a thread, with a connection of its own."""

    def __init__(self, user, address: str, key: str) -> None:
        self.answer: tuple[int, bytes] | None = None
        self.thread = threading.Thread(target=self._send, args=(user, address, key))
        self.thread.start()

    def _send(self, user, address: str, key: str) -> None:
        client = APIClient(raise_request_exception=False)
        client.force_login(user)
        answer = client.post(address, {}, format="json", headers={"If-Match": "*", "Idempotency-Key": key})
        self.answer = answer.status_code, answer.content
        connections.close_all()

    def answered(self) -> tuple[int, bytes]:
        self.thread.join(timeout=60)
        assert self.answer is not None, "the request was never answered"
        return self.answer


def waiting_for(session, table: str) -> int:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        row = session.execute(
            "SELECT pid FROM pg_locks WHERE NOT granted AND relation = %s::regclass LIMIT 1", [table]
        ).fetchone()
        if row:
            return row[0]
        time.sleep(0.005)
    pytest.fail("the request never came to its history")


@pytest.mark.parametrize("prepare", [issuing, accepting, submitting, approving])
def test_a_request_that_loses_its_database_is_done_again(cast, superuser_dsn, prepare):
    user, address = prepare(cast)
    before, key = everything(), str(uuid.uuid4())
    with psycopg.connect(superuser_dsn) as holding, psycopg.connect(superuser_dsn, autocommit=True) as session:
        # Most of it is written by the time that the first fact is recorded.
        holding.execute("LOCK TABLE portal_event IN SHARE ROW EXCLUSIVE MODE")
        sent = Sent(user, address, key)
        session.execute("SELECT pg_terminate_backend(%s)", [waiting_for(session, "portal_event")])
        status, content = sent.answered()
        holding.rollback()
    assert status >= 500
    assert b"psycopg" not in content
    assert everything() == before

    status, content = Sent(user, address, key).answered()
    after = everything()
    assert status < 300, content
    assert after != before
    assert Sent(user, address, key).answered() == (status, content)
    assert everything() == after
