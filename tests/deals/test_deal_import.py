"""Deals of another CRM: its quirks mapped or named by row, history that protects nothing, twice the same is once."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.deals.models import Deal, Protection
from concord.deals.queries.brief import brief_of
from concord.deals.queries.history import deal_history
from concord.deals.queries.history_imported import moments_told
from concord.partners.models import CustomerRelation, EndCustomer
from concord.portal.actor import portal_actor
from concord.portal.countries import country_of
from concord.portal.enums import Door
from concord.portal.imports import Counts, clean_options, kind_of, run_import
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotAllowed
from concord.portal.ui.formats import format_moment
from tests.deals import making
from tests.factories import make_product

HEAD = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"


def crm() -> Path:
    """The folder of a real pipeline, beside the project. It must be there: these tests are not skipped without it."""
    root = Path(__file__).resolve().parents[2]
    places = [root.parent / "shared" / "data", root.parent.parent / "shared" / "data"]
    return next(place for place in places if (place / "crm").is_dir()) / "crm"


@pytest.fixture
def products(cast):
    made = {}
    for name in ("GTX Basic", "GTX Pro", "GTX Plus Basic", "GTX Plus Pro", "GTK 500", "MG Special", "MG Advanced"):
        product = make_product(cast.family)
        product.name = name
        product.save()
        made[name] = product
    return made


def bring_in(cast, text, *, actor=None, progress=None, **options):
    chosen = {"partner": cast.partner_a.code, "owner": cast.seller_a.email, "currency": "USD", **options}
    file = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    more = {"progress": progress} if progress else {}
    return run_import(
        kind_of("deals"), file, actor=actor or portal_actor(Door.IMPORT), now=making.now(), options=chosen, **more
    )


def deals():
    return Deal.objects.unscoped("the test counts")


def numbers(outcome):
    return replace(outcome.counts, note="")


def said(outcome):
    return [(error.row, error.column, error.code) for error in outcome.all_errors]


def test_a_real_pipeline_comes_in_once_with_its_quirks(cast, products):
    with (crm() / "sales_pipeline.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    # Some of each kind: won, lost, without account, without dates, and the product whose name is written in two ways.
    picked = [row for index, row in enumerate(rows) if index % 40 == 0]
    assert {row["deal_stage"] for row in picked} == {"Won", "Lost", "Engaging", "Prospecting"}
    assert any(not row["account"] for row in picked)
    assert any(not row["engage_date"] for row in picked)
    assert any(row["product"] == "GTXPro" for row in picked)
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(picked)
    told = []
    outcome = bring_in(cast, out.getvalue(), country="US", progress=lambda done, total: told.append((done, total)))
    assert said(outcome) == []
    assert numbers(outcome) == Counts(created=len(picked))
    assert told
    stages = {"Won": "won", "Lost": "lost", "Engaging": "qualified", "Prospecting": "open"}
    stored = {deal.external_id: deal for deal in deals().select_related("end_customer")}
    for row in picked:
        deal = stored[row["opportunity_id"]]
        assert (deal.review_status, deal.sales_stage) == ("imported", stages[row["deal_stage"]])
        assert (deal.end_customer.legal_name if deal.end_customer else "") == row["account"]
        assert bool(deal.closed_at) == (row["deal_stage"] in {"Won", "Lost"})
    gtx_pro = [row["opportunity_id"] for row in picked if row["product"] == "GTXPro"]
    assert deals().filter(external_id__in=gtx_pro, lines__product=products["GTX Pro"]).count() == len(gtx_pro)
    assert not Protection.objects.unscoped("the test counts").exists()
    customers = EndCustomer.objects.unscoped("the test counts").count()
    facts = Event.objects.unscoped("the test counts").filter(verb="deal.imported").count()
    assert bring_in(cast, out.getvalue(), country="US").counts == Counts(unchanged=len(picked))
    assert EndCustomer.objects.unscoped("the test counts").count() == customers
    assert Event.objects.unscoped("the test counts").filter(verb="deal.imported").count() == facts == len(picked)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("A1,,Abacus,Acme,Won,2016-10-20,2017-03-01,10", "product", "unknown_product"),
        ("A1,,GTXPro,Acme,Sold,2016-10-20,2017-03-01,10", "stage", "unknown_stage"),
        ("A1,,GTXPro,Acme,Won,2017-10-20,2017-03-01,10", "closed_on", "order"),
        ("A1,,GTXPro,Acme,Won,2016-10-20,,10", "closed_on", "missing"),
        ("A1,,GTXPro,Acme,Won,2016-13-20,2017-03-01,10", "opened_on", "not_a_date"),
        ("A1,,GTXPro,Acme,Won,2016-10-20,2017-03-01,-5", "value", "out_of_range"),
        (",,GTXPro,Acme,Won,2016-10-20,2017-03-01,10", "external_id", "missing"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_stored(cast, products, row, column, code):
    good = "B1,,GTX Basic,Acme,Lost,2016-10-20,2017-03-01,0\n"
    outcome = bring_in(cast, HEAD + good + row + "\n")
    assert [(number, where) for number, where, _code in said(outcome)] == [(3, column)]
    assert said(outcome)[0][2] == code or code == "out_of_range"
    assert not deals().exists()


def test_unknown_people_and_partners_are_named(cast, products):
    row = HEAD + "A1,Moses Frase,GTXPro,Acme,Won,2016-10-20,2017-03-01,10\n"
    assert said(bring_in(cast, row, owner="")) == [(2, "owner", "unknown_owner")]
    assert said(bring_in(cast, row, partner="NOBODY")) == [(2, "partner", "unknown_partner")]
    assert said(bring_in(cast, row, owner=cast.seller_b.email)) == [(2, "owner", "unknown_owner")]
    with pytest.raises(InvalidInput):
        clean_options(kind_of("deals"), portal_actor(Door.IMPORT), {"country": "Nowhere"})
    with pytest.raises(NotAllowed):
        bring_in(cast, row, actor=cast.actor(cast.seller_a))


def test_a_known_seller_keeps_the_deals_and_a_win_relates_the_partner(cast, products):
    seller = cast.seller_a2
    row = f"A1,{seller.get_full_name()},GTXPro,Acme,Won,2016-10-20,2017-03-01,10\n"
    assert numbers(bring_in(cast, HEAD + row)) == Counts(created=1)
    deal = deals().get()
    assert deal.owner == seller
    relations = CustomerRelation.objects.unscoped("the test").filter(partner=cast.partner_a)
    assert relations.filter(end_customer=deal.end_customer).exists()
    assert not Deal.objects.visible_to(cast.actor(cast.seller_b)).exists()


def test_the_feed_moves_a_deal_on_until_somebody_here_goes_on_with_it(cast, products):
    open_row = HEAD + "A1,,GTXPro,Acme,Engaging,2016-10-20,,\n"
    won_row = HEAD + "A1,,GTXPro,Acme,Won,2016-10-20,2017-03-01,4514\n"
    bring_in(cast, open_row)
    assert bring_in(cast, won_row).counts == Counts(updated=1)
    assert deals().get().sales_stage == "won"
    assert said(bring_in(cast, won_row, partner=cast.partner_b.code, owner=cast.seller_b.email)) == [
        (2, "external_id", "other_partner")
    ]


def test_taken_over_deals_are_seen_and_can_be_submitted_for_protection(cast, products, client):
    bring_in(cast, HEAD + "A1,,GTXPro,Acme,Engaging,2016-10-20,,\n", country="DE")
    deal = deals().get()
    client.force_login(cast.seller_a)
    assert client.get(f"/deals/{deal.uuid}/").status_code == 200
    client.force_login(cast.vendor_manager)
    assert client.get(f"/desk/registrations/{deal.uuid}/").status_code == 200
    client.force_login(cast.seller_a)
    changed = {"customer": {"city": "Berlin"}}
    tag = client.get(f"/api/v1/deals/{deal.uuid}/")["ETag"]
    assert (
        client.patch(
            f"/api/v1/deals/{deal.uuid}/", changed, content_type="application/json", headers={"if-match": tag}
        ).status_code
        == 200
    )
    tag = client.get(f"/api/v1/deals/{deal.uuid}/")["ETag"]
    answer = client.post(
        f"/api/v1/deals/{deal.uuid}/submit/", {}, content_type="application/json", headers={"if-match": tag}
    )
    assert (answer.status_code, answer.json()["review_status"]) == (200, "submitted"), answer.content


@pytest.mark.parametrize(
    ("text", "code"), [("Philipines", "PH"), ("United States", "US"), ("de", "DE"), ("Atlantis", "")]
)
def test_misspelled_places_are_understood(text, code):
    assert country_of(text) == code


def entries_of(deal, actor):
    return deal_history(actor, deal).entries


def test_what_another_system_tells_stands_at_its_own_dates_in_an_untouched_chain(cast, products, client):
    bring_in(cast, HEAD + "A1,Moses Frase,GTXPro,Acme,Engaging,2016-10-20,,\n", system="Old CRM")
    bring_in(cast, HEAD + "A1,Moses Frase,GTXPro,Acme,Won,2016-10-20,2017-03-01,4514\n", system="Old CRM")
    deal = deals().get()
    actor = cast.actor(cast.seller_a)
    told = [(entry.title, entry.at.date().isoformat(), entry.who, entry.text) for entry in entries_of(deal, actor)]
    assert told[:2] == [
        ("Work on it began", "2016-10-20", "Moses Frase", "Imported from Old CRM."),
        ("Won", "2017-03-01", "Moses Frase", "4514 USD · Imported from Old CRM."),
    ]
    assert [title for title, *_rest in told[2:]] == ["Taken over from another system"] * 2
    assert deal_history(actor, deal).holds
    assert all(entry.verified for entry in entries_of(deal, actor))
    facts = Event.objects.unscoped("the test").about("deal", deal.uuid)
    assert [(one.sequence, one.verb) for one in facts] == [(1, "deal.imported"), (2, "deal.imported")]
    brief = [(entry.title, entry.at.year) for entry in brief_of(actor, deal, now=making.now()).events]
    assert brief[-2:] == [("Won", 2017), ("Work on it began", 2016)]
    client.force_login(cast.seller_a)
    page = client.get(f"/deals/{deal.uuid}/").content.decode()
    assert "Imported from Old CRM." in page
    assert f"{format_moment(entries_of(deal, actor)[0].at, 'date')}</time>" in page
    chain = client.get(f"/api/v1/deals/{deal.uuid}/history/").json()["results"]
    assert [one["payload"]["story"] for one in chain][1][0]["what"] == "won"
    assert all(one["verified"] for one in chain)


def test_facts_from_before_stories_show_their_dates_too():
    told = list(moments_told({"stage": "lost", "opened_on": "2016-10-20", "closed_on": "2017-03-01", "value": "0 USD"}))
    assert [(one.title, one.at.date().isoformat(), one.text) for one in told] == [
        ("Work on it began", "2016-10-20", "Imported from another system."),
        ("Lost", "2017-03-01", "Imported from another system."),
    ]
    assert list(moments_told({"stage": "open", "opened_on": None, "closed_on": None})) == []


def test_the_run_says_whose_deals_went_to_whom(cast, products):
    rows = "A1,Moses Frase,GTXPro,Acme,Won,2016-10-20,2017-03-01,1\nA2,Moses Frase,GTXPro,,Engaging,,,\n"
    rows += f"A3,{cast.seller_a2.get_full_name()},GTXPro,Acme,Lost,2016-10-20,2017-03-01,0\n"
    note = bring_in(cast, HEAD + rows).counts.note
    assert note == (
        "Sellers found here: 1 of 2. The others' deals went to the owner named with the upload: Moses Frase (2). "
        "1 deal has no customer yet."
    )


def test_a_whole_pipeline_takes_few_statements(cast, products):
    def statements(number):
        rows = [f"N{number}-{one},,GTXPro,Acme,Won,2016-10-20,2017-03-01,1" for one in range(number)]
        with CaptureQueriesContext(connection) as caught:
            assert bring_in(cast, HEAD + "\n".join(rows)).counts.created == number
        return len(caught)

    statements(1)
    assert statements(40) == statements(3)


def test_accounts_of_a_crm_come_in_with_their_groups(cast):
    kind = kind_of("customers")
    text = (crm() / "accounts.csv").read_bytes()

    def customers():
        return EndCustomer.objects.unscoped("the test counts")

    outcome = run_import(kind, io.BytesIO(text), actor=portal_actor(Door.IMPORT), now=making.now())
    assert said(outcome) == []
    rows = list(csv.DictReader(io.StringIO(text.decode())))
    grouped = {row["account"]: row["subsidiary_of"] for row in rows if row["subsidiary_of"]}
    assert grouped
    stored = customers().filter(parent__isnull=False).values_list("legal_name", "parent__legal_name")
    assert dict(stored) == grouped
    assert customers().get(legal_name="Bioholding").country == "PH"
    assert str(len(grouped)) in outcome.counts.note
    again = run_import(kind, io.BytesIO(text), actor=portal_actor(Door.IMPORT), now=making.now())
    assert again.counts == Counts(unchanged=len(rows))
    events = Event.objects.unscoped("the test counts").filter(verb="customer.grouped")
    assert events.count() == len(grouped)


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ("Acme,US,Nobody There\n", "unknown_customer"),
        ("Acme,US,acme\n", "itself"),
        ("Acme,US,Twin\nTwin,US,\nTwin,DE,\n", "ambiguous"),
    ],
)
def test_a_group_that_is_not_clear_is_named(cast, rows, code):
    file = io.BytesIO(f"account,office_location,subsidiary_of\n{rows}".encode())
    outcome = run_import(kind_of("customers"), file, actor=portal_actor(Door.IMPORT), now=making.now())
    assert said(outcome) == [(2, "part_of_group", code)]
    assert not EndCustomer.objects.unscoped("the test counts").exists()
