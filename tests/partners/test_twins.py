"""Finding the customer behind a claim."""

from __future__ import annotations

import pytest
from django.utils import timezone

from concord.partners.actions.customers import create_customer, record_verdict, relate
from concord.partners.enums import Verdict
from concord.partners.models import EndCustomer
from concord.partners.queries.twins import CustomerClaim, find_twins
from concord.portal.actor import portal_actor
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def customer(name: str, country: str = "DE", **facts: str) -> EndCustomer:
    claim = CustomerClaim(name, country, **facts)
    return create_customer(actor=portal_actor(), claim=claim, now=timezone.now())


def test_another_spelling_is_found_and_others_are_not() -> None:
    wanted = customer("Kessler Antriebstechnik GmbH", city="Ulm", website="https://www.kessler-antrieb.example")
    customer("Bergmann Pumpen AG")
    customer("深圳市华辰电子有限公司", "CN")

    found = find_twins(CustomerClaim("KESSLER Antriebstechnik Gesellschaft mbH", "DE"))

    assert [twin.end_customer_id for twin in found] == [wanted.pk]
    assert found[0].match.verdict in {Verdict.SAME, Verdict.REVIEW}
    assert found[0].match.reasons


def test_a_chinese_short_name_finds_the_legal_name() -> None:
    wanted = customer("深圳市华辰电子有限公司", "CN", city="深圳")

    found = find_twins(CustomerClaim("华辰电子", "CN"))

    assert [twin.end_customer_id for twin in found] == [wanted.pk]


def test_a_short_name_that_fits_two_customers_is_neither_of_them() -> None:
    one = customer("深圳华辰电子有限公司", "CN")
    claim = CustomerClaim("华辰电子", "CN")
    assert [twin.match.verdict for twin in find_twins(claim)] == [Verdict.SAME]

    other = customer("苏州华辰电子科技有限公司", "CN")
    found = find_twins(claim)
    assert {twin.end_customer_id: twin.match.verdict for twin in found} == {
        one.pk: Verdict.REVIEW,
        other.pk: Verdict.REVIEW,
    }
    assert all(twin.match.reasons[-1].code == "several_fit" and twin.match.score < 0.9 for twin in found)

    whole = find_twins(CustomerClaim("深圳华辰电子有限公司", "CN"))
    assert whole[0].end_customer_id == one.pk
    assert [twin.match.verdict for twin in whole if twin.end_customer_id == one.pk] == [Verdict.SAME]


def test_of_equal_scores_the_name_written_alike_is_first() -> None:
    customer("Lumenara Foods GmbH")
    wanted = customer("Lumenara Energy Systems GmbH")
    customer("Lumenara Paper GmbH")

    assert find_twins(CustomerClaim("Lumenara Energie-Systeme", "DE"))[0].end_customer_id == wanted.pk


def test_the_domain_finds_a_customer_whatever_its_name() -> None:
    wanted = customer("Helios Solar Systems Ltd", "GB", website="helios-solar.co.uk")

    found = find_twins(CustomerClaim("Completely Renamed plc", "GB", website="https://shop.helios-solar.co.uk/x"))

    assert [twin.end_customer_id for twin in found] == [wanted.pk]


def test_what_a_person_said_wins() -> None:
    left = customer("Nordwind Logistik GmbH")
    right = customer("Nordwind Logistik KG")
    record_verdict(
        actor=portal_actor(), left_id=left.pk, right_id=right.pk, verdict=Verdict.DIFFERENT, now=timezone.now()
    )

    claim = CustomerClaim("Nordwind Logistik KG", "DE")
    assert find_twins(claim, of_customer_id=right.pk) == []
    assert {twin.end_customer_id for twin in find_twins(claim)} == {left.pk, right.pk}


def test_a_partner_sees_a_customer_only_with_a_relation(cast: Cast) -> None:
    one = customer("Kessler Antriebstechnik GmbH")
    relate(partner_id=cast.partner_a.pk, end_customer_id=one.pk, now=timezone.now())
    relate(partner_id=cast.partner_a.pk, end_customer_id=one.pk, now=timezone.now())

    def seen(person: str) -> int:
        return EndCustomer.objects.visible_to(cast.actor(cast.people[person])).count()

    assert {name: seen(name) for name in cast.people} == {
        "vendor_manager": 1,
        "pricing_manager": 1,
        "editor": 0,
        "admin_a": 1,
        "seller_a": 1,
        "seller_a2": 1,
        "seller_b": 0,
        "stranger": 0,
    }
