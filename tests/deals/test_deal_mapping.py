"""Before a pipeline of another system is taken over, one reads what of it becomes what."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from concord.deals.models import Deal
from concord.partners.models import EndCustomer
from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.imports import Counts, kind_of, run_import
from concord.portal.imports.runs import carry_out, start_import
from concord.portal.models import Event
from tests.deals import making
from tests.deals.test_deal_import import HEAD, crm, deals, products  # noqa: F401 - a fixture
from tests.factories import make_customer

ROWS = (
    HEAD
    + "A1,Moses Frase,GTXPro,Nordwind Optik GmbH,Won,2016-10-20,2017-03-01,4514\n"
    + "A2,Moses Frase,GTX Pro,,Engaging,,,\n"
    + "A3,{seller},GTX Basic,Lumenara,Lost,2016-10-20,2017-03-01,0\n"
    + "A4,,GTX Basic,Quarzwerk Lab,Prospecting,,2017-03-01,\n"
)


@pytest.fixture
def text(cast) -> str:
    return ROWS.replace("{seller}", cast.seller_a2.get_full_name())


def options(cast, **more: str) -> dict[str, str]:
    return {"partner": cast.partner_a.code, "owner": cast.seller_a.email, "currency": "USD", "country": "DE", **more}


def dry(cast, text: str, **more: str):
    return run_import(
        kind_of("deals"),
        io.BytesIO(text.encode()),
        actor=portal_actor(Door.IMPORT),
        now=making.now(),
        options=options(cast, **more),
        dry_run=True,
    )


def lines(mapping, part: str) -> set[tuple[object, ...]]:
    return {
        (one["theirs"], one["ours"], one["how"], one["rows"]) for one in mapping if one["part"] == part and "how" in one
    }


@pytest.mark.django_db
def test_a_dry_run_says_what_becomes_what_and_writes_nothing(cast, products, text):  # noqa: F811
    stored = make_customer("Lumenara Instruments GmbH", short_name="Lumenara")
    make_customer("Nordwind Optiks GmbH")
    before = Event.objects.unscoped("look").count(), EndCustomer.objects.unscoped("look").count()

    outcome = dry(cast, text)

    assert (Event.objects.unscoped("look").count(), EndCustomer.objects.unscoped("look").count()) == before
    assert not deals().exists()
    assert (outcome.counts, outcome.stored) == (Counts(created=4), False)
    found = outcome.mapping
    assert lines(found, "result") == {("", "new", "made", 4)}
    assert lines(found, "stage") == {
        ("Won", "won", "taken", 1),
        ("Lost", "lost", "taken", 1),
        ("Engaging", "qualified", "mapped", 1),
        ("Prospecting", "open", "mapped", 1),
    }
    own = f"{cast.seller_a.get_full_name()} · {cast.seller_a.email}"
    known = cast.seller_a2
    assert lines(found, "owner") == {
        ("Moses Frase", own, "filled", 2),
        ("", own, "filled", 1),
        (known.get_full_name(), f"{known.get_full_name()} · {known.email}", "mapped", 1),
    }
    pro = products["GTX Pro"]
    assert ("GTXPro", f"{pro.sku} · GTX Pro", "guessed", 1) in lines(found, "product")
    assert ("GTX Pro", f"{pro.sku} · GTX Pro", "mapped", 1) in lines(found, "product")
    assert lines(found, "customer") == {
        ("Lumenara", stored.legal_name, "mapped", 1),
        ("Nordwind Optik GmbH", "Nordwind Optik GmbH · DE", "made", 1),
        ("Nordwind Optik GmbH", "≈ Nordwind Optiks GmbH", "guessed", 1),
        ("Quarzwerk Lab", "Quarzwerk Lab · DE", "made", 1),
    }
    assert lines(found, "quirk") == {
        ("no_customer", "", "filled", 1),
        ("no_dates", "", "taken", 1),
        ("open_but_closed", "", "dropped", 1),
        ("lost_for_nothing", "", "taken", 1),
        ("other_spelling", "", "guessed", 1),
        ("unknown_seller", "", "filled", 2),
        ("no_title", "", "filled", 4),
    }
    columns = lines(found, "column")
    assert ("sales_agent", "owner", "mapped", 3) in columns
    assert ("product", "product", "taken", 4) in columns
    assert ("", "currency", "filled", 4) in columns


@pytest.mark.django_db
def test_what_is_here_already_is_told_apart_from_what_would_change(cast, products, text):  # noqa: F811
    def bring(rows: str, **more: object):
        return run_import(
            kind_of("deals"),
            io.BytesIO(rows.encode()),
            actor=portal_actor(Door.IMPORT),
            now=making.now(),
            options=options(cast),
            **more,
        )

    assert lines(bring(text).mapping, "result") == {("", "new", "made", 4)}, "a real run keeps it, too"
    Deal.objects.unscoped("look").filter(external_id="A4").update(review_status="draft")
    later = text.replace("Engaging,,,", "Won,2016-10-20,2017-03-01,9").replace("Prospecting,,", "Engaging,,")
    outcome = bring(later, dry_run=True)
    assert lines(outcome.mapping, "result") == {
        ("", "changed", "mapped", 1),
        ("", "same", "taken", 2),
        ("", "left_alone", "dropped", 1),
    }
    assert outcome.counts == Counts(updated=1, unchanged=3)
    assert bring(later).counts.updated == 1, "what was announced is what happens"


@pytest.mark.django_db
def test_refused_values_are_counted_with_the_rest(cast, products, text):  # noqa: F811
    more = "B1,,Abacus,Acme,Won,2016-10-20,2017-03-01,1\nB2,,Abacus,Acme,Won,2016-10-20,2017-03-01,1\n"
    outcome = dry(cast, text + more)
    assert lines(outcome.mapping, "refused") == {("Abacus", "product", "refused", 2)}
    assert lines(outcome.mapping, "result") == {("", "new", "made", 4)}


@pytest.mark.django_db
def test_misspelled_countries_and_those_of_stored_customers_are_named(cast, products):  # noqa: F811
    make_customer("Lumenara GmbH", country="DE")
    head = HEAD.strip() + ",country\n"
    rows = "A1,,GTX Pro,Quarzwerk Lab,Engaging,,,,Philipines\nA2,,GTX Pro,Quarzwerk Lab,Engaging,,,,Philippines\n"
    found = dry(cast, head + rows).mapping
    assert lines(found, "country") == {("Philipines", "PH", "guessed", 1), ("Philippines", "PH", "mapped", 1)}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            {"Stages", "Engaging", "Qualified", "What the file would become", "guessed", "by letters and digits alone"},
        ),
        ("zh-hans", {"阶段", "Engaging", "文件内容将如何对应", "推测", "只比较字母和数字"}),
    ],
)
def test_page_and_report_say_it_in_the_readers_language(cast, products, text, client, language, said):  # noqa: F811
    manager = cast.vendor_manager
    manager.language = language
    manager.save()
    run = start_import(
        actor=cast.actor(manager),
        kind="deals",
        file=ContentFile(text.encode()),
        file_name="pipeline.csv",
        options=options(cast),
        dry_run=True,
    )
    carry_out(run.pk, now=making.now())
    client.force_login(manager)
    client.cookies.load({"django_language": language})
    page = client.get(reverse("imports:run", args=[run.uuid])).content.decode()
    assert {one for one in said if one not in page} == set()
    report = client.get(reverse("imports:mapping", args=[run.uuid]))
    rows = list(csv.reader(io.StringIO(report.content.decode("utf-8-sig"))))
    cells = {cell for row in rows for cell in row}
    assert said - {"What the file would become", "文件内容将如何对应"} <= cells
    api = client.get(f"/api/v1/imports/{run.uuid}/").json()
    assert api["mapping_report"].endswith(f"/imports/{run.uuid}/mapping/")
    answer = client.get(api["mapping_report"])
    assert b"GTXPro" in b"".join(answer.streaming_content)


@pytest.mark.django_db
def test_a_kind_without_mapping_has_no_report(cast, client):
    run = start_import(
        actor=cast.actor(cast.vendor_manager),
        kind="customers",
        file=ContentFile(b"legal_name,country\nAcme,DE\n"),
        file_name="customers.csv",
    )
    client.force_login(cast.vendor_manager)
    assert client.get(reverse("imports:mapping", args=[run.uuid])).status_code == 404
    assert client.get(f"/api/v1/imports/{run.uuid}/mapping/").status_code == 404
    assert client.get(f"/api/v1/imports/{run.uuid}/").json()["mapping_report"] is None


@pytest.mark.django_db
def test_the_upload_explains_every_option(cast, client):
    client.force_login(cast.vendor_manager)
    page = client.get(reverse("imports:upload")).content.decode()
    help_of = kind_of("deals").option_help
    assert set(help_of) == set(kind_of("deals").options)
    assert "<code>system</code>" in page
    assert "such as Old CRM" in page
    with translation.override("zh-hans"):
        assert all(not str(one).isascii() for one in help_of.values())


@pytest.mark.django_db(transaction=True)
def test_the_command_line_says_it_for_a_real_pipeline(cast, products, tmp_path):  # noqa: F811
    chosen = [f"{name}={value}" for name, value in options(cast, system="Old CRM").items()]
    out = io.StringIO()
    arguments: Mapping[str, object] = {"dry_run": True, "option": chosen, "stdout": out}
    call_command("import_file", "deals", str(crm() / "sales_pipeline.csv"), **arguments)
    said = out.getvalue()
    assert "8,800  new deals  (newly written)" in said
    assert "1,589  Engaging → Qualified  (mapped)" in said
    assert "1,480  GTXPro → " in said
    assert "1,425  deals without a customer" in said
    assert "500  deals without a date" in said
    assert "2,473  lost deals with the value 0 or none" in said
    assert not deals().exists()
