"""Feeds of families, partners and end customers: good ones go in once, bad ones name row, column and reason."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from concord.partners.models import CustomerName, EndCustomer, Partner, ProductFamily
from concord.partners.queries.twins import CustomerClaim, find_twins
from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.imports import Counts, ImportOutcome, kind_of, run_import
from concord.portal.models import Event
from concord.portal.refusals import NotAllowed

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
CUSTOMERS = "legal_name,short_name,country,registration_number,website,city\n"
PARTNERS = "code,name,country,tier,territories,families,currency\n"


def bring_in(kind: str, text: str | bytes, *, actor=None, **options) -> ImportOutcome:
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    return run_import(kind_of(kind), file, actor=actor or portal_actor(Door.IMPORT), now=NOW, **options)


def said(outcome: ImportOutcome) -> list[tuple[int | None, str, str]]:
    return [(error.row, error.column, error.code) for error in outcome.all_errors]


def customers() -> list[EndCustomer]:
    return list(EndCustomer.objects.unscoped("all of this test's").order_by("pk"))


def partners() -> dict[str, Partner]:
    rows = Partner.objects.unscoped("all of this test's").prefetch_related("families")
    return {partner.code: partner for partner in rows}


def stored_imports() -> list[str]:
    return list(Event.objects.unscoped("what was recorded").filter(verb="import.stored").values_list("verb", flat=True))


# End customers -----------------------------------------------------------------------------------------------------


def test_customers_come_in_with_names_and_keys_and_are_found_again(db):
    text = CUSTOMERS + "Brückner Maschinenbau GmbH,Brückner,DE,,https://brueckner.example,Siegsdorf\n"
    assert bring_in("customers", text).counts == Counts(created=1)
    (customer,) = customers()
    names = set(CustomerName.objects.filter(end_customer=customer).values_list("name", "kind"))
    assert names == {("Brückner Maschinenbau GmbH", "legal"), ("Brückner", "short")}
    twins = find_twins(CustomerClaim("Brueckner Maschinenbau", "DE"))
    assert [twin.end_customer_id for twin in twins] == [customer.pk]


def test_the_same_file_again_changes_and_records_nothing(db):
    text = CUSTOMERS + "Nordwind Pumpen AG,,DE,,,Kiel\nSuidwind Pompen B.V.,,NL,,,Breda\n"
    bring_in("customers", text)
    before = [customer.updated_at for customer in customers()]
    assert bring_in("customers", text).counts == Counts(unchanged=2)
    assert [customer.updated_at for customer in customers()] == before
    assert len(stored_imports()) == 1


def test_columns_that_the_file_lacks_stay_as_they_are(db):
    bring_in("customers", CUSTOMERS + "Nordwind Pumpen AG,Nordwind,DE,HRB 1,nordwind.example,Kiel\n")
    outcome = bring_in("customers", "legal_name,country,city\nNordwind Pumpen AG,DE,Flensburg\n")
    assert outcome.counts == Counts(updated=1)
    (customer,) = customers()
    assert (customer.city, customer.registration_number, customer.short_name) == ("Flensburg", "HRB 1", "Nordwind")
    assert customer.updated_at == NOW


def test_a_new_legal_name_leaves_the_former_one_behind(db):
    bring_in("customers", "external_id,legal_name,country\nC-1,Nordwind Pumpen AG,DE\n")
    assert bring_in("customers", "external_id,legal_name,country\nC-1,Windpower Pumps AG,DE\n").counts.updated == 1
    (customer,) = customers()
    kinds = dict(customer.names.values_list("name", "kind"))
    assert kinds == {"Nordwind Pumpen AG": "former", "Windpower Pumps AG": "legal"}
    assert [twin.end_customer_id for twin in find_twins(CustomerClaim("Nordwind Pumpen", "DE"))] == [customer.pk]


def test_an_external_id_is_given_to_the_customer_of_that_name(db):
    bring_in("customers", "legal_name,country\nNordwind Pumpen AG,DE\n")
    bring_in("customers", "external_id,legal_name,country\nC-9,NORDWIND PUMPEN AG,de\n")
    assert [(customer.external_id, customer.country) for customer in customers()] == [("C-9", "DE")]


def test_namesakes_are_told_apart_by_city_or_refused(db):
    bring_in("customers", "legal_name,country,city\nApollo AG,DE,Kiel\nApollo AG,DE,Ulm\n")
    assert len(customers()) == 2
    moved = bring_in("customers", "legal_name,country,city,address\nApollo AG,DE,Ulm,Am Markt 1\n")
    assert moved.counts == Counts(updated=1)
    unclear = bring_in("customers", "legal_name,country\nApollo AG,DE\n")
    assert said(unclear) == [(2, "legal_name", "ambiguous")]
    assert not unclear.stored


def test_rows_that_mean_the_same_customer_are_refused(db):
    text = "external_id,legal_name,country,city\nC-1,Apollo AG,DE,Kiel\nC-1,Apollo SE,DE,Kiel\n"
    assert said(bring_in("customers", text)) == [(3, "legal_name", "repeated")]
    bring_in("customers", "legal_name,country,city\nApollo AG,DE,Kiel\n")
    twice = bring_in("customers", "legal_name,country,city\nApollo AG,DE,Kiel\nAPOLLO AG,DE,Ulm\n")
    assert said(twice) == [(3, "legal_name", "repeated")]


def test_bad_rows_keep_everything_out_unless_the_good_ones_were_asked_for(db):
    text = CUSTOMERS + (
        "Nordwind Pumpen AG,,DE,,,Kiel\n"
        "Elsewhere Ltd,,ZZ,,,Nowhere\n"
        ",,DE,,,Ulm\n"
        "=HYPERLINK(1),,DE,,,Ulm\n"
        "Nordwind Pumpen AG,,DE,,,Kiel\n"
        "Too,few\n"
    )
    problems = [
        (3, "country", "unknown_country"),
        (4, "legal_name", "missing"),
        (5, "legal_name", "formula"),
        (6, "legal_name", "repeated"),
        (7, "", "cell_count"),
    ]
    refused = bring_in("customers", text)
    assert said(refused) == problems
    assert (refused.stored, customers()) == (False, [])
    partly = bring_in("customers", text, accept_good_rows=True)
    assert said(partly) == problems
    assert [customer.legal_name for customer in customers()] == ["Nordwind Pumpen AG"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("name,country\nA,DE\n", "unknown_column"),
        ("legal_name,legal_name,country\nA,A,DE\n", "duplicate_column"),
        ("legal_name\nA\n", "missing_column"),
        ("", "empty"),
        ("legal_name,country\nBr\xfcckner,DE\n".encode("latin-1"), "encoding"),
    ],
)
def test_files_that_cannot_be_read_say_why(db, text, code):
    outcome = bring_in("customers", text)
    codes = {error.code for error in outcome.errors}
    assert code in codes or any(code in one for one in codes), codes
    assert customers() == []


def test_a_trial_run_stores_nothing(db):
    outcome = bring_in("customers", CUSTOMERS + "Nordwind Pumpen AG,,DE,,,Kiel\n", dry_run=True)
    assert (outcome.rows, outcome.stored, customers()) == (1, False, [])


# Families and partners ---------------------------------------------------------------------------------------------


def test_families_are_known_by_code_whatever_its_case(cast):
    outcome = bring_in("families", "code,name,name_zh\nCONNECTORS,Plugs,插头\nvalves,Valves,阀门\n")
    assert outcome.counts == Counts(created=1, updated=1)
    names = dict(ProductFamily.objects.values_list("code", "name"))
    assert names == {"connectors": "Plugs", "sensors": "Sensors", "valves": "Valves"}


def test_a_family_code_that_cannot_stand_in_an_address_is_refused(db):
    assert said(bring_in("families", "code,name\nA/B,Odd\n")) == [(2, "code", "code")]


def test_partners_come_in_and_change_by_code(cast):
    text = PARTNERS + "C-300,Calluna Trading,FI,Gold,fi|SE,CONNECTORS|sensors,eur\n"
    assert bring_in("partners", text).counts == Counts(created=1)
    partner = partners()["C-300"]
    assert (partner.country, partner.currency, partner.territories) == ("FI", "EUR", ["FI", "SE"])
    assert (partner.status, partner.time_zone, partner.tier) == ("active", "Europe/Helsinki", cast.tier)
    assert {family.code for family in partner.families.all()} == {"connectors", "sensors"}
    assert bring_in("partners", text).counts == Counts(unchanged=1)
    changed = bring_in("partners", PARTNERS + "c-300,Calluna Trading,FI,gold,FI|SE,sensors,EUR\n")
    assert changed.counts == Counts(updated=1)
    assert {family.code for family in partners()["C-300"].families.all()} == {"sensors"}
    events = Event.objects.unscoped("what was recorded").filter(subject_uuid=partner.uuid)
    assert list(events.order_by("sequence").values_list("verb", flat=True)) == ["partner.created", "partner.changed"]


def test_a_status_that_the_file_does_not_state_is_not_changed(cast):
    cast.partner_a.status = "suspended"
    cast.partner_a.save()
    outcome = bring_in("partners", "code,name,country,tier,currency\nA-100,Aldermann,DE,gold,USD\n")
    assert outcome.counts == Counts(updated=1)
    assert partners()["A-100"].status == "suspended"
    assert partners()["A-100"].families.count() == 2


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("X,Xylo,QQ,gold,,,EUR", ("country", "unknown_country")),
        ("X,Xylo,DE,diamond,,,EUR", ("tier", "unknown_tier")),
        ("X,Xylo,DE,gold,DE|QQ,,EUR", ("territories", "unknown_country")),
        ("X,Xylo,DE,gold,,wheels,EUR", ("families", "unknown_family")),
        ("X,Xylo,DE,gold,,,EUX", ("currency", "unknown_currency")),
        ("+X,Xylo,DE,gold,,,EUR", ("code", "formula")),
        ("X,@Xylo,DE,gold,,,EUR", ("name", "formula")),
    ],
)
def test_what_a_partner_cannot_have_is_refused(cast, row, problem):
    outcome = bring_in("partners", PARTNERS + row + "\n")
    assert said(outcome) == [(2, *problem)]
    assert set(partners()) == {"A-100", "B-200"}


@pytest.mark.parametrize("who", ["seller_a", "admin_a", "editor", "pricing_manager", "stranger"])
def test_only_channel_managers_bring_partners_in(cast, who):
    actor = cast.actor(cast.people[who])
    text = PARTNERS + "C-300,Calluna Trading,FI,gold,,,EUR\n"
    with pytest.raises(NotAllowed):
        bring_in("partners", text, actor=actor)
    assert "C-300" not in partners()
    assert bring_in("partners", text, actor=cast.actor(cast.vendor_manager)).stored
