"""No file that Wagtail's own reports hand out holds a formula that somebody else has written."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from openpyxl import load_workbook
from wagtail.log_actions import log

from concord.portal.models import User
from tests.factories import make_customer

pytestmark = pytest.mark.django_db

FORMULA = '=HYPERLINK("https://evil.example","Prices")'


@pytest.mark.parametrize("path", ["/desk/reports/site-history/", "/desk/reports/site-history/results/"])
def test_the_history_of_the_site_runs_nothing_that_a_row_is_called(cast, path):
    cast.family.name = FORMULA
    log(instance=cast.family, action="wagtail.edit", user=cast.vendor_manager)
    client = Client()
    client.force_login(User.objects.create_superuser("operator@vendor.example", name="Olga"))
    answer = client.get(path, {"export": "csv"})
    text = b"".join(answer.streaming_content).decode()
    assert "HYPERLINK" in text
    assert ",=" not in text.replace('"', "")
    assert "'=HYPERLINK" in text
    book = load_workbook(io.BytesIO(b"".join(client.get(path, {"export": "xlsx"}).streaming_content)))
    cells = [cell for row in book.active.iter_rows() for cell in row if "HYPERLINK" in str(cell.value)]
    assert cells
    assert {(cell.data_type, cell.value[0]) for cell in cells} == {("s", "'")}


@pytest.mark.parametrize("path", ["/desk/reports/site-history/", "/desk/reports/site-history/results/"])
def test_the_operator_reads_what_was_done_to_rows_that_are_scoped(cast, path):
    customer = make_customer("Nordwind Antriebe GmbH")
    log(instance=customer, action="wagtail.edit", user=cast.vendor_manager)
    client = Client()
    client.force_login(User.objects.create_superuser("operator@vendor.example", name="Olga"))
    assert "Nordwind" in client.get(path).content.decode()
    client.force_login(cast.seller_a)
    refused = client.get(path)
    assert refused.status_code in {302, 403}
    assert "Nordwind" not in refused.content.decode()
