"""The desk's lists around protections: filters in the address, figures, files, and what an empty list says."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from concord.deals.actions.appeals import file_appeal, uphold_decision
from concord.deals.actions.customers_choice import record_customers_choice
from concord.deals.actions.extensions import request_extension
from concord.deals.actions.holds import hold_protection
from concord.deals.actions.precedents import publish_precedent
from concord.deals.desk.protection_base import LISTS
from concord.deals.models import ExtensionRequest, ProgrammeSettings
from tests.deals import making
from tests.deals.test_protection_doors import signed_in
from tests.deals.test_protection_timers import all_of, judge, lost, manager, paper, seller

pytestmark = pytest.mark.django_db

NAMES = [name for name, _label in LISTS]


@pytest.fixture(autouse=True)
def anything_known_is_enough(db):
    ProgrammeSettings.objects.create(readiness_at_least=0)


@pytest.fixture
def desk(cast):
    return signed_in(cast.vendor_manager)


def shown(client, name, **query):
    answer = client.get(reverse(f"protections:{name}"), query)
    assert answer.status_code == 200
    return answer


def numbers(answer):
    return {str(one["word"]): one["number"] for one in answer.context["figures"]}


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_list_says_what_comes_first(desk, cast, name):
    answer = shown(desk, name)
    assert str(answer.context["empty_text"]) in answer.content.decode().replace("&#x27;", "'")
    assert set(numbers(answer).values()) == {0}
    assert shown(signed_in(cast.pricing_manager), name).context["object_list"].count() == 0
    assert signed_in(cast.seller_a).get(reverse(f"protections:{name}")).status_code in {302, 403}
    results = desk.get(reverse(f"protections:{name}_results"))
    assert results.status_code == 200


def test_extensions_by_state_clock_and_partner(cast, desk):
    first, second = making.approved(cast), making.approved(cast, user=cast.seller_b, name="Aurora Pumpen AB")
    request_extension(actor=seller(cast), deal_uuid=first.uuid, note="=1+1", upload=paper(), now=making.now())
    other = cast.actor(cast.seller_b)
    request_extension(actor=other, deal_uuid=second.uuid, note="On.", upload=paper(), now=making.now())
    all_of(ExtensionRequest).filter(deal=second).update(answer_due_at=making.now() - timedelta(hours=1))
    answer = shown(desk, "extensions")
    assert numbers(answer)["waiting for an answer"] == 2
    assert numbers(answer)["overdue"] == 1

    def deals(**query):
        return {one.deal_id for one in shown(desk, "extensions", **query).context["object_list"]}

    assert deals(state="pending") == {first.pk, second.pk}
    assert deals(state="granted") == set()
    assert deals(clock="overdue") == {second.pk}
    assert deals(partner=cast.partner_a.pk) == {first.pk}
    assert deals(family=cast.family.pk) == {first.pk, second.pk}
    assert deals(q="Aurora") == {second.pk}
    page = answer.content.decode()
    assert reverse("protections:one", args=[first.uuid]) in page
    assert "clock=overdue" in page
    rows = desk.get(reverse("protections:extensions"), {"export": "csv", "partner": cast.partner_a.pk})
    text = b"".join(rows.streaming_content).decode("utf-8-sig")
    assert str(first.uuid) in text
    assert str(second.uuid) not in text
    assert "'=1+1" in text
    book = desk.get(reverse("protections:extensions"), {"export": "xlsx"})
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    assert sheet.max_row == 3


def test_stops_of_the_clock_that_wait_and_that_stand(cast, desk):
    one, two = making.approved(cast), making.approved(cast, user=cast.seller_b, name="Aurora Pumpen AB")
    until = making.now() + timedelta(days=9)
    hold_protection(actor=seller(cast), deal_uuid=one.uuid, cause="customer_paused", until=until, now=making.now())
    hold_protection(actor=manager(cast), deal_uuid=two.uuid, cause="tender_runs", until=until, now=making.now())
    answer = shown(desk, "holds")
    assert (numbers(answer)["waiting for an answer"], numbers(answer)["clocks stand now"]) == (1, 1)
    assert [row.deal_id for row in shown(desk, "holds", clock="stands").context["object_list"]] == [two.pk]
    assert [row.deal_id for row in shown(desk, "holds", state="pending").context["object_list"]] == [one.pk]
    rows = desk.get(reverse("protections:holds"), {"export": "csv"})
    assert "tender_runs" in b"".join(rows.streaming_content).decode()


def test_appeals_and_precedents_name_no_partner_and_no_customer(cast, desk):
    making.approved(cast)
    rival = lost(cast)
    actor = cast.actor(cast.seller_b)
    file_appeal(actor=actor, deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=making.now())
    answer = shown(desk, "appeals", state="open")
    assert numbers(answer)["waiting for judgement"] == 1
    for secret in (rival.customer_name, cast.partner_b.name, cast.seller_b.name):
        assert secret not in answer.content.decode()
    rows = b"".join(desk.get(reverse("protections:appeals"), {"export": "csv"}).streaming_content).decode()
    assert "duplicate" in rows
    assert rival.customer_name not in rows
    neutral = cast.actor(judge(cast))
    uphold_decision(actor=neutral, deal_uuid=rival.uuid, reason="nothing_new", judgement="It stands.", now=making.now())
    publish_precedent(
        actor=neutral, deal_uuid=rival.uuid, title="Who was first", text="The first to register.", now=making.now()
    )
    assert not shown(desk, "appeals", state="open").context["object_list"]
    published = shown(desk, "precedents", outcome="upheld")
    assert "Who was first" in published.content.decode()
    assert not shown(desk, "precedents", q="nothing of it").context["object_list"]
    assert [one.pk for one in shown(desk, "appeals", published="yes").context["object_list"]]


def test_protections_and_choices(cast, desk):
    one, two = making.approved(cast), making.approved(cast, user=cast.seller_b, name="Aurora Pumpen AB")
    record_customers_choice(actor=manager(cast), deal_uuid=two.uuid, upload=paper(), now=making.now())
    answer = shown(desk, "lives", state="live")
    assert [row.deal_id for row in answer.context["object_list"]] == [two.pk, one.pk]
    assert numbers(answer)["in force"] == 2
    assert [row.deal_id for row in shown(desk, "lives", state="week").context["object_list"]] == [two.pk]
    assert [row.deal_id for row in shown(desk, "choices").context["object_list"]] == [two.pk]
    assert not shown(desk, "lives", state="over").context["object_list"]


@pytest.mark.parametrize("name", ["extensions", "lives"])
def test_a_longer_list_takes_no_more_statements(cast, desk, name):
    def statements():
        with CaptureQueriesContext(connection) as caught:
            shown(desk, name)
        return len(caught)

    def ask(deal):
        request_extension(actor=seller(cast), deal_uuid=deal.uuid, note="On.", upload=paper(), now=making.now())

    ask(making.approved(cast))
    statements()  # the first page of a session reads more
    one = statements()
    for company in ("Aurora Pumpen AB", "Kaiser Textil SE"):
        ask(making.approved(cast, name=company))
    assert statements() == one
