"""Mistyped names are found by the words of all customers' names."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from concord.partners.actions.customers import create_customer
from concord.partners.models import CustomerWord, EndCustomer
from concord.partners.queries import lexicon
from concord.partners.queries.customers import search_customers
from concord.partners.queries.lexicon import asked_keys, one_slip_away, slips, telling_keys
from concord.partners.queries.twins import CustomerClaim, candidate_ids, find_twins
from concord.portal.actor import portal_actor
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def customer(name: str, country: str = "DE", **facts: str) -> EndCustomer:
    claim = CustomerClaim(name, country, **facts)
    return create_customer(actor=portal_actor(), claim=claim, now=timezone.now())


def found(text: str) -> list[str]:
    return [one.legal_name for one in search_customers(EndCustomer.objects.unscoped("look").alive(), text)]


def test_the_database_keeps_the_words_whoever_writes_them() -> None:
    one = customer("Kessler Antriebstechnik GmbH")
    customer("深圳市华辰电子有限公司", "CN")
    assert {"kessler", "antriebstechnik"} <= set(CustomerWord.objects.values_list("word", flat=True))
    assert not CustomerWord.objects.filter(word__regex="[^a-z]").exists()
    assert not CustomerWord.objects.filter(word__in=["kesslerantriebstechnik", "kessl"]).exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE partners_endcustomer SET search_key = 'zirkonia', block_keys = '{zirkonia}' WHERE id = %s", [one.pk]
        )
    assert CustomerWord.objects.filter(word="zirkonia").exists()


@pytest.mark.parametrize("typed", ["Kesler", "Kessller", "Kezsler", "KESSLER", "Kessler Antreibstechnik"])
def test_a_slip_finds_whom_it_meant(typed: str) -> None:
    wanted = customer("Kessler Antriebstechnik GmbH")
    customer("Bergmann Pumpen AG")
    assert candidate_ids(CustomerClaim(typed, "DE")) == [wanted.pk]
    assert found(typed) == ["Kessler Antriebstechnik GmbH"]


@pytest.mark.parametrize(("word", "forgiven"), [("gear", 1), ("kessle", 1), ("kessler", 2)])
def test_longer_words_forgive_more(word: str, forgiven: int) -> None:
    assert slips(word) == forgiven


def test_a_word_of_nobody_leads_to_those_that_resemble_it() -> None:
    wanted = customer("Kalorexonik AG")
    assert candidate_ids(CustomerClaim("Kalorexotherm", "DE")) == [wanted.pk]
    assert candidate_ids(CustomerClaim("Wolkenstein", "DE")) == []


def test_a_rare_word_finds_and_a_common_one_only_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "RARE", 2)
    monkeypatch.setattr("concord.partners.queries.twins.RARE", 2)
    crowd = [customer(f"Nordwind {place} GmbH") for place in ("Ulm", "Kiel", "Hof", "Jena")]
    other = customer("Kessler Ulm GmbH")
    both = customer("Kessler Nordwind GmbH")
    ids = candidate_ids(CustomerClaim("Nordwind Werft Kesler", "DE"))
    assert ids == [both.pk, other.pk]
    assert not {one.pk for one in crowd} & set(ids)
    assert {one.pk for one in crowd} & set(candidate_ids(CustomerClaim("Nordwind", "DE")))


def test_common_words_alone_are_found_in_the_order_of_the_alphabet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "RARE", 2)
    for name in ("Nordwind Ulm GmbH", "Alba Nordwind GmbH", "Nordwind Hof GmbH"):
        customer(name)
    assert telling_keys(asked_keys(["Nordwind"])).all_common
    assert found("Nordwind") == ["Alba Nordwind GmbH", "Nordwind Hof GmbH", "Nordwind Ulm GmbH"]


@pytest.mark.parametrize("text", ["北京", "科技", "星云", "华", "北京星云", "星云科技"])
def test_a_word_of_a_chinese_name_finds_it_however_common(text: str) -> None:
    customer("北京星云科技有限公司", "CN")
    customer("上海华山食品有限公司", "CN")
    wanted = "上海华山食品有限公司" if text == "华" else "北京星云科技有限公司"
    assert found(text) == [wanted]


def test_what_very_many_names_contain_is_looked_up_as_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concord.partners.queries.customers.MANY", 2)
    for name in ("Aztec Foods AG", "Biotecnic SE", "Kartech GmbH", "Tec GmbH", "Tecton AG"):
        customer(name)
    assert found("tec") == ["Tec GmbH", "Tecton AG"], "those that only contain it are left out"
    assert found("kartec") == ["Kartech GmbH"]


def test_where_no_rarer_word_leads_anywhere_a_search_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lexicon, "RARE", 2)
    monkeypatch.setattr("concord.partners.queries.customers.MANY", 3)
    for name in ("Nordwind", "Alba Nordwind", "Brig Nordwind", "Cern Nordwind", "Dorn Nordwind"):
        customer(f"{name} GmbH")
    names = found("Nordwind")
    assert names[0] == "Nordwind GmbH", "the company of just that name is always there"
    assert len(names) in {3, 4}
    assert names[1:] == sorted(names[1:])


def test_a_cut_falls_among_those_that_the_reader_may_see_and_has_filtered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concord.partners.queries.customers.MANY", 2)
    for number in range(4):
        customer(f"Molundra{'abcd'[number]} GmbH", "DE")
    wanted = customer("Balundix SA", "FR")
    french = EndCustomer.objects.unscoped("look").alive().filter(country="FR").order_by("sort_key")
    assert [one.pk for one in search_customers(french, "lund")] == [wanted.pk]


def test_sites_and_numbers_are_found_by_a_part_that_tells_something() -> None:
    one = customer("Kessler GmbH", website="https://www.kessler-antrieb.example", registration_number="HRB 12345")
    assert found("kessler-antrieb") == found("https://www.kessler-antrieb") == found("1234") == [one.legal_name]
    assert found("www.") == found("http://") == []


def test_of_many_namesakes_those_of_the_country_and_form_come_first() -> None:
    customer("Wistron Ltd", "GB")
    wanted = customer("Wistron AG", "DE")
    customer("Wistron Inc.", "US")
    assert candidate_ids(CustomerClaim("Wistron", "DE"))[0] == wanted.pk
    assert found("WISTRON AG")[0] == "Wistron AG"


def test_a_partner_finds_its_own_by_a_slip_and_nobody_elses(cast: Cast) -> None:
    customer("Kessler Antriebstechnik GmbH")
    own = EndCustomer.objects.visible_to(cast.actor(cast.seller_a)).alive()
    assert list(search_customers(own, "Kesler")) == []


def test_it_takes_a_bounded_number_of_statements(django_assert_max_num_queries) -> None:
    for number in range(12):
        customer(f"Kessler Antriebe {'abcdefghijkl'[number] * 4} GmbH")
    with django_assert_max_num_queries(8):  # savepoints included
        candidate_ids(CustomerClaim("Kesler Antreibe", "DE"))
    with django_assert_max_num_queries(9):
        found("Kesler Antreibe")


@pytest.mark.parametrize("typed", ["Kema GmbH", "Kelam GmbH", "Klema GmbH", "Kelmna GmbH", "Kellma GmbH"])
def test_a_slip_in_a_short_brand_finds_it_and_is_looked_at(typed: str) -> None:
    wanted = customer("Kelma GmbH")
    customer("Zorn GmbH")
    twins = find_twins(CustomerClaim(typed, "DE"))
    assert [(twin.end_customer_id, twin.match.verdict) for twin in twins] == [(wanted.pk, "review")]
    assert found(typed)[0] == "Kelma GmbH"


def test_every_word_one_slip_away_is_written_down() -> None:
    away = one_slip_away("acha")
    assert {"aecha", "cha", "caha", "ahca", "axha", "achas"} <= away
    assert "acha" not in away
    assert len(away) < 250
