"""Typing errors in the catalogue's search: words, numbers, and what the database keeps for it."""

from __future__ import annotations

import pytest
from django.db import connection

from concord.pricing.models import Product, SearchWord
from concord.pricing.queries.catalogue import search_products
from concord.pricing.queries.forgiving import corrected_words, numbers_like
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(cast):
    return {
        sku: make_product(cast.family, sku, name=name, manufacturer_part_number=part, manufacturer=maker)
        for sku, name, part, maker in (
            ("C430881", "Signal relay latching", "G5V-1-DC12", "Omron"),
            ("C962129", "Toggle switch", "ACA-SPI-004-K02", "Lotes"),
            ("C2976805", "Power relay", "HF161F/12-HT", "Hongfa"),
        )
    }


def found(text: str) -> list[str]:
    return [product.sku for product in search_products(text)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("singal", ["C430881"]),  # swapped
        ("togle switch", ["C962129"]),  # missing
        ("powwer relay", ["C2976805"]),  # superfluous
        ("latchimg relay", ["C430881"]),  # wrong
        ("hongfa relays", ["C2976805"]),  # one word right, one nearly
    ],
)
def test_a_slip_in_a_word_is_forgiven(shelf, typed, meant):
    assert found(typed) == meant


@pytest.mark.parametrize("typed", ["C403881", "C43081", "C4308811", "C438881", "G5V-1-DC21"])
def test_a_slip_in_a_number_is_forgiven(shelf, typed):
    assert found(typed)[:1] == ["C430881"]


def test_what_is_right_is_never_corrected(shelf, cast):
    make_product(cast.family, "S-1", name="Singal lamp", manufacturer_part_number="")
    assert found("singal") == ["S-1"]


def test_short_and_far_words_mean_nothing_else(shelf):
    assert corrected_words(["rel", "zzzzzz", "c430881"]) == {}
    assert numbers_like("relay", limit=9, family_id=None) == []
    assert found("xylophone") == []


def test_the_family_still_narrows(shelf, cast):
    assert [one.sku for one in search_products("singal", family_id=cast.other_family.pk)] == []
    assert numbers_like("C403881", limit=9, family_id=cast.other_family.pk) == []


def test_the_database_keeps_the_words_whoever_writes_the_products(shelf):
    assert {"signal", "relay", "toggle", "hongfa"} <= set(SearchWord.objects.values_list("word", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pricing_product SET search_key = ' oscilloscope ' WHERE sku = 'C962129'")
    assert SearchWord.objects.filter(word="oscilloscope").exists()
    assert not SearchWord.objects.filter(word__regex=r"\d").exists()


def test_forgiving_takes_a_bounded_number_of_statements(shelf, django_assert_max_num_queries):
    Product.objects.get(sku="C430881")
    for typed in ("singal relay", "C403881", "xylophone music"):
        with django_assert_max_num_queries(9):  # savepoints included
            search_products(typed)
