"""Special prices: a chain of approvals by depth, a cap with its use counted, and the blind notice."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from rest_framework.test import APIClient

from concord.partners.actions.api_clients import create_api_client
from concord.partners.actions.customers import relate
from concord.portal.actor import portal_actor
from concord.portal.periods import period
from concord.portal.refusals import NotAllowed
from concord.pricing.actions.quotes import accept_quote, withdraw_quote
from concord.pricing.actions.special_price_uses import SpecialPriceUsedUp
from concord.pricing.actions.special_prices import approve_special_price, request_special_price
from concord.pricing.enums import RivalNotice
from concord.pricing.models import ApprovalLevel, RegistrationBenefit, SpecialPrice, SpecialPriceUse
from concord.pricing.queries.rival_notices import rival_notices
from concord.pricing.queries.special_prices import decision_clock, taken_of
from tests.factories import LONG_AGO, make_customer


def relate_by_registration(shop, partner=None):
    RegistrationBenefit.objects.create(
        partner=partner or shop.cast.partner_a,
        end_customer=shop.customer,
        family=shop.cast.family,
        period=period(LONG_AGO, None),
        granted_by_type="deal",
        granted_by_uuid=uuid4(),
    )


def ask(shop, price, *, by=None, quantity=1, **more):
    return request_special_price(
        actor=shop.actor(by or shop.cast.seller_a),
        partner_id=shop.cast.partner_a.pk,
        end_customer_id=shop.customer.pk,
        sku="RELAY-1",
        currency="USD",
        unit_price=Decimal(price),
        quantity=quantity,
        valid_until=shop.day(60),
        reason="Large project",
        **more,
    )


@pytest.fixture
def levels(db):
    ApprovalLevel.objects.create(
        down_to_percent=10, by_channel_manager=True, by_pricing_manager=False, decide_within_hours=8
    )
    ApprovalLevel.objects.create(down_to_percent=30, by_channel_manager=False, by_pricing_manager=True)


@pytest.mark.parametrize(
    ("price", "roles"),
    [
        ("9.00", ["channel_manager"]),
        ("8.99", ["pricing_manager"]),
        ("7.00", ["pricing_manager"]),
        ("6.99", ["channel_manager", "pricing_manager"]),
    ],
)
def test_who_approves_follows_from_the_depth_and_is_shown_before_sending(shop, levels, client, price, roles):
    asked = ask(shop, price)
    assert list(asked.steps.values_list("role", flat=True)) == roles
    quote = shop.quote((shop.relay, 5, price))
    client.force_login(shop.cast.seller_a)
    page = client.get(reverse("pricing:special-price-new", args=[quote.uuid]) + "?sku=RELAY-1").content.decode()
    labels = {"channel_manager": "Channel manager", "pricing_manager": "Pricing manager"}
    assert [label in page for label in labels.values()] == [role in roles for role in labels]


def test_both_approve_in_turn_and_the_price_holds_after_the_second(shop, levels):
    asked = ask(shop, "5.00")
    pricing, channel = shop.actor(shop.cast.pricing_manager), shop.actor(shop.cast.vendor_manager)
    with pytest.raises(NotAllowed):
        approve_special_price(actor=pricing, special_price_uuid=asked.uuid)
    assert approve_special_price(actor=channel, special_price_uuid=asked.uuid).status == "requested"
    with pytest.raises(NotAllowed):
        approve_special_price(actor=channel, special_price_uuid=asked.uuid)
    assert approve_special_price(actor=pricing, special_price_uuid=asked.uuid).status == "approved"


def test_a_channel_manager_gives_the_first_approval_through_the_api_too(shop, levels):
    asked = ask(shop, "5.00")
    url = f"/api/v1/special-prices/{asked.uuid}/"
    for user, state in ((shop.cast.vendor_manager, "requested"), (shop.cast.pricing_manager, "approved")):
        client = APIClient()
        client.force_login(user)
        tag = client.get(url)["ETag"]
        answer = client.post(f"{url}approve/", {}, format="json", HTTP_IF_MATCH=tag)
        assert (answer.status_code, answer.json()["status"]) == (200, state), answer.content
    lists = APIClient()
    lists.force_login(shop.cast.vendor_manager)
    assert lists.post("/api/v1/price-lists/usd/versions/", {}, format="json").status_code == 403


@pytest.mark.parametrize(
    ("scopes", "status"), [("prices:decide", 428), ("prices:write", 428), ("quotes:read quotes:write", 403)]
)
def test_a_system_needs_the_scope_and_who_keeps_prices_has_it(shop, levels, scopes, status):
    asked = ask(shop, "8.00")
    api_client, secret = create_api_client(actor=portal_actor(), name="ERP", partner=None, scopes=scopes.split())
    grant = {"grant_type": "client_credentials", "client_id": api_client.client_id, "client_secret": secret}
    token = APIClient().post("/api/oauth/token", grant).json()["access_token"]
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    answer = client.post(f"/api/v1/special-prices/{asked.uuid}/approve/", {}, format="json")
    assert answer.status_code == status


def test_systems_too_see_the_chain_before_they_ask(shop, levels):
    relate(partner_id=shop.cast.partner_a.pk, end_customer_id=shop.customer.pk, now=datetime.now(UTC))
    client = APIClient()
    client.force_login(shop.cast.seller_a)
    body = {
        "customer": str(shop.customer.uuid),
        "sku": "RELAY-1",
        "unit_price": {"amount": "5.00", "currency": "USD"},
        "quantity": 5,
        "valid_until": shop.day(60).isoformat(),
        "reason": "Large project",
        "dry_run": True,
    }
    foreseen = client.post("/api/v1/special-prices/", body, format="json")
    assert (foreseen.status_code, [one["role"] for one in foreseen.json()["approvals"]]) == (
        200,
        ["channel_manager", "pricing_manager"],
    )
    assert SpecialPrice.objects.count() == 0
    wrong = client.post("/api/v1/special-prices/", {**body, "quantity": 0}, format="json")
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/quantity")
    asked = client.post("/api/v1/special-prices/", {**body, "dry_run": False}, format="json")
    assert [one["role"] for one in asked.json()["approvals"]] == ["channel_manager", "pricing_manager"]


def test_the_menu_says_where_one_is_among_special_prices(shop, client):
    client.force_login(shop.cast.seller_a)
    page = client.get("/special-prices/").content.decode()
    assert '<a href="/quotes/" aria-current="page"><svg' in page


def test_the_clock_of_a_decision_turns(shop):
    asked = ask(shop, "9.50")
    span = asked.decide_by - asked.created_at
    told = [decision_clock(asked, now=asked.created_at + span * part) for part in (0, 0.9, 1)]
    assert told == ["calm", "soon", "late"]
    asked.status = "approved"
    assert decision_clock(asked, now=asked.decide_by) == ""


def test_a_cap_is_reserved_by_quotes_in_force_used_by_accepted_ones_and_never_exceeded(shop):
    relate_by_registration(shop)
    asked = ask(shop, "8.00", quantity_cap=10)
    approve_special_price(actor=shop.actor(shop.cast.pricing_manager), special_price_uuid=asked.uuid)
    now = datetime.now(UTC)
    first = shop.issue((shop.relay, 3), (shop.relay, 3))
    assert taken_of(asked, now=now) == {"reserved": 6, "used": 0}
    with pytest.raises(SpecialPriceUsedUp) as refused:
        shop.issue((shop.relay, 5))
    assert refused.value.details == {"sku": "RELAY-1", "left": 4}
    withdraw_quote(actor=shop.actor(), quote_uuid=first.uuid)
    assert taken_of(asked, now=datetime.now(UTC)) == {"reserved": 0, "used": 0}
    second = shop.issue((shop.relay, 10))
    assert second.lines.get().customer_unit_price == 8
    accept_quote(actor=shop.actor(), quote_uuid=second.uuid)
    assert taken_of(asked, now=datetime.now(UTC)) == {"reserved": 0, "used": 10}
    with pytest.raises(SpecialPriceUsedUp):
        shop.issue((shop.relay, 10))  # promised, and nothing is left
    assert shop.issue((shop.relay, 1)).lines.get().customer_unit_price == 10
    assert SpecialPriceUse.objects.count() == 2


def notices(shop, by, *lines, customer=None):
    actor = shop.actor(by)
    return rival_notices(
        actor=actor,
        partner_id=actor.partner_id,
        end_customer_id=(customer or shop.customer).pk,
        currency="USD",
        lines=[(product.pk, quantity, Decimal(price)) for product, quantity, price in lines],
        moment=datetime.now(UTC),
    )


def test_the_blind_notice_compares_for_who_has_a_relation(shop):
    shop.issue((shop.relay, 5), by=shop.cast.seller_b)
    relate_by_registration(shop)
    lines = [(shop.relay, 5, "10"), (shop.relay, 5, "11"), (shop.relay, 5, "9"), (shop.switch, 1, "4")]
    assert notices(shop, shop.cast.seller_a, *lines) == {
        0: RivalNotice.EQUAL,
        1: RivalNotice.LOWER,
        2: RivalNotice.HIGHER,
    }
    assert notices(shop, shop.cast.seller_a, (shop.relay, 50, "9")) == {}  # another break
    assert notices(shop, shop.cast.seller_b, (shop.relay, 5, "10")) == {}  # its own


def test_without_a_relation_the_answer_is_the_same_whether_a_quote_exists_or_not(shop, client):
    draft = shop.quote((shop.relay, 5))
    client.force_login(shop.cast.seller_a)
    url = reverse("pricing:quote-detail", args=[draft.uuid])

    def look():
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            page = client.get(url).content.decode()
        return page.count("Another live quote"), len(queries), notices(shop, shop.cast.seller_a, (shop.relay, 5, "11"))

    before = look()
    shop.issue((shop.relay, 5), by=shop.cast.seller_b)
    assert look() == before == (0, before[1], {})
    relate_by_registration(shop)
    assert look()[0] == 1
    assert notices(shop, shop.cast.seller_a, (shop.relay, 5, "11"), customer=make_customer()) == {}
