"""Long lists of deals: every row on exactly one page, whatever they are sorted by, and figures for the page alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concord.deals.models import Deal
from tests.deals import making


@pytest.fixture
def many(cast):
    moment = making.now() - timedelta(days=3)
    rows = [
        Deal(
            partner=cast.partner_a,
            owner=cast.seller_a,
            title=f"Deal {number % 7}",
            customer_name=f"Customer {number % 5}",
            customer_country="DE",
            currency="EUR",
            review_status="imported",
            submitted_at=moment if number % 3 else None,
        )
        for number in range(120)
    ]
    Deal.objects_for_django.bulk_create(rows)
    return {str(row.uuid) for row in rows}


def shown(client, **asked):
    table = client.get(reverse("deals:list"), asked).context["table"]
    return [str(row.record.uuid) for row in table.page.object_list], table


@pytest.mark.parametrize("sort", ["", "title", "-customer_name", "submitted_at", "quoted_amount", "-protected_until"])
def test_each_deal_stands_on_exactly_one_page(cast, client, many, sort):
    client.force_login(cast.seller_a)
    pages = [shown(client, page=number, **({"sort": sort} if sort else {}))[0] for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert {one for page in pages for one in page} == many


def test_figures_stand_beside_the_rows_and_are_sorted_by(cast, client, many):
    deal = making.approved(cast)
    client.force_login(cast.seller_a)
    rows, table = shown(client, sort="protected_until")
    assert rows[0] == str(deal.uuid)
    first = table.page.object_list[0].record
    assert first.protected_until is not None
    assert first.protected_until == max(one.period.upper for one in deal.protections.all())


def test_a_deep_page_of_a_long_list_is_as_many_statements_as_the_first_of_a_short_one(cast, client, many):
    client.force_login(cast.seller_a)
    address = reverse("deals:list")
    client.get(address)
    counts = set()
    for asked in ({}, {"page": 3}, {"sort": "quoted_amount"}, {"q": "Customer 1"}, {"review_status": "imported"}):
        with CaptureQueriesContext(connection) as caught:
            client.get(address, asked)
        counts.add(len(caught))
    assert counts == {6}
