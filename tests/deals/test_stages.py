"""Where the sale stands: moved by people and systems, by a quote that goes out, never by a review."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from concord.deals.actions.locked import subject_of
from concord.deals.actions.stages import move_stage
from concord.deals.consumers import quoted
from concord.deals.models import Deal
from concord.deals.queries.history import deal_history
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere
from tests.deals import making
from tests.pricing.quotes.conftest import make_shop

pytestmark = pytest.mark.django_db


def stage_of(deal: Deal) -> str:
    return Deal.objects.unscoped("the test looks").values_list("sales_stage", flat=True).get(pk=deal.pk)


def moves(deal: Deal) -> list[Event]:
    facts = Event.objects.unscoped("the test looks").about("deal", deal.uuid)
    return list(facts.filter(verb="deal.stage_moved").order_by("sequence"))


def move(cast, deal: Deal, stage: str, user=None) -> Deal:
    actor = cast.actor(user or cast.seller_a)
    return move_stage(actor=actor, deal_uuid=deal.uuid, stage=stage, now=timezone.now())


def test_it_moves_on_and_back_and_the_history_tells_each(cast):
    deal = making.approved(cast)
    for stage in ("qualified", "negotiating", "quoted", "quoted"):
        move(cast, deal, stage)
        assert stage_of(deal) == stage
    assert len(moves(deal)) == 3, "standing still is no news"
    deal.refresh_from_db()
    assert (deal.review_status, deal.state) == ("approved", "approved")
    told = [one.text for one in deal_history(cast.actor(cast.seller_a), deal).entries if "stage" in one.event.verb]
    assert told == [
        "From “Open” to “Qualified”.",
        "From “Qualified” to “Negotiating”.",
        "From “Negotiating” to “Quoted”.",
    ]


@pytest.mark.parametrize("stage", ["won", "lost", "expired", "withdrawn", "", "Quoted"])
def test_it_does_not_end_by_a_stage(cast, stage):
    deal = making.approved(cast)
    with pytest.raises(InvalidInput) as refused:
        move(cast, deal, stage)
    assert [error.pointer for error in refused.value.errors] == ["/stage"]
    assert (stage_of(deal), moves(deal)) == ("open", [])


def test_it_is_moved_by_those_who_work_on_it_and_by_channel_managers(cast):
    deal = making.approved(cast)
    move(cast, deal, "qualified", cast.vendor_manager)
    with pytest.raises(NotAllowed):
        move(cast, deal, "quoted", cast.pricing_manager)
    with pytest.raises(NotThere):
        move(cast, deal, "quoted", cast.seller_b)
    assert stage_of(deal) == "qualified"


def test_a_draft_tells_the_vendor_nothing(cast):
    deal = making.draft(cast)
    move(cast, deal, "qualified")
    (fact,) = moves(deal)
    assert Event.objects.visible_to(cast.actor(cast.seller_a)).filter(pk=fact.pk).exists()
    assert not Event.objects.visible_to(cast.actor(cast.vendor_manager)).filter(pk=fact.pk).exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [("open", "quoted"), ("qualified", "quoted"), ("quoted", "quoted"), ("negotiating", "negotiating")],
)
def test_a_quote_that_goes_out_moves_the_sale_no_further_than_quoted_and_never_back(cast, before, after):
    shop = make_shop(cast)
    deal = making.approved(cast)
    if before != "open":
        move(cast, deal, before)
    known = len(moves(deal))
    quote = shop.issue(story=subject_of(deal))
    fact = Event.objects.unscoped("the test looks").about("deal", deal.uuid).get(verb="quote.issued")
    for _again in range(2):
        quoted(fact, "")
    assert stage_of(deal) == after
    news = moves(deal)[known:]
    assert [quote.public_id in one.payload for one in news] == ([True] if before != after else [])


def test_a_quote_moves_a_sale_once_though_it_is_told_again_after_somebody_moved_it_back(cast):
    shop = make_shop(cast)
    deal = making.approved(cast)
    shop.issue(story=subject_of(deal))
    fact = Event.objects.unscoped("the test looks").about("deal", deal.uuid).get(verb="quote.issued")
    quoted(fact, "")
    move(cast, deal, "open")
    quoted(fact, "")
    assert stage_of(deal) == "open"
    assert len(moves(deal)) == 2


def test_a_quote_moves_no_sale_that_is_over(cast):
    shop = make_shop(cast)
    deal = making.approved(cast)
    shop.issue(story=subject_of(deal))
    making.lose_deal(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, reason="price", now=timezone.now())
    quoted(Event.objects.unscoped("the test looks").about("deal", deal.uuid).get(verb="quote.issued"), "")
    assert stage_of(deal) == "lost"


def test_the_page_shows_the_way_and_moves_along_it(cast, client):
    deal = making.approved(cast)
    client.force_login(cast.seller_a)
    page = client.get(reverse("deals:detail", args=[deal.uuid]))
    assert 'name="stage" value="negotiating"' in page.content.decode()
    sent = {"stage": "negotiating", "version": page.context["version"]}
    address = reverse("deals:do", args=[deal.uuid, "stage"])
    shown = client.post(address, sent, follow=True).content.decode()
    assert "The sale stands at “Negotiating” now." in shown
    assert 'name="stage" value="negotiating"' not in shown
    assert stage_of(deal) == "negotiating"
    stale = client.post(address, {**sent, "stage": "open"}, follow=True).content.decode()
    assert "changed in the meantime" in stale
    assert stage_of(deal) == "negotiating"
    assert "Negotiating" in client.get(reverse("deals:list")).content.decode()


def test_the_api_moves_it_under_its_tag(cast):
    deal = making.approved(cast)
    api = APIClient()
    api.force_login(cast.seller_a)
    address = reverse("api:deal-stage", args=[deal.uuid])
    tag = api.get(reverse("api:deal", args=[deal.uuid]))["ETag"]
    moved = api.post(address, {"stage": "quoted"}, format="json", headers={"if-match": tag})
    assert (moved.status_code, moved.json()["sales_stage"]) == (200, "quoted")
    assert api.post(address, {"stage": "open"}, format="json", headers={"if-match": tag}).status_code == 412
    ended = api.post(address, {"stage": "won"}, format="json", headers={"if-match": moved["ETag"]})
    assert (ended.status_code, ended.json()["errors"][0]["pointer"]) == (422, "/stage")
    assert stage_of(deal) == "quoted"
