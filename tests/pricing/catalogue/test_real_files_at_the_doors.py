"""The real files as people hand them in: the desk's upload and the API for feeds, the price page for a bill."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from concord.portal.imports.runs import carry_out
from concord.portal.models import ImportRun
from concord.pricing.models import PriceListVersion, Product
from tests.factories import make_price_list, set_price
from tests.pricing.catalogue.test_api import api, work_off_events  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_desk import at_desk  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_price_page import signed_in  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_real_price_files import VERSIONS, rows_of, swivels, table  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

NOTES = "swivels_cny_2024-02-22b.csv"


def file_of(swivels, name) -> bytes:  # noqa: F811
    rows = (
        (swivels.skus[swivels.key(row)], row["price_excl_vat"], row["price_incl_vat"]) for row in swivels.files[name]
    )
    return table(("商品编码", "不含税单价", "含税单价"), rows).encode("utf-8-sig")


def handed_in(desk, kind, name, content, **options) -> ImportRun:
    """Upload at the desk, let the worker carry it out, and give the run."""
    upload = {"kind": kind, "file": SimpleUploadedFile(name, content), **options}
    answer = desk.post(reverse("imports:upload"), upload)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    run = ImportRun.objects.unscoped("the test looks").order_by("-pk").first()
    carry_out(run.pk, now=timezone.now())
    run.refresh_from_db()
    return run


def test_the_chinese_list_goes_in_at_the_desk_and_its_notes_come_back_by_row(swivels, at_desk):  # noqa: F811
    desk = at_desk("pricing_manager")
    run = handed_in(desk, "prices", NOTES, file_of(swivels, NOTES), price_list="cny", accept_good_rows="on")
    assert (run.state, run.rows) == ("done", 2339)
    assert run.created == run.rows - run.rejected > 2_300
    page = desk.get(reverse("imports:run", args=[run.uuid])).content.decode()
    assert reverse("imports:rejected", args=[run.uuid]) in page
    answer = desk.get(reverse("imports:rejected", args=[run.uuid]))
    refused = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    notes = [row for row in refused if row[:2] == ["1087", "unit_price"]]
    assert len(notes) == 1
    assert any("存用完后停" in cell for cell in notes[0])
    chinese = at_desk("pricing_manager")
    chinese.cookies["django_language"] = "zh-hans"
    whole = handed_in(chinese, "prices", NOTES, file_of(swivels, NOTES), price_list="cny")
    assert whole.created == 0
    assert PriceListVersion.objects.count() == 1, "a file with wrong rows goes in whole or not at all, unless chosen"


def test_the_desk_too_takes_versions_of_the_past_and_files_that_name_some_products_alone(swivels, at_desk):  # noqa: F811
    desk, (older, newer, *_rest) = at_desk("pricing_manager"), list(VERSIONS)
    for name in (newer, older):
        further = f"publish_at={VERSIONS[name].isoformat()}\nnote=From the maker"
        options = {"price_list": "cny", "accept_good_rows": "on", "further": further}
        run = handed_in(desk, "prices", name, file_of(swivels, name), **options)
        assert run.state == "done"
    for name in (older, newer):
        assert len(swivels.as_of(VERSIONS[name])) > 2_200
    sku = next(iter(swivels.as_of(VERSIONS[newer])))
    some = table(("sku", "unit_price"), [(sku, "77.7")]).encode()
    handed_in(desk, "prices", "some.csv", some, price_list="cny", further="complete=false")
    draft = PriceListVersion.objects.get(status="draft").prices
    assert draft.get(product__sku=sku).unit_price == Decimal("77.7")
    assert draft.count() > 2_200
    refused = {"kind": "prices", "file": SimpleUploadedFile("some.csv", some), "price_list": "cny"}
    answer = desk.post(reverse("imports:upload"), {**refused, "further": "publish_at=soon"})
    assert answer.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_versions_sent_out_of_order_hold_each_in_its_time(swivels, api):  # noqa: F811
    client = api("pricing_manager")
    names = list(VERSIONS)
    rejected = {}
    for place in (3, 1, 0, 2):
        name = names[place]
        sent = {
            "kind": "prices",
            "file": SimpleUploadedFile(name, file_of(swivels, name)),
            "accept_good_rows": "true",
            "options": f'{{"list": "cny", "publish_at": "{VERSIONS[name].isoformat()}"}}',
        }
        handed = client.post("/api/v1/imports/", sent, format="multipart")
        assert handed.status_code == 202, handed.content
        work_off_events()
        done = client.get(handed["Location"]).json()
        assert done["state"] == "done", done
        reasons = b"".join(client.get(done["rejected_rows"]).streaming_content) if done["rejected"] else b"row\r\n"
        rejected[name] = {int(row[0]) for row in list(csv.reader(io.StringIO(reasons.decode("utf-8-sig"))))[1:]}
    for name, moment in VERSIONS.items():
        assert swivels.as_of(moment) == swivels.expected(name, rejected[name]), name
    before = datetime(2023, 3, 25, tzinfo=UTC)
    found = client.get(f"/api/v1/price-lists/cny/prices/?as_of={before.strftime('%Y-%m-%dT%H:%M:%SZ')}")
    assert found.json()["results"] == []


def test_the_real_bill_pasted_and_uploaded_names_by_line_what_is_not_to_be_had(
    real_catalogue,
    signed_in,  # noqa: F811
    at_desk,  # noqa: F811
):
    parts = rows_of(real_catalogue / "components.csv")
    bill_path = real_catalogue.parent / "collateral" / "limesdr-mini-bom.csv"
    bill = [row for row in rows_of(bill_path) if row["Manufacturer Part Number 1"].strip()]
    assert len(bill) == 83
    desk = at_desk("pricing_manager")
    handed_in(desk, "families", "families.csv", b"code,name\nparts,Parts\n")
    header = ("sku", "manufacturer_part_number", "manufacturer", "name", "family", "minimum_order_quantity")
    content = table(
        header,
        ((one["sku"], one["mpn"], one["manufacturer"], one["mpn"], "parts", one["min_order_qty"]) for one in parts),
    )
    run = handed_in(desk, "products", "components.csv", content.encode(), accept_good_rows="on")
    assert run.created > 31_000
    wanted = {row["Manufacturer Part Number 1"].strip().replace("-", "").upper() for row in bill}
    found = [one for one in Product.objects.all() if one.manufacturer_part_number.replace("-", "").upper() in wanted]
    price_list = make_price_list("USD", markets=[])
    breaks: dict[str, dict[int, str]] = defaultdict(dict)
    for row in rows_of(real_catalogue / "component_price_breaks.csv"):
        breaks[row["sku"]][int(row["qty_from"])] = row["unit_price_usd"]
    for one in found:
        set_price(price_list, one, breaks[one.sku])

    client = signed_in("seller_a")
    pasted = "\n".join(f"{row['Manufacturer Part Number 1']}\t{row['Quantity']}" for row in bill)
    answer = client.post("/prices/", {"list": pasted, "currency": "USD"})
    asked = answer.context["check"].lines
    several = [line for line in asked if line.error_code == "ambiguous_number"]
    known = [line for line in asked if line.product is not None]
    missing = [line for line in asked if line.error_code == "unknown_sku"]
    assert (len(known), len(several), len(missing)) == (50, 2, 31), "51 as they stand there, and one but for its dash"
    assert [{one.sku: one.manufacturer for one in line.asked.candidates} for line in several] == [
        {"C133346": "onsemi", "C5120680": "Leiditech"},
        {"C143946": "Infineon Technologies", "C5123965": "TECH PUBLIC", "C5438459": "KUU"},
    ]
    assert [line.asked.text for line in known if line.product.manufacturer_part_number == "JMK063ABJ105MP-F"]
    page = " ".join(answer.content.decode().split())
    for line in missing:
        assert f"Line {line.asked.number}: There is no product" in page

    uploaded = client.post("/prices/bill/", {"file": SimpleUploadedFile(bill_path.name, bill_path.read_bytes())})
    lines = uploaded.context["check"].lines
    settled = {"C133346", "C143946"}  # by the bill's maker: ON Semiconductor and Infineon Technologies
    assert {line.product.sku for line in lines if line.product} == {line.product.sku for line in known} | settled
    assert not [line for line in lines if line.error_code == "ambiguous_number"]
    page = " ".join(uploaded.content.decode().split())
    for line in lines:
        if line.error_code == "unknown_sku":
            assert f"Line {line.asked.number}: There is no product" in page
    fine = [line.result.customer_unit_price for line in lines if line.result and line.result.customer_unit_price]
    assert any(price != price.quantize(Decimal("0.001")) for price in fine), "breaks to four decimals"
