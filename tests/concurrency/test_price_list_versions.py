"""Somebody publishes a version while somebody else takes the next one back: prices neither overlap nor run out."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from concord.pricing.actions.price_lists import publish_price_list_version
from concord.pricing.enums import VersionStatus
from concord.pricing.models import Price, PriceListVersion
from tests.concurrency.racing import race, size
from tests.factories import make_price_list, make_product, set_price

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

WORK = "tests.concurrency.version_racers:publish_or_take_back"


def make_lists(cast, rounds):
    """A list each round: one version in force, one from next week on, and a draft."""
    product, now, made = make_product(cast.family), timezone.now(), []
    for number in range(rounds):
        price_list = make_price_list("USD", code=f"list-{number}", priority=20_000 + number)
        set_price(price_list, product, "10")
        versions = [
            PriceListVersion.objects.create(price_list=price_list, number=place, status=VersionStatus.DRAFT)
            for place in (2, 3)
        ]
        for version in versions:
            Price.objects.create(
                price_list=price_list,
                version=version,
                product=product,
                unit_price=10 + version.number,
                validity=DateTimeTZRange(empty=True),
            )
        publish_price_list_version(
            actor=cast.actor(cast.pricing_manager), version_uuid=versions[0].uuid, at=now + timedelta(days=7), now=now
        )
        made.append({"id": price_list.pk, "scheduled": versions[0].uuid, "draft": versions[1].uuid})
    return made


def runs_out_or_disagrees(list_id) -> bool:
    """Whether the list's prices end, have a gap, or hold at other times than their versions say."""
    held = list(Price.objects.filter(price_list_id=list_id, validity__isempty=False).order_by("validity"))
    whole = held[-1].validity.upper is None and all(
        one.validity.upper == following.validity.lower for one, following in pairwise(held)
    )
    agree = all(
        (one.validity.lower, one.validity.upper) == (one.version.valid_from, one.version.valid_until) for one in held
    )
    return not (whole and agree)


def test_prices_neither_overlap_nor_run_out(cast, app_dsn):
    _processes, rounds = size(2, 6)
    lists = make_lists(cast, rounds)
    outcome = race(
        WORK, url=app_dsn, processes=2, rounds=rounds, facts={"user": cast.pricing_manager.pk, "lists": lists}
    )
    for turn in range(rounds):
        assert sorted(outcome.of_round(turn)) == ["published", "taken back"], "both are possible, one after the other"
        assert not runs_out_or_disagrees(lists[turn]["id"])


def test_twin_without_the_lock_prices_run_out(cast, app_dsn):
    lists = make_lists(cast, 3)
    facts = {"user": cast.pricing_manager.pk, "lists": lists, "unguarded": True}
    race(WORK, url=app_dsn, processes=2, rounds=3, facts=facts)
    assert any(runs_out_or_disagrees(one["id"]) for one in lists)
