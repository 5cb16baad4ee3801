"""What is offered instead."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from concord.pricing.enums import Lifecycle
from concord.pricing.models import ProductSubstitute
from concord.pricing.queries.substitutes import substitutes_for
from tests.factories import make_product

pytestmark = pytest.mark.django_db


def offered(product) -> list[tuple[str, bool]]:
    found = substitutes_for([product.pk], now=timezone.now()).get(product.pk, ())
    return [(offer.product.sku, offer.is_successor) for offer in found]


def follow(product, successor, *, ended=True):
    product.successor = successor
    product.status = Lifecycle.ENDED if ended else product.status
    product.save()


def test_the_successor_comes_first_then_substitutes_by_rank(shop, cast):
    better, other = make_product(cast.family, "RELAY-9"), make_product(cast.family, "RELAY-5")
    follow(shop.relay, shop.switch)
    ProductSubstitute.objects.create(product=shop.relay, substitute=other, rank=2)
    ProductSubstitute.objects.create(product=shop.relay, substitute=better, rank=1)
    ProductSubstitute.objects.create(product=shop.relay, substitute=shop.switch, rank=3)  # the successor again
    assert offered(shop.relay) == [("SWITCH-2", True), ("RELAY-9", False), ("RELAY-5", False)]


def test_a_chain_of_ended_products_leads_to_the_one_that_can_be_had(shop):
    follow(shop.relay, shop.switch)
    follow(shop.switch, shop.sensor)
    assert offered(shop.relay) == [("SENSOR-3", True)]


def test_a_circle_leads_nowhere_and_ends(shop):
    follow(shop.relay, shop.switch)
    follow(shop.switch, shop.relay)
    assert offered(shop.relay) == []


def test_ended_and_withdrawn_substitutes_are_not_offered(shop, cast):
    ended = make_product(cast.family, "RELAY-0", status=Lifecycle.ENDED)
    ProductSubstitute.objects.create(product=shop.relay, substitute=ended)
    ProductSubstitute.objects.create(product=shop.relay, substitute=shop.switch, is_offered=False)
    assert offered(shop.relay) == []


def test_nothing_stands_in_for_itself(shop):
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductSubstitute.objects.create(product=shop.relay, substitute=shop.relay)


def test_it_is_a_constant_number_of_statements(shop, cast, django_assert_num_queries):
    products = [make_product(cast.family, f"OLD-{number}") for number in range(6)]
    for product in products:
        follow(product, shop.switch)
        ProductSubstitute.objects.create(product=product, substitute=shop.sensor)
    with django_assert_num_queries(4):
        substitutes_for([products[0].pk], now=timezone.now())
    with django_assert_num_queries(4):
        substitutes_for([product.pk for product in products], now=timezone.now())
