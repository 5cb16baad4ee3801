"""One part number, several makers: a word or a column settles it, else a click, or the candidates in the API."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from concord.pricing.maker_names import Likeness, likeness
from concord.pricing.queries.bill_of_materials import lines_of_bill
from tests.factories import make_price_list, make_product, set_price


@pytest.mark.parametrize(
    ("written", "ours", "expected"),
    [
        ("Murata", "MURATA ", Likeness.SAME),
        ("Ai Thinker", "Ai-Thinker", Likeness.SAME),
        ("ON Semiconductor", "onsemi", Likeness.PART),
        ("Murata Electronics", "Murata", Likeness.PART),
        ("Ai-Thinker", "Ai Thinker(安信可)", Likeness.PART),
        ("TE", "TE Connectivity", Likeness.PART),
        ("TI", "Tianma", Likeness.NONE),
        ("Yageo", "TDK", Likeness.NONE),
        ("", "TDK", Likeness.NONE),
        ("-", "?", Likeness.NONE),
    ],
)
def test_names_of_makers_are_alike_or_not(written, ours, expected):
    assert likeness(written, ours) is expected
    assert likeness(ours, written) is expected


@pytest.fixture
def twins(cast, db):
    """One number of two makers, another one of a third alone."""
    price_list = make_price_list(markets=[])
    for sku, part, maker in (
        ("C-1", "ESD8472", "onsemi"),
        ("C-2", "ESD8472", "Leiditech"),
        ("C-3", "IRLML6244", "Infineon Technologies"),
    ):
        product = make_product(cast.family, sku, manufacturer_part_number=part, manufacturer=maker)
        set_price(price_list, product, "2")


@pytest.fixture
def seller(cast, db) -> Client:
    found = Client()
    found.force_login(cast.seller_a)
    return found


def answered(client: Client, text: str, **more: str) -> list[tuple[str, str, int | None]]:
    answer = client.post("/prices/", {"list": text, "currency": "USD", **more})
    return [(one.asked.sku, one.error_code, one.asked.quantity) for one in answer.context["check"].lines]


@pytest.mark.parametrize(
    "line",
    [
        "ESD8472\tON Semiconductor\t6",
        "ESD8472\t6\tonsemi",
        "onsemi\tESD8472\t6",
        "ESD8472;a diode;onsemi;6",
        "ESD8472 onsemi 6",
        "ON Semiconductor ESD8472 6",
    ],
)
def test_a_word_or_a_column_settles_it(twins, seller, line):
    assert answered(seller, line) == [("C-1", "", 6)]


@pytest.mark.parametrize("line", ["ESD8472\tYageo\t6", "ESD8472\t6", "ESD8472 6"])
def test_without_a_maker_of_it_the_line_stays_open(twins, seller, line):
    assert answered(seller, line) == [("", "ambiguous_number", 6)]


def test_a_maker_does_not_make_what_another_one_makes(twins, seller):
    """A part number that one maker alone has is that product, whatever is written beside it."""
    assert answered(seller, "IRLML6244\tKUU\t3") == [("C-3", "", 3)]
    ((sku, code, _quantity),) = answered(seller, "KUU IRLML6244 3")
    assert (code, sku) == ("unknown_sku", "KUU IRLML6244"), (
        "a word before a number is its maker or belongs to the number"
    )


def test_one_click_settles_it(twins, seller):
    text = "IRLML6244\t1\r\n\r\nESD8472\t6"
    page = seller.post("/prices/", {"list": text, "currency": "USD"}).content.decode()
    choices = [html.unescape(one) for one in re.findall(r'name="choose" value="([^"]+)"', page)]
    assert choices == ["3\tC-1\tESD8472", "3\tC-2\tESD8472"]
    assert "Leiditech" in page
    after = seller.post("/prices/", {"list": text, "currency": "USD", "choose": choices[1]})
    assert [one.asked.sku for one in after.context["check"].lines] == ["C-3", "C-2"]
    assert "C-2\t6" in html.unescape(after.content.decode())
    assert "pc-choose" not in after.content.decode()


@pytest.mark.parametrize(
    "choice", ["", "3", "9\tC-2\tESD8472", "x\tC-2\tESD8472", "1\tC-2\tESD8472", "-1\tC-2\tESD8472"]
)
def test_a_choice_that_fits_no_line_changes_nothing(twins, seller, choice):
    asked = answered(seller, "IRLML6244\t1\nESD8472\t6", choose=choice)
    assert asked == [("C-3", "", 1), ("", "ambiguous_number", 6)]


def test_a_bills_column_settles_it(twins, seller):
    bill = b"Item,Manufacturer,MPN,Qty\n1,ON Semiconductor,ESD8472,6\n2,Nobody,ESD8472,1\n3,Infineon,IRLML6244,2\n"
    answer = seller.post("/prices/bill/", {"file": SimpleUploadedFile("bill.csv", bill)})
    found = [(one.asked.sku, one.error_code) for one in answer.context["check"].lines]
    assert found == [("C-1", ""), ("", "ambiguous_number"), ("C-3", "")]


@pytest.mark.parametrize(
    "heading", ["Manufacturer", "MFR", "Mfg.", "Brand", "Maker name", "制造商", "品牌", "Manufacturer 1"]
)
def test_the_makers_column_is_found_by_its_heading(heading):
    table = [(1, ["MPN", heading, "Qty"]), (2, ["A-1", "TDK", "4"])]
    assert [(one.names, one.quantity, one.maker) for one in lines_of_bill(table)] == [(("A-1",), "4", "TDK")]


class TestInTheApi:
    def ask(self, cast, *lines: dict[str, object]):
        client = APIClient()
        client.force_authenticate(cast.seller_a)
        return client.post("/api/v1/price-checks/", {"currency": "USD", "lines": list(lines)}, format="json")

    def test_the_candidates_are_named_and_the_others_answer(self, twins, cast):
        answer = self.ask(
            cast,
            {"part_number": "esd-8472", "quantity": 6},
            {"part_number": "esd-8472", "manufacturer": "ON Semiconductor", "quantity": 6},
            {"part_number": "IRLML 6244", "quantity": 2},
            {"part_number": "NO-SUCH", "quantity": 2},
            {"sku": "C-2", "quantity": 1},
        )
        assert answer.status_code == 200, answer.content
        lines = answer.json()["lines"]
        assert [line["sku"] for line in lines] == ["", "C-1", "C-3", "NO-SUCH", "C-2"]
        assert [line["position"] for line in lines] == [0, 1, 2, 3, 4]
        assert lines[0]["error"]["code"] == "ambiguous_number"
        assert [(one["sku"], one["manufacturer"]) for one in lines[0]["error"]["candidates"]] == [
            ("C-1", "onsemi"),
            ("C-2", "Leiditech"),
        ]
        assert lines[3]["error"] == {
            "code": "unknown_sku",
            "detail": "There is no product “NO-SUCH” in the catalogue.",
        }
        assert [line["error"] for line in lines if line["position"] in (1, 2, 4)] == [None] * 3

    @pytest.mark.parametrize("line", [{"quantity": 1}, {"sku": "C-1", "part_number": "ESD8472", "quantity": 1}])
    def test_a_line_names_its_product_once(self, twins, cast, line):
        answer = self.ask(cast, line)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == "/lines/0/sku"
