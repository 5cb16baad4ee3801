"""Characters that no text of the database holds, digits that are none, and texts that a spreadsheet would run."""

from __future__ import annotations

import pytest

from concord.partners.models import EndCustomer
from tests.deals import making


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/leads/?country=%00",
        "/api/v1/leads/?family=a%2500%00",
        "/api/v1/quotes/?search=%00",
        "/api/v1/deals/?search=%%0000",
        "/api/v1/events/?types=deal.created%00",
    ],
)
def test_nul_finds_nothing_and_breaks_nothing(cast, client, address):
    client.force_login(cast.admin_a)
    assert client.get(address).status_code == 200


def test_an_address_with_nul_leads_nowhere(cast, client):
    client.force_login(cast.admin_a)
    assert client.get("/api/v1/price-lists/%00/prices/").status_code == 404


def test_a_digit_of_another_script_is_no_number_of_seconds(cast, client):
    client.force_login(cast.admin_a)
    assert client.get("/api/v1/events/", {"wait": "²"}).status_code == 422


@pytest.mark.parametrize(("kind", "start"), [("csv", b"'=HYPERLINK(1)"), ("csv", b"'@SUM(1)")])
def test_what_partners_typed_is_no_formula_in_the_desks_files(cast, client, kind, start):
    making.submitted(cast)
    EndCustomer.objects.unscoped("the test writes").update(legal_name=start[1:].decode(), city="-1+1")
    client.force_login(cast.vendor_manager)
    answer = client.get("/desk/customers/", {"export": kind})
    written = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert start in written
    assert b",'-1+1" in written
