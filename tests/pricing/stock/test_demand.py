"""The vendor's report of what could not be had."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from concord.portal.actor import portal_actor
from concord.pricing.actions.stock import record_unmet_demand
from concord.pricing.enums import DemandSource
from concord.pricing.queries.availability import Unmet
from concord.pricing.queries.demand import demand_by_week, unmet_demand

pytestmark = pytest.mark.django_db
PAGE = "/desk/unmet-demand/"


@pytest.fixture
def demand(shop, cast):
    """A asks twice in one week and once in the week before; B asks in the same week."""
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    for partner, day, missing, source in (
        (cast.partner_a, monday, 5, DemandSource.ASKED),
        (cast.partner_a, monday, 7, DemandSource.QUOTED),
        (cast.partner_b, monday, 11, DemandSource.ASKED),
        (cast.partner_a, monday - timedelta(days=2), 13, DemandSource.ASKED),
    ):
        record_unmet_demand(
            actor=portal_actor(),
            partner_id=partner.pk,
            asked=[Unmet(shop.relay.pk, missing * 2, missing)],
            asked_on=day,
            source=source,
        )
    return monday


def client(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def test_it_is_added_up_by_week_territory_and_product(demand, cast):
    rows = demand_by_week(unmet_demand(actor=cast.actor(cast.vendor_manager), today=demand), limit=10)
    told = [(row.week, row.country, row.partners, row.asked, row.missing) for row in rows]
    by_country: dict[str, int] = {}
    for _week, country, _partners, _asked, missing in told:
        by_country[country] = by_country.get(country, 0) + missing
    assert sum(by_country.values()) == 36
    assert {week for week, *_rest in told} == {demand, demand - timedelta(days=7)}
    one = cast.actor(cast.vendor_manager)
    assert (
        sum(row.missing for row in demand_by_week(unmet_demand(actor=one, today=demand, source="quoted"), limit=9)) == 7
    )
    assert demand_by_week(unmet_demand(actor=one, today=demand + timedelta(weeks=30), weeks=4), limit=9) == []


def test_partners_and_editors_see_none_of_it(demand, cast):
    assert not unmet_demand(actor=cast.actor(cast.seller_a), today=demand).exists()
    assert client(cast.editor).get(PAGE).status_code in {302, 403}
    assert client(cast.seller_a).get(PAGE).status_code in {302, 403}


def test_the_report_has_filters_and_files(demand, cast, shop):
    desk = client(cast.pricing_manager)
    page = desk.get(PAGE, {"weeks": "4"}).content.decode()
    assert "RELAY-1" in page
    assert "RELAY-1" not in desk.get(PAGE, {"q": "nothing like it"}).content.decode()
    csv = desk.get(PAGE, {"export": "csv"}).content.decode("utf-8-sig")
    assert sum(int(line.split(",")[7]) for line in csv.splitlines()[1:]) == 36
    sheet = load_workbook(io.BytesIO(desk.get(PAGE, {"export": "xlsx"}).content)).active
    assert sheet.max_row == len(csv.splitlines())
    assert date.fromisoformat(sheet["A2"].value) == demand
