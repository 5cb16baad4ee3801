"""Finding products: part of a number, names in two languages, forgiving, and on the index."""

from __future__ import annotations

import pytest
from django.db import connection

from concord.pricing.models import Product
from concord.pricing.queries.catalogue import (
    _SIMILAR,
    products_matching,
    search_products,
    search_statement,
)
from concord.pricing.queries.named_products import products_named
from concord.pricing.search_text import product_keys
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(cast):
    return {
        sku: make_product(
            cast.family, sku, manufacturer_part_number=part, name=name, name_zh=name_zh, manufacturer=maker
        )
        for sku, part, name, name_zh, maker in (
            ("C-430881", "G5V-1 12VDC", "Signal relay", "信号继电器", "Omron"),
            ("C430882", "0027E894", "Power relay 100% tested", "功率继电器", "Ai-Thinker(安信可)"),
            ("YM-5022斑点", "", "Speckled set", "斑点太空豆", ""),
            ("X_1", "A/B,C", "Odd one", "", "?"),
        )
    }


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("C430881", ["C-430881"]),
        ("c 430 881", ["C-430881"]),
        ("30881", ["C-430881"]),
        ("C43088", ["C-430881", "C430882"]),
        ("g5v1", ["C-430881"]),
        ("G5V-1", ["C-430881"]),
        ("27E894", ["C430882"]),
        ("relay signal", ["C-430881"]),
        ("继电器", ["C-430881", "C430882"]),
        ("继电", ["C-430881", "C430882"]),
        ("信", ["C-430881", "C430882"]),
        ("5022斑点", ["YM-5022斑点"]),
        ("太空豆", ["YM-5022斑点"]),
        ("Ｃ４３０８８１", ["C-430881"]),
        ("om", ["C-430881"]),
        ("100%", ["C430882"]),
        ("%", []),
        ("_", []),
        ("x_1", ["X_1"]),
        ("\\", []),
        ("---", []),
        ("", []),
    ],
)
def test_what_is_typed_is_found(shelf, typed, expected):
    assert [product.sku for product in search_products(typed)] == expected


def test_typing_errors_are_forgiven_when_nothing_else_fits(shelf):
    assert search_products("singal relay")[0].sku == "C-430881"
    assert search_products("speckeld")[0].sku == "YM-5022斑点"


def test_the_exact_number_comes_first_and_ended_products_last(cast):
    for sku, status in (("AB-12345", "active"), ("AB-1", "active"), ("AB-12", "ended"), ("AB-123", "active")):
        make_product(cast.family, sku, status=status, manufacturer_part_number="")
    assert [product.sku for product in search_products("ab1")] == ["AB-1", "AB-123", "AB-12345", "AB-12"]


def test_lists_find_the_same_as_the_search(shelf):
    for typed in ("C43088", "g5v1", "继电", "relay signal", "100%"):
        listed = set(products_matching(typed).values_list("sku", flat=True))
        assert listed == {product.sku for product in search_products(typed)}, typed


def test_a_number_names_one_product_or_says_which_it_could_be(shelf, cast):
    make_product(cast.family, "D-1", manufacturer_part_number="G5V-1-12VDC")
    named = products_named(["c430881", "0027E894", "g5v112vdc", "G5V-1 12VDC", "nope", "--", ""])
    assert named["c430881"].sku == "C-430881"
    assert named["0027E894"].sku == "C430882"
    assert named["g5v112vdc"].skus == ("C-430881", "D-1")
    assert named["G5V-1 12VDC"].sku == "C-430881"
    assert not any(named[text].sku or named[text].candidates for text in ("nope", "--", ""))


def test_the_search_stands_on_the_trigram_index(cast):
    rows = []
    for number in range(5_000):
        facts = {
            "sku": f"K{number * 7919 % 100_003:06}",
            "manufacturer_part_number": f"P-{number:05}-Z",
            "manufacturer": "",
            "name": f"Part {number}",
            "name_zh": f"零件{number}",
        }
        rows.append(Product(family=cast.family, **facts, **product_keys(**facts)._asdict()))
    Product.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE pricing_product")
        cursor.execute("SET LOCAL enable_seqscan = off")
        for typed in ("p01234z", "零件", "part 4321", "P-01234 Z"):
            statement, values = search_statement(typed, limit=20)
            cursor.execute(f"EXPLAIN {statement}", values)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Bitmap Index Scan on product_search_key" in plan, plan
            assert "Seq Scan on pricing_product" not in plan, plan
        cursor.execute(f"EXPLAIN {_SIMILAR}", {"needle": "p-01243-z", "family": None, "limit": 20})
        assert "product_search_key" in "\n".join(row[0] for row in cursor.fetchall())
