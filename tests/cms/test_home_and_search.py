"""Home: what one's own company has going on. Search: everything, of one's own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concord.cms.queries.pages import find_pages
from concord.cms.queries.search import search_everything
from concord.portal import registry
from tests.cms.pages import add_article, add_news, make_tree
from tests.cms.test_pages import client_of
from tests.documents.samples import make_collateral
from tests.factories import make_customer


@pytest.fixture
def tree(cast):
    return make_tree()


def names(actor, text: str) -> set[str]:
    groups = search_everything(actor=actor, text=text, limit=10)
    return {result.title for group in groups for result in group.results}


def test_home_of_a_seller_has_figures_panels_and_news(cast, tree):
    add_news(tree, "Price round", slug="price-round", on=timezone.localdate())
    answer = client_of(cast.seller_a).get("/")
    page = answer.content.decode()
    assert "Sven Albrecht" in page
    assert "Price round" in page
    assert answer.context["figures"].open_deals == 0
    assert len(answer.context["panels"]) >= 1
    assert "/deals/new/" in page
    assert "Open the desk" not in page


def test_home_of_the_vendors_people_leads_to_the_desk(cast, tree):
    for user in (cast.vendor_manager, cast.pricing_manager, cast.editor):
        answer = client_of(user).get("/")
        assert answer.context["figures"] is None
        assert 'href="/desk/"' in answer.content.decode()


def test_home_without_any_page_still_works(cast):
    assert client_of(cast.seller_a).get("/").status_code == 200


def test_home_costs_the_same_with_much_news(cast, tree):
    client = client_of(cast.seller_a)
    today = timezone.localdate()
    for number in range(2):
        add_news(tree, f"News {number}", slug=f"news-{number}", on=today)
    client.get("/")
    with CaptureQueriesContext(connection) as with_two:
        client.get("/")
    for number in range(2, 14):
        add_news(tree, f"News {number}", slug=f"news-{number}", on=today - timedelta(days=number))
    with CaptureQueriesContext(connection) as with_many:
        client.get("/")
    assert len(with_many) == len(with_two)


def test_every_part_of_the_search_is_registered_once_and_named():
    from concord.cms.enums import SEARCH_GROUPS

    registered = [provider.name for provider in registry.search_providers]
    assert len(registered) == len(set(registered))
    assert set(registered) == set(SEARCH_GROUPS)


def test_customers_are_found_by_those_who_have_a_relation_alone(cast):
    from concord.partners.actions.customers import relate

    customer = make_customer("Canary Robotics GmbH")
    relate(partner_id=cast.partner_a.pk, end_customer_id=customer.pk, now=datetime.now(UTC))
    assert "Canary Robotics GmbH" in names(cast.actor(cast.seller_a), "canary robotics")
    assert "Canary Robotics GmbH" in names(cast.actor(cast.vendor_manager), "canary robotics")
    for user in (cast.seller_b, cast.editor, cast.stranger):
        assert names(cast.actor(user), "canary robotics") == set()


def test_documents_are_found_by_the_entitled_alone(cast, tree):
    make_collateral("Canary roadmap", families=[cast.other_family])
    assert names(cast.actor(cast.seller_a), "canary") == {"Canary roadmap"}
    assert names(cast.actor(cast.seller_b), "canary") == set()
    for path in ("/search/?q=canary",):
        assert "Canary roadmap" in client_of(cast.seller_a).get(path).content.decode()
        assert "roadmap" not in client_of(cast.seller_b).get(path).content.decode()


def test_pages_are_found_by_words_and_not_by_markup(cast, tree):
    add_article(tree, "Registering", slug="registering", body="<p><b>Protection</b> lasts 90 days &amp; more.</p>")
    found = find_pages("protection days", language="en", limit=5)
    assert [page.title for page, _excerpt in found] == ["Registering"]
    assert "Protection lasts 90 days & more." in found[0][1]
    assert find_pages("<b>", language="en", limit=5) == []
    assert find_pages("amp", language="en", limit=5) == []


def test_a_title_comes_first(cast, tree):
    add_article(tree, "Other", slug="other", body="<p>about stock</p>")
    add_article(tree, "Stock", slug="stock", body="<p>x</p>")
    assert [page.title for page, _excerpt in find_pages("stock", language="en", limit=5)] == ["Stock", "Other"]


def test_typing_gets_a_list_and_a_page_gets_everything(cast, tree):
    make_collateral("Gland sheet")
    client = client_of(cast.seller_a)
    typed = client.get("/search/?q=gland", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in typed
    assert "Gland sheet" in typed
    whole = client.get("/search/?q=gland")
    assert whole.context["count"] == 1
    assert 'value="gland"' in whole.content.decode()


@pytest.mark.parametrize("text", ["", " ", "a", "%", "_", "\x00\x00", "'\"\\", "<script>alert(1)</script>", "x" * 5000])
def test_odd_words_break_nothing(cast, tree, text):
    answer = client_of(cast.seller_a).get("/search/", {"q": text})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_one_chinese_character_is_a_word(cast):
    make_collateral("防尘手册")
    assert names(cast.actor(cast.seller_a), "防") == {"防尘手册"}
    assert names(cast.actor(cast.seller_a), "x") == set()


def test_a_stranger_searches_nothing(cast):
    make_collateral("Gland sheet")
    assert search_everything(actor=cast.actor(cast.stranger), text="gland", limit=5) == []
    assert Client().get("/search/?q=gland").status_code == 302
