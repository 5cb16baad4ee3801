"""Stored keys of an older matcher are noticed, and filled anew while people work."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from concord.partners.actions import matching_keys
from concord.partners.actions.matching_keys import note_fresh_keys, refresh_some
from concord.partners.actions.merging import merge_customers
from concord.partners.actions.programme import save_customer
from concord.partners.checks import keys_are_those_of_the_matcher
from concord.partners.matching.candidates import KEY_VERSION
from concord.partners.models import CustomerWord, EndCustomer, MatchingKeys
from concord.partners.queries.matching_keys import RULE
from concord.partners.queries.twins import CustomerClaim, candidate_ids
from concord.portal.invariants import broken_invariants
from concord.portal.models import Event
from tests.factories import make_customer

pytestmark = pytest.mark.django_db


def everyone():
    return EndCustomer.objects.unscoped("the test looks")


def age(version: int | None = KEY_VERSION - 1) -> None:
    """As an older release has left it: other keys, and no word of this version."""
    CustomerWord.objects.all().delete()
    everyone().update(exact_keys=["name:old"], block_keys=["old"], search_key="old", sort_key="old")
    MatchingKeys.objects.all().delete()
    if version is not None:
        MatchingKeys.objects.create(version=version)


def warnings() -> list[str]:
    return [one.msg for one in keys_are_those_of_the_matcher(databases=["default"])]


def broken() -> list[str]:
    return [one.what for one in broken_invariants(now=datetime.now(UTC), only=[RULE])]


def refresh(*options: str) -> str:
    out = StringIO()
    call_command("refresh_matching_keys", *options, stdout=out)
    return out.getvalue()


def keys() -> list[tuple[object, ...]]:
    return list(everyone().order_by("pk").values_list("exact_keys", "block_keys", "search_key", "sort_key"))


def test_keys_of_an_older_version_are_noticed_and_filled_anew() -> None:
    wanted = make_customer("Kessler Antriebstechnik GmbH", country="DE")
    make_customer("深圳市华辰电子有限公司", country="CN")
    right, tags = keys(), list(everyone().order_by("pk").values_list("updated_at", flat=True))
    age()
    facts = Event.objects.unscoped("the test looks").count()
    assert candidate_ids(CustomerClaim("Kessler Antriebstechnik", "DE")) == []
    assert len(warnings()) == len(broken()) == 1
    assert f"({KEY_VERSION - 1})" in warnings()[0]

    said = refresh("--batch", "1")

    assert "2 customers looked at, the keys of 2 changed" in said
    assert keys() == right
    assert candidate_ids(CustomerClaim("Kesler", "DE")) == [wanted.pk], "the words are there again, too"
    assert warnings() == broken() == []
    assert list(everyone().order_by("pk").values_list("updated_at", flat=True)) == tags
    assert Event.objects.unscoped("the test looks").count() == facts


def test_nothing_is_written_where_the_keys_are_right() -> None:
    make_customer("Kessler Antriebstechnik GmbH")
    MatchingKeys.objects.update_or_create(pk=MatchingKeys.ONLY, defaults={"version": KEY_VERSION})
    assert refresh() == "All keys are of the matcher in use.\n"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_tuples_updated('partners_endcustomer'::regclass)")
        before = cursor.fetchone()[0]
        assert re.search("1 customers looked at, the keys of 0 changed", refresh("--all"))
        cursor.execute("SELECT pg_stat_get_xact_tuples_updated('partners_endcustomer'::regclass)")
        assert cursor.fetchone()[0] == before


def test_an_interrupted_refresh_goes_on_where_it_was() -> None:
    for number in range(5):
        make_customer(f"Kessler {number} Antriebstechnik GmbH")
    age()
    assert refresh_some(most=2).changed == 2
    assert warnings(), "not all are done"
    assert "3 customers looked at, the keys of 3 changed" in refresh()
    assert warnings() == []


def test_a_refresh_to_an_older_version_starts_over(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        make_customer(f"Kessler {number} Antriebstechnik GmbH")
    age()
    refresh_some(most=2)
    monkeypatch.setattr(matching_keys, "KEY_VERSION", KEY_VERSION + 1)
    assert refresh_some(most=9).examined == 3


def test_a_database_without_customers_is_of_the_version_in_use() -> None:
    MatchingKeys.objects.all().delete()
    assert warnings() == broken() == []
    note_fresh_keys()
    make_customer("Kessler Antriebstechnik GmbH")
    assert warnings() == broken() == []
    MatchingKeys.objects.all().delete()
    note_fresh_keys()
    assert "(?)" in warnings()[0], "nobody knows of customers that were there before"


def test_the_record_that_another_one_went_up_in_keeps_its_keys(cast) -> None:
    first, second, third = (make_customer(f"{name} Pumpen AG") for name in ("Ahorn", "Quarz", "Zeder"))
    for survivor, absorbed in ((second, first), (third, second)):
        merge_customers(
            actor=cast.actor(cast.vendor_manager),
            survivor_uuid=survivor.uuid,
            absorbed_uuids=[absorbed.uuid],
            now=datetime.now(UTC),
        )
    right = keys()
    assert "name:ahornpumpen" in right[2][0]
    age()
    refresh("--batch", "1")
    assert keys() == right


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_name_that_changes_meanwhile_keeps_its_own_keys(
    cast, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """Somebody saves the record after its keys were computed and before they are written. The twin writes blindly."""
    record = make_customer("Kessler Antriebstechnik GmbH")
    age()
    write = matching_keys._write
    waiting = ["Bergmann Pumpen GmbH"]

    def rename() -> None:
        customer = everyone().get(pk=record.pk)
        customer.legal_name = waiting.pop()
        save_customer(actor=cast.actor(cast.vendor_manager), customer=customer, changed={"legal_name"})
        connection.close()

    def interrupted(customers):
        customers = list(customers)
        if waiting:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(rename).result()
        return write(customers)

    monkeypatch.setattr(matching_keys, "_write", interrupted)
    if not is_guarded:
        monkeypatch.setattr(
            matching_keys, "_WRITE", matching_keys._WRITE.partition(" AND customer.xmin")[0] + " RETURNING customer.id"
        )
    refresh()
    found = candidate_ids(CustomerClaim("Bergmann Pumpen GmbH", "DE"))
    assert found == ([record.pk] if is_guarded else [])
