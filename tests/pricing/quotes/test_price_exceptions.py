"""The queue of price conflicts: noted although refused, counted once, closed with a reason, silent to partners."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from concord.portal.actor import portal_actor
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotThere, WrongState
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.actions.drift import check_drift
from concord.pricing.actions.price_exceptions import close_price_exception
from concord.pricing.actions.quotes import issue_quote, reprice
from concord.pricing.actions.special_prices import reject_special_price, request_special_price
from concord.pricing.enums import ExceptionState
from concord.pricing.models import PriceException, QuoteLine


def entries():
    return list(PriceException.objects.unscoped("test").order_by("pk"))


def attempt(shop, wanted="8.00", by=None):
    quote = shop.quote((shop.relay, 5, wanted), by=by)
    with pytest.raises(PriceConflict):
        issue_quote(actor=shop.actor(by), quote_uuid=quote.uuid)
    return quote


@pytest.mark.django_db(transaction=True)
def test_a_refused_attempt_is_noted_although_its_transaction_is_rolled_back(shop):
    quote = attempt(shop)
    (entry,) = entries()
    assert (entry.kind, entry.state, entry.times) == ("refused_price", "open", 1)
    assert (entry.quote_id, entry.partner_id, entry.end_customer_id) == (quote.pk, quote.partner_id, shop.customer.pk)
    assert (entry.product_id, entry.unit_price, entry.currency) == (shop.relay.pk, Decimal(8), "USD")
    quote.refresh_from_db()
    assert quote.status == "draft"
    assert Event.objects.unscoped("test").filter(verb="price_exception.opened", visibility="internal").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_attempt_again_is_one_entry_with_a_count_and_another_price_is_another(shop):
    attempt(shop)
    attempt(shop)
    attempt(shop, "8.0000")
    attempt(shop, "7.90")
    assert [(entry.unit_price, entry.times) for entry in entries()] == [(Decimal(8), 3), (Decimal("7.90"), 1)]
    assert Event.objects.unscoped("test").filter(verb="price_exception.opened").count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_the_api_refuses_is_noted_too_though_the_draft_is_gone_with_it(shop):
    api = APIClient()
    api.force_login(shop.cast.seller_a)
    body = {
        "customer": str(shop.customer.uuid),
        "customer_name": "Kunde AG",
        "currency": "USD",
        "valid_until": shop.day(20).isoformat(),
        "lines": [{"sku": "RELAY-1", "quantity": 5, "unit_price": {"amount": "8.00", "currency": "USD"}}],
        "issue": True,
    }
    answer = api.post("/api/v1/quotes/", body, format="json", headers={"Idempotency-Key": "one"})
    assert answer.status_code == 409, answer.content
    (entry,) = entries()
    assert (entry.kind, entry.quote_id, entry.unit_price) == ("refused_price", None, Decimal(8))


@pytest.mark.django_db(transaction=True)
def test_an_entry_holds_nothing_of_the_rival_and_partners_see_none(shop, client):
    rival = shop.issue((shop.relay, 5), by=shop.cast.seller_b)
    attempt(shop)
    (entry,) = entries()
    promised = rival.lines.get().customer_unit_price
    told = [str(getattr(entry, field.attname)) for field in PriceException._meta.concrete_fields]
    assert str(promised) not in told
    assert rival.partner_id != entry.partner_id
    assert str(rival.uuid) not in " ".join(told)
    assert rival.number not in entry.finding
    for field in ("promised", "rival", "holder"):
        with pytest.raises(FieldDoesNotExist):
            PriceException._meta.get_field(field)
    for user in (shop.cast.seller_a, shop.cast.admin_a, shop.cast.seller_b, shop.cast.stranger):
        assert list(PriceException.objects.visible_to(shop.actor(user))) == []
        client.force_login(user)
        for url in (reverse("price_exceptions:queue"), reverse("price_exceptions:entry", args=[entry.uuid])):
            answer = client.get(url)
            assert answer.status_code in {302, 403}
            assert b"RELAY-1" not in answer.content
    events = Event.objects.unscoped("test").filter(verb__startswith="price_exception.")
    assert [(event.partner_id, event.visibility) for event in events] == [(None, "internal")]
    assert not Event.objects.visible_to(shop.actor()).filter(verb__startswith="price_exception.").exists()


def ask(shop, price="8.50", by=None):
    by = by or shop.cast.seller_b
    return request_special_price(
        actor=shop.actor(by),
        partner_id=shop.partner_of(by).pk,
        end_customer_id=shop.customer.pk,
        sku="RELAY-1",
        currency="USD",
        unit_price=Decimal(price),
        quantity=5,
        valid_until=shop.day(30),
        reason="Competition",
    )


def test_a_request_against_a_promise_is_noted_and_its_decision_resolves_it(shop):
    ask(shop, "9.50")
    assert entries() == []
    shop.issue((shop.relay, 5))
    asked = ask(shop)
    (entry,) = entries()
    assert (entry.kind, entry.special_price_id, entry.unit_price) == ("against_promise", asked.pk, Decimal("8.50"))
    reject_special_price(
        actor=shop.actor(shop.cast.pricing_manager), special_price_uuid=asked.uuid, note="Promised elsewhere"
    )
    entry.refresh_from_db()
    assert (entry.state, entry.reason, entry.closed_by) == (
        "resolved",
        "Promised elsewhere",
        shop.cast.pricing_manager.pk,
    )


def test_a_repricing_is_noted(shop):
    quote = shop.issue((shop.relay, 5))
    asked = ask(shop, "8.75", by=shop.cast.seller_a)
    asked.status = "approved"
    asked.save()
    new = reprice(actor=shop.actor(), quote_uuid=quote.uuid)
    assert [(one.kind, one.quote_id) for one in entries() if one.kind == "repriced"] == [("repriced", new.pk)]


def test_a_drifted_line_is_listed_once_and_counted_each_night(shop):
    quote = shop.issue((shop.relay, 5))
    QuoteLine.objects.filter(quote=quote).update(customer_amount=Decimal(1))
    now = timezone.now() + timedelta(seconds=1)
    assert check_drift(actor=portal_actor(), now=now).findings == 1
    check_drift(actor=portal_actor(), now=now + timedelta(days=1))
    (entry,) = entries()
    assert (entry.kind, entry.quote_id, entry.times) == ("drift", quote.pk, 2)


@pytest.fixture
def entry(shop):
    shop.issue((shop.relay, 5))
    ask(shop)
    return entries()[0]


def close(shop, entry, user=None, state=ExceptionState.DISMISSED, reason="Known"):
    actor = shop.actor(user or shop.cast.pricing_manager)
    return close_price_exception(actor=actor, exception_uuid=entry.uuid, state=state, reason=reason)


def test_an_entry_is_closed_once_with_a_reason_by_the_vendors_managers(shop, entry):
    with pytest.raises(InvalidInput):
        close(shop, entry, reason=" ")
    for user in (shop.cast.seller_a, shop.cast.editor):
        with pytest.raises(NotThere):
            close(shop, entry, user=user)
    closed = close(shop, entry, user=shop.cast.vendor_manager)
    assert (closed.state, closed.reason) == ("dismissed", "Known")
    assert Event.objects.unscoped("test").filter(verb="price_exception.dismissed", visibility="internal").count() == 1
    with pytest.raises(WrongState):
        close(shop, entry, state=ExceptionState.RESOLVED)


def test_the_database_closes_nothing_without_a_reason(shop, entry):
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceException.objects.unscoped("test").update(state="resolved")
    again = entries()[0]
    again.pk, again.uuid = None, shop.customer.uuid
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)


def test_the_queue_filters_counts_exports_and_closes(shop, entry, client):
    client.force_login(shop.cast.pricing_manager)
    queue, page = reverse("price_exceptions:queue"), reverse("price_exceptions:entry", args=[entry.uuid])
    assert "RELAY-1" in client.get(queue).content.decode()
    assert "RELAY-1" not in client.get(queue, {"kind": "drift"}).content.decode()
    assert "RELAY-1" not in client.get(queue, {"q": "nobody"}).content.decode()
    file = b"".join(client.get(queue, {"export": "csv", "q": "RELAY"}).streaming_content).decode("utf-8-sig")
    assert file.count("RELAY-1") == 1
    assert "8.50" in file
    customer = reverse("customers:inspect", args=[entry.end_customer_id])
    assert f'href="{customer}"' in client.get(page).content.decode()
    assert client.get(customer).status_code == 200
    assert "Special price asked for against a promise" in client.get("/desk/").content.decode()
    assert client.post(page, {"decision": "resolve", "reason": ""}).status_code == 422
    assert client.post(page, {"decision": "resolve", "reason": "Spoken with the partner"}).status_code == 302
    assert "Spoken with the partner" in client.get(page).content.decode()
    assert client.post(page, {"decision": "dismiss", "reason": "again"}).status_code == 409
    assert "RELAY-1" not in client.get(queue).content.decode()
    assert "RELAY-1" in client.get(queue, {"state": "resolved"}).content.decode()
