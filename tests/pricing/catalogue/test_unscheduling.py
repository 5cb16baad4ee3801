"""A scheduled version of a price list taken back: a draft again, the version before goes on, partners are told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from concord.portal.models import Event
from concord.portal.refusals import Conflict, NotAllowed, WrongState
from concord.pricing.actions.unscheduling import unschedule_price_list_version
from concord.pricing.enums import VersionStatus
from concord.pricing.models import Price, PriceListVersion
from concord.pricing.queries.price_lists import news_of_lists, prices_as_of
from tests.pricing.catalogue.test_api import api, work_off_events  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_desk import at_desk  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_price_lists import next_version, publish, usd  # noqa: F401 - a fixture
from tests.pricing.catalogue.test_price_page import signed_in  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def held(price_list, moment):
    return {(one.product.sku, one.minimum_quantity, one.unit_price) for one in prices_as_of(price_list, moment)}


def take_back(cast, version, now=None):
    manager = cast.actor(cast.pricing_manager)
    return unschedule_price_list_version(actor=manager, version_uuid=version.uuid, now=now or timezone.now())


def test_the_version_before_holds_on_as_if_nothing_had_been_scheduled(cast, usd, feed):  # noqa: F811
    now, before = timezone.now(), held(usd, timezone.now())
    version = publish(cast, next_version(feed), at=now + WEEK)
    assert held(usd, now + 2 * WEEK) != before
    draft = take_back(cast, version)
    assert (draft.status, draft.valid_from, draft.published_at) == (VersionStatus.DRAFT, None, None)
    assert held(usd, now + 2 * WEEK) == before
    assert not Price.objects.filter(version=version, validity__isempty=False).exists()
    first = usd.versions.get(number=1)
    assert (first.status, first.valid_until) == (VersionStatus.IN_FORCE, None)
    again = publish(cast, draft, at=now + WEEK)
    assert again.status == VersionStatus.SCHEDULED
    assert held(usd, now + 2 * WEEK) != before


def test_between_two_others_the_one_before_goes_on_until_the_one_after(cast, usd, feed):  # noqa: F811
    now = timezone.now()
    second = publish(cast, next_version(feed), at=now + WEEK)
    feed("prices", "sku,unit_price\nUP-1,99\n", list="usd")
    third = publish(cast, usd.versions.get(status=VersionStatus.DRAFT), at=now + 2 * WEEK)
    take_back(cast, second)
    first = usd.versions.get(number=1)
    assert first.valid_until == third.valid_from
    assert ("GONE-1", 1, 7) in held(usd, now + WEEK + timedelta(hours=1))
    assert held(usd, now + 3 * WEEK) == {("UP-1", 1, 99)}


def test_what_holds_or_is_about_to_is_not_taken_back_nor_by_just_anybody(cast, usd, feed):  # noqa: F811
    now = timezone.now()
    version = publish(cast, next_version(feed), at=now + WEEK)
    kept = list(Price.objects.order_by("pk").values_list("pk", "validity"))
    with pytest.raises(NotAllowed):
        unschedule_price_list_version(actor=cast.actor(cast.vendor_manager), version_uuid=version.uuid, now=now)
    with pytest.raises(Conflict) as near:
        take_back(cast, version, now=now + WEEK - timedelta(seconds=90))
    assert near.value.code == "too_late"
    with pytest.raises(WrongState) as begun:
        take_back(cast, version, now=now + WEEK)
    assert begun.value.details == {"state": "in_force", "allowed": ["scheduled"]}, "whether or not a task said so"
    with pytest.raises(WrongState):
        take_back(cast, usd.versions.get(number=1))
    assert list(Price.objects.order_by("pk").values_list("pk", "validity")) == kept


@pytest.mark.django_db(transaction=True)
def test_partners_that_were_told_are_told_once_and_hear_of_the_next_date(cast, usd, feed, signed_in):  # noqa: F811
    now = timezone.now()
    version = publish(cast, next_version(feed), at=now + WEEK)
    work_off_events()
    take_back(cast, version)
    work_off_events()
    work_off_events()
    publish(cast, version, at=now + 2 * WEEK)
    work_off_events()
    news = Event.objects.unscoped("test").filter(subject_uuid=usd.uuid, partner_id__isnull=False).order_by("sequence")
    told = [(one.partner_id, one.verb, json.loads(one.payload)["from"][:10]) for one in news]
    week, later = (now + WEEK).date().isoformat(), (now + 2 * WEEK).date().isoformat()
    assert told == [
        (cast.partner_a.pk, "price_list.announced", week),
        (cast.partner_a.pk, "price_list.called_off", week),
        (cast.partner_a.pk, "price_list.announced", later),
    ]
    take_back(cast, PriceListVersion.objects.get(pk=version.pk))
    (shown,) = news_of_lists(cast.actor(cast.seller_a), now=timezone.now())
    assert shown.is_called_off
    assert "Called off" in signed_in("seller_a").get("/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_published_again_before_anybody_was_told_nothing_is_called_off(cast, usd, feed):  # noqa: F811
    now = timezone.now()
    version = publish(cast, next_version(feed), at=now + WEEK)
    work_off_events()
    take_back(cast, version)
    publish(cast, version, at=now + 2 * WEEK)
    work_off_events()
    news = Event.objects.unscoped("test").filter(subject_uuid=usd.uuid, partner_id__isnull=False)
    assert [one.verb for one in news.order_by("sequence")] == ["price_list.announced"] * 2


@pytest.mark.django_db(transaction=True)
def test_desk_and_api_take_back_small_ones_at_once_large_ones_in_the_background(
    cast,
    usd,  # noqa: F811
    feed,
    api,  # noqa: F811
    at_desk,  # noqa: F811
    monkeypatch,
):
    version = publish(cast, next_version(feed), at=timezone.now() + WEEK)
    page, desk = reverse("price_list_records:version", args=[version.uuid]), at_desk("pricing_manager")
    back = reverse("price_list_records:unschedule", args=[version.uuid])
    shown = desk.get(page).content.decode()
    assert "Take back to draft" in shown
    assert "Bring back as a new version" not in shown, "what has not begun is taken back, not brought back"
    assert "Take back to draft" not in at_desk("vendor_manager").get(page).content.decode()
    assert "is a draft again" in desk.post(back, follow=True).content.decode()
    assert "present state" in desk.post(back, follow=True).content.decode()

    where, client = f"/api/v1/price-lists/usd/versions/{version.number}/", api("pricing_manager")
    publish(cast, version, at=timezone.now() + WEEK)
    monkeypatch.setattr("concord.pricing.actions.unscheduling.LARGE", 2)
    assert client.post(f"{where}unschedule/", {}, format="json").status_code == 428
    tag = client.get(where)["ETag"]
    asked = client.post(f"{where}unschedule/", {}, format="json", HTTP_IF_MATCH=tag)
    assert (asked.status_code, asked.json()["status"]) == (202, "scheduled")
    assert "is being taken back" in desk.get(page).content.decode()
    work_off_events()
    assert client.get(where).json()["status"] == "draft"
    refused = client.post(f"{where}unschedule/", {}, format="json", HTTP_IF_MATCH=client.get(where)["ETag"])
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
