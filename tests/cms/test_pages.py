"""Pages that editors write: for people we know, in their language, with what is not translated yet in the other one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from concord.cms.models import NewsRead
from tests.cms.pages import add_article, add_news, add_programme, make_tree


def client_of(user, language: str = "en") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies["django_language"] = language
    return client


@pytest.fixture
def tree(cast):
    return make_tree()


@pytest.fixture
def today():
    return timezone.localdate()


def test_pages_are_for_people_we_know(cast, tree, today):
    add_news(tree, "Price round", slug="price-round", on=today)
    for path in ("/", "/news/", "/news/price-round/", "/programme/", "/search/", "/nowhere/"):
        answer = Client().get(path)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, "/accounts/login/"), path
        assert client_of(cast.stranger).get(path).status_code == 403, path
    for user in (cast.seller_a, cast.admin_a, cast.editor, cast.vendor_manager, cast.pricing_manager):
        for path in ("/", "/news/", "/news/price-round/", "/programme/", "/search/"):
            assert client_of(user).get(path).status_code == 200, path
        assert client_of(user).get("/nowhere/").status_code == 404


def test_the_same_address_speaks_the_readers_language(cast, tree, today):
    add_news(tree, "Price round", slug="price-round", on=today, chinese="价格调整")
    english = client_of(cast.seller_a).get("/news/price-round/").content.decode()
    chinese = client_of(cast.seller_a, "zh-hans").get("/news/price-round/").content.decode()
    assert "Price round</span></h1>" in english
    assert "价格调整</span></h1>" in chinese
    assert 'href="/news/"' in chinese


def test_what_is_not_translated_is_shown_and_said(cast, tree, today):
    add_news(tree, "Only English", slug="only-english", on=today)
    page = client_of(cast.seller_a, "zh-hans").get("/news/only-english/").content.decode()
    assert "Only English" in page
    assert 'lang="en"' in page
    listed = client_of(cast.seller_a, "zh-hans").get("/news/").content.decode()
    assert listed.count("Only English</a>") == 1


def test_a_translated_item_is_listed_once(cast, tree, today):
    add_news(tree, "Price round", slug="price-round", on=today, chinese="价格调整")
    listed = client_of(cast.seller_a).get("/news/").content.decode()
    assert "Price round" in listed
    assert "价格调整" not in listed


def test_drafts_are_not_served_nor_listed_nor_found(cast, tree, today):
    draft = add_news(tree, "Secret plan", slug="secret-plan", on=today)
    draft.unpublish()
    client = client_of(cast.seller_a)
    assert client.get("/news/secret-plan/").status_code == 404
    assert "Secret plan" not in client.get("/news/").content.decode()
    assert "Secret plan" not in client.get("/search/?q=secret").content.decode()
    assert "Secret plan" not in client.get("/").content.decode()


def test_a_page_that_an_editor_made_private_stays_private(cast, tree, today):
    from wagtail.models import PageViewRestriction

    item = add_news(tree, "For a group", slug="for-a-group", on=today)
    PageViewRestriction.objects.create(page=item, restriction_type=PageViewRestriction.GROUPS)
    client = client_of(cast.seller_a)
    assert client.get("/news/for-a-group/").status_code == 404
    assert "For a group" not in client.get("/news/").content.decode()
    assert "For a group" not in client.get("/search/?q=group").content.decode()


def test_opening_news_marks_it_read_in_every_language(cast, tree, today):
    item = add_news(tree, "Price round", slug="price-round", on=today, chinese="价格调整")
    add_news(tree, "Long ago", slug="long-ago", on=today - timedelta(days=90))
    client = client_of(cast.seller_a)
    assert client.get("/").context["figures"].unread == 1
    for _ in range(2):
        client.get("/news/price-round/")
    assert NewsRead.objects.get().news_key == item.translation_key
    assert client.get("/").context["figures"].unread == 0
    assert client_of(cast.seller_a, "zh-hans").get("/").context["figures"].unread == 0
    assert client_of(cast.seller_a2).get("/").context["figures"].unread == 1


def test_programme_shows_the_page_and_where_the_company_stands(cast, tree):
    empty = client_of(cast.seller_a).get("/programme/").content.decode()
    assert "not described yet" in empty
    add_programme(tree, "<p>Tiers and <b>benefits</b>.</p>")
    page = client_of(cast.seller_a).get("/programme/").content.decode()
    assert "<b>benefits</b>" in page
    assert cast.partner_a.name in page
    assert "Gold" in page
    vendor = client_of(cast.editor).get("/programme/").content.decode()
    assert cast.partner_a.name not in vendor


def test_links_in_rich_text_lead_to_pages_and_documents_by_their_own_doors(cast, tree, today):
    from tests.documents.samples import make_collateral

    document = make_collateral()
    target = add_article(tree, "How to register", slug="how", body="<p>Steps.</p>")
    body = f'<p><a linktype="page" id="{target.pk}">how</a> <a linktype="document" id="{document.pk}">sheet</a></p>'
    add_news(tree, "Links", slug="links", on=today, body=body)
    page = client_of(cast.seller_a).get("/news/links/").content.decode()
    assert 'href="/knowledge/how/"' in page
    assert f'href="/library/{document.uuid}/download/"' in page


def test_wagtails_own_doors_are_not_there(cast):
    for path in ("/_util/login/", "/_util/authenticate_with_password/1/1/"):
        assert client_of(cast.editor).get(path).status_code == 404
    for name in ("wagtailcore_login", "wagtailcore_authenticate_with_password"):
        with pytest.raises(NoReverseMatch):
            reverse(name, args=[1, 1])


def test_crawlers_are_sent_away_and_phones_get_a_manifest(db):
    robots = Client().get("/robots.txt")
    assert robots.content.decode().splitlines() == ["User-agent: *", "Disallow: /"]
    manifest = Client().get("/manifest.webmanifest")
    assert manifest["Content-Type"] == "application/manifest+json"
    assert manifest.json()["icons"][0]["src"] == "/static/portal/mark.svg"
    assert Client().get("/favicon.ico")["Location"] == "/static/portal/favicon.svg"
