"""Bills of materials handed in as files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from xlsxwriter import Workbook

from concord.portal.tabular import read_rows
from concord.pricing.queries.bill_of_materials import lines_of_bill, list_of_bill
from tests.factories import make_price_list, make_product, set_price

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(cast) -> Client:
    found = Client()
    found.force_login(cast.seller_a)
    return found


def read(text: str):
    return [(line.names, line.quantity) for line in lines_of_bill(read_rows(io.BytesIO(text.encode())))]


def hand_in(client, name: str, content: bytes):
    return client.post("/prices/bill/", {"file": SimpleUploadedFile(name, content)})


def test_columns_are_found_by_their_headings():
    heading = "Item #,Comment,Quantity,Supplier Part Number,Manufacturer Part Number"
    assert read(f"Pump station\n\n{heading}\n1,x,6,445-1,C100\n2,,3,,\n") == [(("C100", "445-1"), "6"), (("2 3",), "3")]
    assert read("料号;数量\nG5V-1;4\n") == [(("G5V-1",), "4")]
    assert read("SKU,MPN,Qty\nA,B,2\n") == [(("A", "B"), "2")]


def test_without_headings_the_first_cell_and_the_first_number_are_taken():
    assert read("C430881,100nF,12\nC1525,,5\n") == [(("C430881",), "12"), (("C1525",), "5")]


def test_the_name_that_the_catalogue_knows_is_taken(cast):
    make_product(cast.family, "445-1")
    lines = lines_of_bill(read_rows(io.BytesIO(b"MPN,Supplier Part No,Qty\nUNKNOWN,445-1,6\nOTHER,,2\n")))
    assert list_of_bill(lines) == "445-1\t6\nOTHER\t2"


def test_a_workbook_is_priced_and_what_was_not_found_is_named_by_line(cast, seller):
    product = make_product(cast.family, "RELAY-1", manufacturer_part_number="G5V-1/12")
    set_price(make_price_list(markets=[]), product, "10")
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([["MPN", "Qty"], ["G5V-1/12", 3], ["NO-SUCH", 2]]):
            sheet.write_row(number, 0, row)
    answer = hand_in(seller, "bill.xlsx", target.getvalue())
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "Line 2: There is no product “NO-SUCH”" in text
    assert answer.context["check"].priced == 1
    assert "G5V-1/12\t3" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("bill.csv", b"", "empty"),
        ("bill.csv", b"MPN,Qty\n", "No line of the file names a part."),
        ("bill.pdf", b"%PDF-1.4 nothing", "neither CSV nor"),
        ("bill.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "Save it as .xlsx"),
        ("bill.csv", b"MPN,Qty\n" + b"X,1\n" * 1001, "At most 1000 lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_at_its_field(seller, name, content, told):
    answer = hand_in(seller, name, content)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_the_real_bill_finds_what_the_catalogue_has(cast, real_catalogue: Path):
    """Of 88 rows 83 name a part and one says a quantity alone; the rest is notes."""
    bill = (real_catalogue.parent / "collateral" / "limesdr-mini-bom.csv").read_bytes()
    lines = lines_of_bill(read_rows(io.BytesIO(bill)))
    assert len(lines) == 84  # those that name a part or say how many
    make_product(cast.family, "JMK063ABJ105MPF")
    assert "JMK063ABJ105MP-F\t60" in list_of_bill(lines)
    assert "04023A100JAT2A\t1" in list_of_bill(lines)
