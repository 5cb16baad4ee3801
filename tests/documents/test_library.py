"""Who finds and fetches what. Each denial is shown beside the reader who does get it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from concord.documents.actions.collateral import take_text
from concord.documents.models import Collateral, Download
from concord.documents.queries.library import Filters, entitled_to, library
from concord.partners.models import Tier
from concord.portal import registry
from concord.portal.enums import Door
from concord.portal.events.outbox import work_off
from concord.portal.events.sealing import seal
from concord.portal.models import Event
from tests.documents.samples import PLAIN_TEXT, data_file, make_collateral, stored

NOWHERE = "00000000-0000-4000-8000-000000000000"
NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def titles(cast, user, now=NOW) -> set[str]:
    return {one.title for one in entitled_to(actor=cast.actor(user), now=now)}


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fetch(client: Client, document: Collateral):
    return client.get(reverse("documents:download", args=[document.uuid]))


@pytest.fixture
def wire(cast):
    """What a partner must have for each document; ``everybody`` has no condition."""
    better = Tier.objects.create(code="platinum", name="Platinum", rank=9)
    cast.partner_b.territories = ["NL", "BE"]
    cast.partner_b.save()
    return {
        "everybody": make_collateral("everybody"),
        "sensors only": make_collateral("sensors only", families=[cast.other_family]),
        "both families": make_collateral("both families", families=[cast.family, cast.other_family]),
        "better tier": make_collateral("better tier", minimum_tier=better),
        "own tier": make_collateral("own tier", minimum_tier=cast.tier),
        "germany": make_collateral("germany", territories=["DE"]),
        "benelux": make_collateral("benelux", territories=["BE", "LU"]),
        "not yet": make_collateral("not yet", valid_from=NOW + timedelta(seconds=1)),
        "from now": make_collateral("from now", valid_from=NOW),
        "over": make_collateral("over", valid_until=NOW),
        "not released": make_collateral("not released", released=False),
    }


def test_entitlement_is_family_tier_territory_and_time(cast, wire):
    for_all = {"everybody", "both families", "own tier", "from now"}
    # A sells everywhere and is authorised for both families; B sells in the Benelux and has connectors alone.
    assert titles(cast, cast.seller_a) == for_all | {"sensors only", "germany", "benelux"}
    assert titles(cast, cast.seller_b) == for_all | {"benelux"}
    assert titles(cast, cast.stranger) == set()
    for user in (cast.vendor_manager, cast.pricing_manager, cast.editor):
        assert titles(cast, user) == set(wire)


def test_time_decides_at_the_boundary(cast, wire):
    assert "not yet" in titles(cast, cast.seller_a, NOW + timedelta(seconds=1))
    assert "over" in titles(cast, cast.seller_a, NOW - timedelta(microseconds=1))


def test_a_suspended_partner_sees_nothing(cast, wire):
    cast.partner_a.status = "suspended"
    cast.partner_a.save()
    assert titles(cast, cast.seller_a) == set()
    assert client_of(cast.seller_a).get("/library/").status_code == 403


def test_the_rival_neither_sees_nor_fetches(cast):
    document = make_collateral("Secret sensor roadmap", families=[cast.other_family])
    allowed, rival = client_of(cast.seller_a), client_of(cast.seller_b)
    for path in ("/library/", "/library/?q=roadmap", f"/library/?family={cast.other_family.uuid}"):
        assert b"Secret sensor roadmap" in allowed.get(path).content
        assert b"roadmap</a>" not in rival.get(path).content
        assert b"Secret" not in rival.get(path).content
    missing = f"/library/{NOWHERE}/"
    for tail in ("", "download/"):
        answer = rival.get(f"/library/{document.uuid}/{tail}")
        nowhere = rival.get(f"{missing}{tail}")
        assert answer.status_code == nowhere.status_code == 404
        assert plain(answer, document) == plain(nowhere, document)
        assert set(answer.headers) == set(nowhere.headers)
        shown = allowed.get(f"/library/{document.uuid}/{tail}")
        assert shown.status_code == 200
        assert b"".join(shown)
    assert Download.objects.filter(partner_id=cast.partner_b.pk).count() == 0


def plain(response, document) -> str:
    """The page without what differs by request: its own address, tokens and nonces."""
    text = response.content.decode().replace(str(document.uuid), NOWHERE)
    return re.sub(r'nonce="[^"]*"|value="[A-Za-z0-9]{64}"|"X-CSRFToken": "[^"]*"', "", text)


def test_strangers_and_the_anonymous_stay_outside(cast):
    document = make_collateral()
    for path in ("/library/", f"/library/{document.uuid}/", f"/library/{document.uuid}/download/"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")
        assert client_of(cast.stranger).get(path).status_code == 403
    assert Download.objects.count() == 0


def test_a_download_is_an_attachment_counted_and_told_to_the_vendor_alone(cast):
    document = make_collateral("Cable gland", version="3")
    client = client_of(cast.seller_a)
    assert client.head(reverse("documents:download", args=[document.uuid])).status_code == 200
    assert Download.objects.count() == 0
    answer = fetch(client, document)
    assert b"".join(answer.streaming_content) == PLAIN_TEXT
    assert answer["Content-Disposition"] == 'attachment; filename="Cable gland 3.txt"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert set(answer["Cache-Control"].split(", ")) == {"private", "no-store"}
    assert "ETag" not in answer
    assert "Last-Modified" not in answer
    counted = Download.objects.get()
    assert (counted.collateral, counted.partner_id, counted.user_id, counted.door) == (
        document,
        cast.partner_a.pk,
        cast.seller_a.pk,
        Door.EXTRANET,
    )
    told = Event.objects.visible_to(cast.actor(cast.vendor_manager)).get(verb="collateral.downloaded")
    assert told.partner_id == cast.partner_a.pk
    assert told.subject_uuid == document.uuid
    assert not Event.objects.visible_to(cast.actor(cast.admin_a)).filter(verb__startswith="collateral.").exists()


def test_the_web_server_may_send_the_file(cast, settings):
    settings.PRIVATE_FILES_PREFIX = "/private/"
    document = make_collateral()
    answer = fetch(client_of(cast.seller_a), document)
    assert answer["X-Accel-Redirect"] == f"/private/{document.file.name}"
    assert answer.content == b""


def test_a_missing_file_is_not_found_and_not_counted(cast):
    document = make_collateral()
    document.file.storage.delete(document.file.name)
    assert fetch(client_of(cast.seller_a), document).status_code == 404
    assert Download.objects.count() == 0


def test_no_other_way_leads_to_the_file(cast):
    document = make_collateral()
    client = client_of(cast.editor)
    for path in (
        f"/media/{document.file.name}",
        f"/documents/{document.pk}/{document.filename}",
        f"/desk/documents/{document.pk}/{document.filename}",
        f"/{document.file.name}",
    ):
        assert client.get(path, follow=True).status_code == 404, path
    for name in ("wagtaildocs_serve", "wagtailimages_serve", "wagtailapi"):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=[document.pk, document.filename])
    assert document.url == f"/library/{document.uuid}/download/"


@pytest.mark.django_db(transaction=True)
def test_text_is_taken_out_in_the_background_and_found_in_chinese(cast):
    chinese = stored(data_file("collateral", "security-standard-zh-cn.pdf"), language="zh-hans")
    make_collateral("Something else")
    actor = cast.actor(cast.seller_a)
    found = lambda words: list(library(actor=actor, now=timezone.now(), filters=Filters(text=words)))  # noqa: E731
    assert found("会话管理") == []
    while seal():
        pass
    work_off(now=timezone.now())
    assert found("会话管理") == [chinese]
    assert found("会话") == [chinese]
    assert found("ＯＷＡＳＰ 会话") == [chinese]
    assert "会话管理" in found("会话管理")[0].excerpt
    assert found("会话 nowhere-to-be-found") == []
    assert not take_text(collateral_uuid=str(chinese.uuid)), "a second time changes nothing"


def test_a_title_comes_before_a_mention(cast):
    make_collateral("Aardvark notes", description="about the gland")
    make_collateral("Zinc gland")
    rows = library(actor=cast.actor(cast.seller_a), now=NOW, filters=Filters(text="gland"))
    assert [one.title for one in rows] == ["Zinc gland", "Aardvark notes"]


@pytest.mark.parametrize("words", ["%", "_", "\\", "'; drop table x; --", "\x00", " ", "🙂" * 100, "a" * 200])
def test_odd_words_find_nothing_and_break_nothing(cast, words):
    make_collateral("Plain")
    answer = client_of(cast.seller_a).get("/library/", {"q": words})
    assert answer.status_code == 200
    assert (b"Plain" in answer.content) == (not words.strip("\x00 "))


def test_filters_narrow_and_a_wrong_value_is_no_filter(cast):
    manual = make_collateral("Manual", kind="manual", language="en", families=[cast.family])
    make_collateral("Brochure", kind="brochure", language="zh-hans")
    client = client_of(cast.seller_a)

    def shown(**query) -> set[str]:
        table = client.get("/library/", query).context["table"]
        return {row.record.title for row in table.rows}

    assert shown(kind="manual") == {"Manual"}
    assert shown(language="zh-hans") == {"Brochure"}
    assert shown(family=str(cast.family.uuid)) == {"Manual"}
    assert shown(kind="nonsense") == shown(family="nonsense") == {"Manual", "Brochure"}
    assert manual.title in shown(q="manual", kind="manual")


def test_a_family_that_is_not_the_partners_is_not_offered(cast):
    page = client_of(cast.seller_b).get("/library/").content.decode()
    assert "Connectors" in page
    assert "Sensors" not in page


def test_the_list_costs_the_same_with_one_row_and_with_thirty(cast):
    client = client_of(cast.seller_a)
    make_collateral("sheet", families=[cast.family])
    client.get("/library/?q=sheet")
    with CaptureQueriesContext(connection) as with_one:
        client.get("/library/?q=sheet")
    for number in range(29):
        make_collateral(f"sheet {number}", families=[cast.family, cast.other_family])
    with CaptureQueriesContext(connection) as with_thirty:
        answer = client.get("/library/?q=sheet")
    assert len(answer.context["table"].rows) == 30
    assert len(with_thirty) == len(with_one)


def test_the_search_across_everything_leaks_nothing(cast):
    make_collateral("Sensor roadmap", families=[cast.other_family], description="the canary flies")
    provider = next(one for one in registry.search_providers if one.name == "library")
    assert [hit.title for hit in provider.search(cast.actor(cast.seller_a), "canary", 5)] == ["Sensor roadmap"]
    assert list(provider.search(cast.actor(cast.seller_b), "canary", 5)) == []
    assert list(provider.search(cast.actor(cast.stranger), "canary", 5)) == []


def test_storing_and_removing_are_told(cast):
    document = make_collateral()
    Collateral.objects.get(pk=document.pk).delete()
    verbs = (
        Event.objects.visible_to(cast.actor(cast.vendor_manager))
        .filter(subject_uuid=document.uuid)
        .order_by("sequence")
    )
    assert [event.verb for event in verbs] == ["collateral.stored", "collateral.removed"]
