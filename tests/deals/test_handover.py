"""Handing work over, the brief of those who take over, and the readiness of deals."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pypdfium2
import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from concord.deals.actions.activities import add_activity
from concord.deals.actions.handover import hand_over_deal, hand_over_person
from concord.deals.actions.locked import Changed
from concord.deals.actions.people import save_contact, save_objection
from concord.deals.actions.promises import save_promise
from concord.deals.consumers import handed_over, told_of_handover
from concord.deals.models import Promise
from concord.deals.queries.brief import brief_of
from concord.deals.queries.readiness import readiness_of
from concord.partners.actions.members import WorkRemains, deactivate_member
from concord.partners.models import Member
from concord.portal.events import Subject
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere
from concord.pricing.actions.quotes import QuoteLineInput, draft_quote, issue_quote
from concord.pricing.models import StockLevel, Warehouse
from tests.deals import making
from tests.factories import make_price_list, set_price


@pytest.fixture
def deal(cast):
    deal = making.approved(cast)
    common = {"actor": cast.actor(cast.seller_a), "deal_uuid": deal.uuid, "now": making.now()}
    person = save_contact(**common, name="Ines Falk", email="ines@falk.example", role="decision_maker")
    save_contact(**common, name="Jo Brandt")
    save_promise(**common, kind="price", text="9.80 until June", contact=person.uuid)
    save_objection(**common, text="Too loud")
    add_activity(
        **common, kind="visit", text="Seen", next_step="Send samples", next_due_at=making.now() - timedelta(days=1)
    )
    return deal


def member(user):
    return Member.objects.unscoped("the test asks").select_related("user", "partner").get(user=user)


def events(subject, public_id):
    return list(Event.objects.unscoped("the test reads").about(subject, public_id))


def test_everything_of_a_person_moves_in_one_go(cast, deal):
    moved = hand_over_person(
        actor=cast.actor(cast.admin_a),
        member=member(cast.seller_a),
        default=cast.seller_a2.uuid,
        now=making.now(),
        note="Mind the fair in May",
        then_deactivate=True,
    )
    deal.refresh_from_db()
    assert deal.owner == cast.seller_a2
    assert (moved.deals, moved.steps, moved.promises) == (1, 1, 1)
    assert deal.activities.exclude(next_step="").get().responsible == cast.seller_a2
    assert Promise.objects.get(deal=deal).responsible == cast.seller_a2
    assert events("deal", deal.uuid)[-1].verb == "deal.handed_over"
    cast.seller_a.refresh_from_db()
    assert not cast.seller_a.is_active
    assert brief_of(cast.actor(cast.seller_a2), deal, now=making.now()).promises


def test_deals_are_split_between_several(cast, deal):
    other = making.draft(cast, name="Suedhang Werke")
    hand_over_person(
        actor=cast.actor(cast.admin_a),
        member=member(cast.seller_a),
        default=cast.seller_a2.uuid,
        by_deal={other.uuid: cast.admin_a.uuid},
        now=making.now(),
    )
    deal.refresh_from_db()
    other.refresh_from_db()
    assert (deal.owner, other.owner) == (cast.seller_a2, cast.admin_a)
    told = [one for one in events("member", member(cast.seller_a).uuid) if one.verb == "member.handed_over"]
    assert len(told) == 2


def test_nobody_loses_the_access_while_work_is_open(cast, deal):
    with pytest.raises(WorkRemains) as refused:
        deactivate_member(actor=cast.actor(cast.admin_a), member=member(cast.seller_a))
    assert refused.value.address == reverse("deals:handover", args=[member(cast.seller_a).uuid])
    cast.seller_a.refresh_from_db()
    assert cast.seller_a.is_active
    assert deactivate_member(actor=cast.actor(cast.admin_a), member=member(cast.seller_a2)).user.is_active is False


@pytest.mark.parametrize("who", ["seller_b", "vendor_manager", "seller_a"])
def test_only_active_colleagues_take_over(cast, deal, who):
    successor = cast.people[who]
    with pytest.raises(InvalidInput) as refused:
        hand_over_person(
            actor=cast.actor(cast.admin_a), member=member(cast.seller_a), default=successor.uuid, now=making.now()
        )
    assert [error.pointer for error in refused.value.errors] == ["/successor"]
    deal.refresh_from_db()
    assert deal.owner == cast.seller_a


def test_others_hand_nothing_over(cast, deal):
    with pytest.raises(NotAllowed):
        hand_over_person(
            actor=cast.actor(cast.seller_a2),
            member=member(cast.seller_a),
            default=cast.seller_a2.uuid,
            now=making.now(),
        )
    with pytest.raises(NotThere):
        hand_over_deal(
            actor=cast.actor(cast.seller_b), deal_uuid=deal.uuid, successor=cast.seller_b.email, now=making.now()
        )
    deal.refresh_from_db()
    assert deal.owner == cast.seller_a


def test_a_plan_over_a_deal_that_is_gone_changes_nothing(cast, deal):
    with pytest.raises(Changed):
        hand_over_person(
            actor=cast.actor(cast.admin_a),
            member=member(cast.seller_a),
            default=cast.seller_a2.uuid,
            by_deal={uuid.uuid4(): cast.seller_a2.uuid},
            now=making.now(),
        )
    deal.refresh_from_db()
    assert deal.owner == cast.seller_a


def test_the_successor_and_the_customers_people_are_written_to_in_their_languages(cast, deal):
    save_contact(
        actor=cast.actor(cast.seller_a),
        deal_uuid=deal.uuid,
        now=making.now(),
        name="王芳",
        email="wang@nordwind.example",
        language="zh-hans",
    )
    hand_over_deal(
        actor=cast.actor(cast.seller_a),
        deal_uuid=deal.uuid,
        successor=cast.seller_a2.email,
        tell_customer=True,
        now=making.now(),
    )
    told = events("member", member(cast.seller_a).uuid)[-1]
    for target in told_of_handover(told):
        handed_over(told, target)
    sent = {one.to[0]: one for one in mail.outbox}
    assert set(sent) == {cast.seller_a2.email, "ines@falk.example", "wang@nordwind.example"}
    assert reverse("deals:brief", args=[deal.uuid]) in sent[cast.seller_a2.email].body
    assert sent["ines@falk.example"].reply_to == [cast.seller_a2.email]
    assert "您好" in sent["wang@nordwind.example"].body


def test_the_page_leads_from_the_refusal_to_the_handover(cast, deal, client):
    client.force_login(cast.admin_a)
    public_id = member(cast.seller_a).uuid
    answer = client.post(reverse("partners:deactivate", args=[public_id]))
    assert answer["Location"] == reverse("deals:handover", args=[public_id])
    page = client.get(answer["Location"]).content.decode()
    assert "Nordwind" in page
    refused = client.post(answer["Location"], {"successor": ""})
    assert refused.status_code == 422
    data = {"successor": str(cast.seller_a2.uuid), "then_deactivate": "on"}
    assert client.post(answer["Location"], data).status_code == 302
    deal.refresh_from_db()
    cast.seller_a.refresh_from_db()
    assert (deal.owner, cast.seller_a.is_active) == (cast.seller_a2, False)


def test_the_brief_says_what_is_not_known_and_where_to_say_it(cast, deal):
    brief = brief_of(cast.actor(cast.seller_a), deal, now=making.now())
    assert {one.what for one in brief.questions} == {
        "contact_without_role",
        "contact_without_address",
        "promise_without_evidence",
        "promise_without_date",
        "objection_unanswered",
        "competitor_unknown",
        "no_live_quote",
        "no_expected_close",
    }
    assert [one.next_step for one in brief.overdue] == ["Send samples"]
    assert brief.events[0].event.verb == "deal.activity_added"


def test_the_brief_page_and_its_paper(cast, deal, client):
    client.force_login(cast.seller_a)
    page = client.get(reverse("deals:brief", args=[deal.uuid]))
    text = page.content.decode()
    assert "What part does Jo Brandt have in the decision?" in text
    assert page["Cache-Control"] == "private, no-store"
    for url in {line.url for line in page.context["brief"].questions}:
        assert client.get(url.partition("#")[0]).status_code == 200
    paper = client.get(reverse("deals:brief-pdf", args=[deal.uuid]))
    assert paper.content.startswith(b"%PDF")


def test_the_brief_takes_the_same_few_statements(cast, deal, client):
    client.force_login(cast.seller_a)
    line = deal.lines.get()
    set_price(make_price_list("USD"), line.product, "120")
    _quote_of(cast, deal, line.product)
    client.get(reverse("deals:brief", args=[deal.uuid]))
    client.get(reverse("deals:brief", args=[deal.uuid]))
    for _turn in range(2):
        for number in range(5):
            common = {"actor": cast.actor(cast.seller_a), "deal_uuid": deal.uuid, "now": making.now()}
            save_contact(**common, name=f"Person {number}")
            save_promise(**common, kind="other", text=f"Promise {number}")
        with CaptureQueriesContext(connection) as caught:
            page = client.get(reverse("deals:brief", args=[deal.uuid]))
        assert len(caught) <= 15
    assert [len(one.lines) for one in page.context["brief"].quotes] == [1]
    assert page.context["brief"].quotes[0].partner_total is not None
    client.force_login(cast.vendor_manager)
    page = client.get(reverse("deals:brief", args=[deal.uuid]))
    assert page.context["brief"].quotes[0].partner_total is None


def test_a_count_that_is_old_is_called_so_on_page_paper_and_in_the_api(cast, deal, client):
    client.force_login(cast.seller_a)
    product = deal.lines.get().product
    set_price(make_price_list("USD"), product, "120")
    quote = _quote_of(cast, deal, product)
    address = f"/api/v1/deals/{deal.uuid}/brief/"
    place = Warehouse.objects.create(code="NORTH", name="North")
    count = StockLevel.objects.create(warehouse=place, product=product, on_hand=7, as_of=making.now())
    assert "old count" not in client.get(reverse("deals:brief", args=[deal.uuid])).content.decode()
    count.as_of = making.now() - timedelta(days=9)
    count.save()
    assert "old count:" in client.get(reverse("deals:brief", args=[deal.uuid])).content.decode()
    (told,) = client.get(address).json()["quotes"]
    assert (told["number"], told["lines"][0]["available"], told["lines"][0]["stock_is_stale"]) == (
        quote.number,
        7,
        True,
    )
    assert told["customer_total"] == {"amount": "1200.00", "currency": "USD"}
    assert told["lines"][0]["customer_unit_price"] == {"amount": "120.00", "currency": "USD"}
    paper = pypdfium2.PdfDocument(client.get(reverse("deals:brief-pdf", args=[deal.uuid])).content)
    assert "old count:" in "".join(page.get_textpage().get_text_bounded() for page in paper)


def _quote_of(cast, deal, product):
    actor = cast.actor(cast.seller_a)
    quote = draft_quote(
        actor=actor,
        partner_id=deal.partner_id,
        seller_id=cast.seller_a.pk,
        end_customer_id=deal.end_customer_id,
        customer_name=deal.customer_name,
        currency="USD",
        valid_until=(making.now() + timedelta(days=30)).date(),
        lines=[QuoteLineInput(product.sku, 10)],
        story=Subject("deal", deal.uuid, deal.partner_id),
    )
    return issue_quote(actor=actor, quote_uuid=quote.uuid)


def test_readiness_from_the_database_is_that_of_the_brief(cast, deal):
    now = making.now()
    found = readiness_of(deal, now)
    brief = brief_of(cast.actor(cast.seller_a), deal, now=now)
    assert (found.score, found.missing) == (brief.readiness.score, brief.readiness.missing)
    # one person of ours (30), one of two people without a role (10), the promise without evidence (20)
    assert found.score == 40
    add_activity(actor=cast.actor(cast.admin_a), deal_uuid=deal.uuid, kind="call", text="Introduced myself", now=now)
    assert readiness_of(deal, now + timedelta(seconds=1)).score == 70
