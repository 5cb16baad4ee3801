"""One customer, one product, and everybody at once: page, API, shell, desk, repricing and import, mixed.

Each door wants another price: one partner's market has its own list, the shell quotes in another currency, the desk
grants a special price, a manager reprices, and a file brings in a list price that is quoted at once.
``RACE_PROCESSES`` and ``RACE_ROUNDS`` say how large the race is.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from concord.partners.actions.customers import relate
from concord.pricing.actions.special_prices import request_special_price
from concord.pricing.models import PriceCommitment, SpecialPrice
from tests.concurrency.door_racers import door_of
from tests.concurrency.racing import as_owner, race, size
from tests.concurrency.test_prices import contradictions
from tests.factories import make_customer, make_price_list, set_price
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.door_racers:come_in"


def facts_for(cast, processes: int, rounds: int, **more):
    shop = make_shop(cast)
    set_price(make_price_list("USD", markets=["NL"], priority=32_000), shop.relay, "9.2000")
    set_price(make_price_list("EUR"), shop.relay, "8.8000")
    made = []
    for _ in range(rounds):
        customer = make_customer()
        for partner in (cast.partner_a, cast.partner_b):
            relate(partner_id=partner.pk, end_customer_id=customer.pk, now=datetime.now(UTC))
        body = {
            "customer": str(customer.uuid),
            "customer_name": "Kunde AG",
            "currency": "USD",
            "valid_until": shop.day(20).isoformat(),
            "lines": [{"sku": shop.relay.sku, "quantity": 5}],
            "issue": True,
        }
        racers = [_prepared(shop, customer, door_of(number)) for number in range(processes)]
        made.append({"customer": customer.pk, "body": body, "racers": racers})
    users = {
        "page": cast.seller_a.pk,
        "api": cast.seller_b.pk,
        "shell": cast.seller_a2.pk,
        "desk": cast.pricing_manager.pk,
        "reprice": cast.pricing_manager.pk,
    }
    brought = {"list": shop.price_list.code, "sku": shop.relay.sku}
    return {"rounds": made, "users": users, "import": brought, **more}


def _prepared(shop, customer, door: str) -> dict:
    if door == "desk":
        asked = request_special_price(
            actor=shop.actor(),
            partner_id=shop.cast.partner_a.pk,
            end_customer_id=customer.pk,
            sku=shop.relay.sku,
            currency="USD",
            unit_price=Decimal("9.90"),
            quantity=1,
            valid_until=shop.day(60),
            reason="Large project",
        )
        return {"url": reverse("special_prices:decide", args=[asked.uuid]), "form": {"decision": "approve"}}
    if door in {"api", "import"}:
        return {}
    by = {"page": shop.cast.seller_a, "shell": shop.cast.seller_a2, "reprice": shop.cast.pricing_manager}[door]
    quote = shop.quote(
        by=by, partner=shop.cast.partner_a, customer=customer, currency="EUR" if door == "shell" else "USD"
    )
    name = "pricing:quote-reprice" if door == "reprice" else "pricing:quote-issue"
    return {"quote": str(quote.uuid), "url": reverse(name, args=[quote.uuid])}


def live_prices(customer: int) -> set[tuple[Decimal, str]]:
    """The prices that are promised to a customer and still hold."""
    return set(
        PriceCommitment.objects.filter(end_customer_id=customer, validity__contains=datetime.now(UTC)).values_list(
            "unit_price", "currency"
        )
    )


def test_through_whichever_door_they_come_one_price_holds(cast, app_dsn):
    processes, rounds = size(12, 12)
    facts = facts_for(cast, processes, rounds)
    result = race(WORK, url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    for turn, one in enumerate(facts["rounds"]):
        results = result.of_round(turn)
        assert "issued" in results, results  # a free price is refused to nobody
        assert len(live_prices(one["customer"])) == 1, results
        assert not [told for told in results if told.startswith(("5", "not ")) or told == "busy"], results
    assert contradictions() == 0
    # Neither a deadlock nor a lock time-out, not even one that a retry would have cured; only the second of two special
    # prices for the same customer is refused by its constraint.
    assert set(result.states) <= {"23P01"}
    assert result.states.count("23P01") <= result.count("409 desk")
    # Several doors got in, or the race was none of doors.
    came_in = {door_of(one.racer) for one in result.outcomes if one.result in {"issued", "granted"}}
    assert len(came_in) >= 3, came_in
    assert SpecialPrice.objects.filter(status="approved").exists()


def test_twin_without_lock_and_constraints_several_prices_hold(cast, app_dsn, owner_dsn):
    processes, rounds = size(12, 4)
    facts = facts_for(cast, processes, rounds, unguarded=True)
    with as_owner(
        owner_dsn,
        "DROP TRIGGER commitment_locks_customer ON pricing_pricecommitment",
        "ALTER TABLE pricing_pricecommitment DROP CONSTRAINT one_price, DROP CONSTRAINT one_currency",
    ):
        race(WORK, url=app_dsn, processes=processes, rounds=rounds, facts=facts)
    assert contradictions() > 0
    assert any(len(live_prices(one["customer"])) > 1 for one in facts["rounds"])
