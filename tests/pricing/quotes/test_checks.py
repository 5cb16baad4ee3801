"""Breaking, as the database's superuser, what must hold: the checks of the whole database find it and say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest
from django.core.management import CommandError, call_command

from concord.deals.actions.leads_routing import route_new_lead
from concord.portal.actor import portal_actor
from concord.portal.invariants import broken_invariants, check_due, invariants
from concord.portal.invariants.guards import guarding_triggers
from concord.portal.models import CheckRun, Event
from concord.portal.periods import period
from concord.portal.tasks import check_invariants_nightly
from concord.pricing.actions.drift import check_drift
from concord.pricing.actions.special_prices import approve_special_price, request_special_price
from concord.pricing.models import TierDiscount
from concord.pricing.queries.drift import drifted_lines
from concord.pricing.tasks import check_drift_nightly
from tests.deals import leads_making as leads
from tests.deals.making import approved
from tests.factories import FAR_AHEAD, LONG_AGO

pytestmark = pytest.mark.django_db(transaction=True)

#: by the rule that must find it: what somebody with every right does to a healthy database
HARM = {
    "one_price": """
        ALTER TABLE pricing_pricecommitment DROP CONSTRAINT one_price;
        INSERT INTO pricing_pricecommitment
            (end_customer_id, product_id, quantity, validity, unit_price, currency, quote_id)
        SELECT end_customer_id, product_id, quantity, validity, unit_price + 1, currency, quote_id
        FROM pricing_pricecommitment LIMIT 1""",
    "line_promised": "DELETE FROM pricing_pricecommitment",
    "promise_quoted": "UPDATE pricing_quote SET status = 'withdrawn'",
    "one_list_price": """
        ALTER TABLE pricing_price DROP CONSTRAINT one_list_price, DROP CONSTRAINT price_once_in_version;
        INSERT INTO pricing_price (price_list_id, version_id, product_id, minimum_quantity, unit_price, validity)
        SELECT price_list_id, version_id, product_id, minimum_quantity, unit_price + 1, validity FROM pricing_price
        LIMIT 1""",
    "price_in_version": "UPDATE pricing_pricelistversion SET valid_until = now()",
    "no_ties": """
        ALTER TABLE pricing_tierdiscount DROP CONSTRAINT one_tier_discount;
        INSERT INTO pricing_tierdiscount (uuid, created_at, updated_at, tier_id, family_id, percent, period)
        SELECT gen_random_uuid(), now(), now(), tier_id, family_id, 99, period FROM pricing_tierdiscount""",
    "quote_totals": "UPDATE pricing_quote SET customer_total = customer_total + 1",
    "superseded_by": "UPDATE pricing_quote SET status = 'superseded'",
    "prices_told": "UPDATE portal_event SET verb = 'quote.forgotten' WHERE verb = 'quote.issued'",
    "prices_there": "DELETE FROM pricing_pricecommitment; DELETE FROM pricing_quoteline; DELETE FROM pricing_quote",
    "stock": """
        ALTER TABLE pricing_stocklevel DROP CONSTRAINT pricing_stocklevel_on_hand_check;
        INSERT INTO pricing_warehouse (uuid, created_at, updated_at, code, name, country)
        VALUES (gen_random_uuid(), now(), now(), 'W', 'W', '');
        INSERT INTO pricing_stocklevel (warehouse_id, product_id, on_hand, reserved, as_of)
        SELECT w.id, p.id, -5, 0, now() FROM pricing_warehouse w, pricing_product p LIMIT 1""",
    "reserved": """
        INSERT INTO pricing_warehouse (uuid, created_at, updated_at, code, name, country)
        VALUES (gen_random_uuid(), now(), now(), 'W', 'W', '');
        INSERT INTO pricing_stocklevel (warehouse_id, product_id, on_hand, reserved, as_of)
        SELECT w.id, k.product_id, 5, 0, now() - interval '1 day' FROM pricing_warehouse w, pricing_quoteline k LIMIT 1;
        INSERT INTO pricing_stockreservation
            (uuid, created_at, updated_at, quote_id, product_id, quantity, stage, until)
        SELECT gen_random_uuid(), now(), now(), q.id, l.product_id, 6, 'held', now() + interval '9 days'
        FROM pricing_quote q, pricing_stocklevel l""",
    "reserved_for": """
        INSERT INTO pricing_stockreservation
            (uuid, created_at, updated_at, quote_id, product_id, quantity, stage, until)
        SELECT gen_random_uuid(), now(), now(), quote_id, product_id, 6, 'held', now() + interval '9 days'
        FROM pricing_quoteline LIMIT 1;
        UPDATE pricing_quote SET status = 'declined'""",
    "one_protection": """
        ALTER TABLE deals_protection DROP CONSTRAINT one_protection;
        INSERT INTO deals_protection
            (uuid, created_at, updated_at, deal_id, partner_id, end_customer_id, family_id, period)
        SELECT gen_random_uuid(), now(), now(), deal_id, partner_id, end_customer_id, family_id, period
        FROM deals_protection LIMIT 1""",
    "protection_of_deal": "UPDATE deals_deal SET review_status = 'rejected'",
    "protection_benefit": "DELETE FROM pricing_registrationbenefit",
    "approvals_told": "UPDATE portal_event SET verb = 'deal.forgotten' WHERE verb = 'deal.approved'",
    "deals_there": "UPDATE deals_deal SET uuid = gen_random_uuid()",
    "stories": "UPDATE pricing_quote SET story_type = 'deal', story_uuid = gen_random_uuid()",
    "reserved_stage": """
        INSERT INTO pricing_stockreservation
            (uuid, created_at, updated_at, quote_id, product_id, quantity, stage, until)
        SELECT gen_random_uuid(), now(), now(), quote_id, product_id, 6, 'firm', now() + interval '9 days'
        FROM pricing_quoteline LIMIT 1""",
    "special_price_cap": """
        INSERT INTO pricing_specialpriceuse (special_price_id, quote_id, quantity, since, until)
        SELECT s.id, q.id, 9, now(), now() + interval '9 days' FROM pricing_specialprice s, pricing_quote q""",
    "special_price_use": """
        INSERT INTO pricing_specialpriceuse (special_price_id, quote_id, quantity, since, used_at)
        SELECT s.id, q.id, 1, now(), now() FROM pricing_specialprice s, pricing_quote q""",
    "protection_life": "UPDATE deals_protectionlife SET ends_at = ends_at - interval '1 day'",
    "life_protects": "DELETE FROM deals_protection",
    "life_held": "UPDATE deals_protectionlife SET held = interval '1 day'",
    "holds_ended": """
        INSERT INTO deals_protectionhold
            (uuid, created_at, updated_at, deal_id, life_id, state, period, cause_id, note, by_vendor, asked_at,
             answered_at, answer_note, ended_at)
        SELECT gen_random_uuid(), now(), now(), deal_id, id, 'granted',
               tstzrange(now() - interval '9 days', now() - interval '1 day'), 0, '', true, now(), now(), '', now()
        FROM deals_protectionlife""",
    "taken_over": "UPDATE deals_deal SET review_status = 'imported'",
    "merged_empty": "UPDATE partners_endcustomer SET merged_into_id = 0",
    "merges": "UPDATE partners_endcustomer SET merged_into_id = 0",
    "groups": """
        UPDATE partners_endcustomer c SET parent_id = (
            SELECT id FROM partners_endcustomer o WHERE o.id <> c.id ORDER BY id LIMIT 1)""",
    "customer_keys": "UPDATE partners_matchingkeys SET version = 0",
    "lead_held": "UPDATE deals_leadclaim SET ended_at = now(), \"end\" = 'released'",
    "lead_offered": "UPDATE deals_leadoffer SET answer = 'declined', answered_at = now()",
    "lead_deal": """
        UPDATE deals_lead SET
            state = 'converted', deal_id = (SELECT id FROM deals_deal LIMIT 1),
            partner_id = (SELECT id FROM partners_partner WHERE code = 'B-200')
        WHERE state = 'claimed'""",
    "imports": """
        INSERT INTO portal_importrun
            (kind, state, dry_run, accept_good_rows, options, file, file_name, rows, done, created, updated, unchanged,
             rejected, rejections, mapping, message, created_at)
        VALUES ('products', 'done', false, false, '{}', 'f', 'f', 0, 0, 0, 0, 0, 0, '', '[]', '', now())""",
    "import_marks": """
        ALTER TABLE portal_importmark DROP CONSTRAINT import_mark_once;
        INSERT INTO portal_importmark (kind, subject, file, state, rows, told, at)
        SELECT 'products', '', 'f', 's', 10000, '{}', now() FROM generate_series(1, 2)""",
    "guards": "ALTER TABLE pricing_pricecommitment DISABLE TRIGGER commitment_locks_customer",
    "history": "DELETE FROM portal_event WHERE sequence = 1",
}


@pytest.fixture
def healthy(shop, cast):
    """A live quote under a tier discount, a protection with its benefit, a capped special price, leads at partners."""
    TierDiscount.objects.create(
        tier=cast.tier, family=cast.family, percent=Decimal(10), period=period(LONG_AGO, FAR_AHEAD)
    )
    approved(cast)
    asked = request_special_price(
        actor=shop.actor(), partner_id=cast.partner_a.pk, end_customer_id=shop.customer.pk, sku=shop.switch.sku,
        currency="USD", unit_price=Decimal("4.2"), quantity=1, quantity_cap=8, valid_until=shop.day(60), reason="-",
    )  # fmt: skip
    approve_special_price(actor=shop.actor(cast.pricing_manager), special_price_uuid=asked.uuid)
    leads.claimed(cast)
    offered = leads.new()
    assert route_new_lead(actor=portal_actor(), lead_id=offered.pk, now=datetime.now(UTC))
    shop.issue((shop.relay, 60), (shop.sensor, 1), (shop.relay, 40))
    assert list(broken_invariants(now=datetime.now(UTC))) == []
    assert list(drifted_lines(now=datetime.now(UTC))) == []
    return shop


@pytest.fixture
def harm(superuser_dsn: str) -> Iterator[Callable[[str], None]]:
    """Runs statements as the superuser with every trigger off."""
    with psycopg.connect(superuser_dsn, autocommit=True) as session:
        session.execute("SET session_replication_role = replica")

        def run(statements: str) -> None:
            for statement in statements.split(";"):
                session.execute(statement)

        yield run


@pytest.mark.parametrize("rule", HARM)
def test_what_breaks_a_rule_is_found(healthy, harm, rule: str) -> None:
    harm(HARM[rule])
    found = list(broken_invariants(now=datetime.now(UTC)))
    assert rule in {one.rule for one in found}
    assert list(broken_invariants(now=datetime.now(UTC), only=[rule])) == [one for one in found if one.rule == rule]


def test_every_rule_has_its_harm() -> None:
    assert set(HARM) == set(invariants)


def test_every_trigger_is_missed_on_its_own_table(healthy, harm, superuser_dsn: str) -> None:
    with psycopg.connect(superuser_dsn, autocommit=True) as session:
        there = session.execute(
            "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid"
            " WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {name for (name,) in there} == guarding_triggers
    for guard in sorted(guarding_triggers):
        table, trigger = guard.split()
        harm(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
        found = broken_invariants(now=datetime.now(UTC), only=["guards"])
        assert [(one.subject, one.what) for one in found] == [(guard, "trigger switched off")]
        harm(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    harm("DROP TRIGGER not_at_merged_customer ON deals_protection")
    (gone,) = broken_invariants(now=datetime.now(UTC), only=["guards"])
    assert (gone.subject, gone.what) == ("deals_protection not_at_merged_customer", "trigger missing")


def test_the_command_fails_and_the_desk_is_told(healthy, harm, capsys) -> None:
    call_command("check_invariants")
    assert f"{len(invariants)} rules hold" in capsys.readouterr().out
    harm(HARM["quote_totals"])
    with pytest.raises(CommandError, match="1 findings"):
        call_command("check_invariants")
    assert "quote_totals: quote" in capsys.readouterr().err
    kept = CheckRun.objects.get(findings=1)
    assert kept.listed[0]["rule"] == "quote_totals"
    assert Event.objects.unscoped("test").filter(verb="check.failed", subject_uuid=kept.uuid).exists()


def test_the_night_is_checked_once_and_made_up_for(healthy) -> None:
    assert check_invariants_nightly() == check_drift_nightly() == 0
    assert CheckRun.objects.count() == 2
    check_invariants_nightly()
    check_drift_nightly()
    assert CheckRun.objects.count() == 2
    assert check_due(CheckRun.Kind.DRIFT, now=datetime.now(UTC) + timedelta(days=1))


@pytest.mark.parametrize(
    ("statements", "what"),
    [
        ("UPDATE pricing_price SET unit_price = unit_price * 2", "replay differs at"),
        ("UPDATE pricing_tierdiscount SET percent = 11", "replay differs at partner.steps"),
        ("DELETE FROM pricing_tierdiscount", "replay differs at partner"),
        ("UPDATE pricing_quoteline SET customer_unit_price = 1", "amounts differ from the receipt"),
        ("UPDATE pricing_quoteline SET receipt = replace(receipt, '\"7.5\"', '\"7.4\"')", "replay differs at"),
        ("UPDATE pricing_quoteline SET receipt = receipt || ' '", "receipt unreadable"),
        (
            "ALTER TABLE pricing_tierdiscount DROP CONSTRAINT one_tier_discount; INSERT INTO pricing_tierdiscount"
            " (uuid, created_at, updated_at, tier_id, family_id, percent, period) SELECT gen_random_uuid(), now(),"
            " now(), tier_id, family_id, 5, period FROM pricing_tierdiscount",
            "rules tie",
        ),
    ],
)
def test_a_price_that_no_longer_follows_from_its_rules_is_drift(healthy, harm, statements: str, what: str) -> None:
    harm(statements)
    run = check_drift(actor=portal_actor(), now=datetime.now(UTC))
    assert run.findings
    assert any(what in one["what"] for one in run.listed)
    assert run.examined == 3
    with pytest.raises(CommandError):
        call_command("check_drift")


def test_a_rule_of_later_is_no_drift(healthy, cast, shop) -> None:
    """What changes after issuing leaves live quotes alone: replay is as of the receipt's moment."""
    now = datetime.now(UTC)
    rule = TierDiscount.objects.get()
    rule.period = period(LONG_AGO, now)
    rule.save()
    TierDiscount.objects.create(tier=cast.tier, family=cast.family, percent=Decimal(3), period=period(now, FAR_AHEAD))
    assert list(drifted_lines(now=datetime.now(UTC))) == []
    call_command("check_drift")
