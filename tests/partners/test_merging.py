"""Several records of one company become one, with everything that hangs on them, and come apart again exactly."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from concord.deals.actions.closing import withdraw_registration
from concord.deals.actions.decisions import AlreadyProtected, TwinUndecided
from concord.deals.models import Deal, Protection, VendorAccount
from concord.partners.access import access_customer
from concord.partners.actions.customers import record_verdict, relate
from concord.partners.actions.merging import CannotMerge, merge_customers
from concord.partners.actions.programme import save_customer
from concord.partners.actions.unmerging import CannotUndo, undo_merge
from concord.partners.enums import Verdict
from concord.partners.models import (
    CustomerMerge,
    CustomerName,
    CustomerRelation,
    CustomerVerdict,
    EndCustomer,
)
from concord.partners.queries.merging import Overlap, pointing_columns, untangle
from concord.partners.queries.twins import CustomerClaim, find_twins
from concord.portal.models import Event
from concord.portal.periods import period
from concord.portal.refusals import InvalidInput, NotAllowed, NotThere, WrongState
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import SpecialPrice
from tests.deals import making
from tests.factories import FAR_AHEAD, LONG_AGO, make_customer, make_product

pytestmark = pytest.mark.django_db


def now() -> datetime:
    return datetime.now(UTC)


def all_of(model):
    return model.objects.unscoped("the test looks")


def merge(cast, survivor, *absorbed, **facts):
    return merge_customers(
        actor=cast.actor(cast.vendor_manager),
        survivor_uuid=survivor.uuid,
        absorbed_uuids=[one.uuid for one in absorbed],
        now=now(),
        **facts,
    )


def undo(cast, done: CustomerMerge):
    return undo_merge(actor=cast.actor(cast.vendor_manager), merge_uuid=done.uuid, now=now())


def snapshot() -> dict[str, list[tuple]]:
    """Everything that a merge may touch, row by row, but for the times of the last change."""
    columns = {f"{one.model._meta.db_table}": one.column for one in pointing_columns()}
    tables = {
        **{table: f"id, {column}" for table, column in columns.items()},
        "partners_customername": "id, end_customer_id, name, kind, until",
        "partners_customerrelation": "id, partner_id, end_customer_id, since",
        "partners_customerverdict": "id, left_id, right_id, verdict",
        "partners_endcustomer": "id, legal_name, short_name, registration_number, website, city, address, sector,"
        " parent_id, merged_into_id, exact_keys, block_keys, search_key",
    }
    found = {}
    with connection.cursor() as cursor:
        for table, wanted in tables.items():
            cursor.execute(f"SELECT {wanted} FROM {table} ORDER BY id")
            found[table] = cursor.fetchall()
    return found


def subsidiary(name: str, of: EndCustomer) -> EndCustomer:
    made = make_customer(name)
    made.parent = of
    made.save()
    return made


def special_price(customer, product, amount: str, start=LONG_AGO, end=FAR_AHEAD) -> SpecialPrice:
    return SpecialPrice.objects.create(
        end_customer=customer,
        product=product,
        currency="USD",
        unit_price=Decimal(amount),
        quantity=(1, 100),
        period=period(start, end),
        status=SpecialPriceStatus.APPROVED,
    )


def test_everything_moves_and_comes_back_exactly(cast):
    deal = making.approved(cast, name="Nordwind Antriebe GmbH")
    survivor = make_customer("Norderstedter Antriebstechnik AG", registration_number="")
    absorbed = deal.end_customer
    absorbed.registration_number = "HRB 4711"
    save_customer(actor=cast.actor(cast.vendor_manager), customer=absorbed)
    other = make_customer("Somebody Else AG")
    record_verdict(
        actor=cast.actor(cast.vendor_manager),
        left_id=other.pk,
        right_id=absorbed.pk,
        verdict=Verdict.DIFFERENT,
        now=now(),
    )
    special = special_price(absorbed, make_product(cast.family), "9.50")
    daughter = subsidiary("Nordwind Service GmbH", absorbed)
    before = snapshot()

    (done,) = merge(cast, survivor, absorbed, reason="the register says so")

    deal.refresh_from_db()
    special.refresh_from_db()
    survivor.refresh_from_db()
    daughter.refresh_from_db()
    assert deal.end_customer_id == special.end_customer_id == daughter.parent_id == survivor.pk
    assert {one.end_customer_id for one in all_of(Protection)} == {survivor.pk}
    assert all_of(CustomerRelation).filter(end_customer=survivor, partner=cast.partner_a).exists()
    assert survivor.names.filter(name="Nordwind Antriebe GmbH", kind="alias").exists()
    assert survivor.registration_number == "HRB 4711"
    assert (
        CustomerVerdict.objects.filter(left=other, right=survivor).exists()
        or CustomerVerdict.objects.filter(left=survivor, right=other).exists()
    )
    for one in (survivor, absorbed):
        assert Event.objects.unscoped("look").about("customer", one.uuid).filter(verb="customer.merged").exists()

    undo(cast, done)

    assert snapshot() == before
    for one in (survivor, absorbed):
        assert Event.objects.unscoped("look").about("customer", one.uuid).filter(verb="customer.merge_undone").exists()
    with pytest.raises(WrongState):
        undo(cast, done)


def test_several_at_once(cast):
    survivor, *others = (make_customer(f"{name} Werke AG") for name in ("Alpha", "Beta", "Gamma"))
    before = snapshot()
    merges = merge(cast, survivor, *others)
    assert {one.name for one in survivor.names.all()} == {"Alpha Werke AG", "Beta Werke AG", "Gamma Werke AG"}
    for done in reversed(merges):
        undo(cast, done)
    assert snapshot() == before


def test_the_old_record_leads_to_the_new_one_and_is_never_found(cast):
    survivor, absorbed, last = (
        make_customer("Alpha Werke AG"),
        make_customer("Zeppelin Motoren AG"),
        make_customer("X AG"),
    )
    merge(cast, survivor, absorbed)
    merge(cast, last, survivor)
    found = access_customer(cast.actor(cast.vendor_manager), absorbed.uuid)
    assert found.pk == last.pk
    twins = find_twins(CustomerClaim("Zeppelin Motoren AG", "DE"))
    assert [twin.end_customer_id for twin in twins] == [last.pk]


def test_a_partner_keeps_its_way_to_the_record(cast):
    survivor, absorbed = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG")
    relate(partner_id=cast.partner_a.pk, end_customer_id=absorbed.pk, now=now())
    merge(cast, survivor, absorbed)
    assert access_customer(cast.actor(cast.seller_a), absorbed.uuid).pk == survivor.pk
    with pytest.raises(NotThere):
        access_customer(cast.actor(cast.seller_b), absorbed.uuid)


@pytest.mark.parametrize("who", ["pricing_manager", "editor", "admin_a", "seller_a", "stranger"])
def test_only_channel_managers_merge(cast, who):
    survivor, absorbed = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG")
    with pytest.raises(NotAllowed):
        merge_customers(
            actor=cast.actor(cast.people[who]),
            survivor_uuid=survivor.uuid,
            absorbed_uuids=[absorbed.uuid],
            now=now(),
        )


def test_what_is_asked_for_must_make_sense(cast):
    one, other = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG")
    for wrong in ([], [one], [other, other]):
        with pytest.raises(InvalidInput):
            merge(cast, one, *wrong)
    with pytest.raises(NotThere):
        merge_customers(
            actor=cast.actor(cast.vendor_manager), survivor_uuid=one.uuid, absorbed_uuids=[uuid.uuid4()], now=now()
        )
    merge(cast, one, other)
    with pytest.raises(WrongState):
        merge(cast, make_customer("Gamma Werke AG"), other)


def two_protected(cast):
    mine = making.approved(cast, name="Nordwind Antriebe GmbH", products=[make_product(cast.family)])
    theirs = making.approved(cast, cast.seller_b, name="Quarzhof Optik AG", products=[make_product(cast.family)])
    return mine, theirs


def test_two_live_protections_are_settled_by_a_person_first(cast):
    mine, theirs = two_protected(cast)
    before = snapshot()
    with pytest.raises(CannotMerge) as refused:
        merge(cast, mine.end_customer, theirs.end_customer)
    codes = {one["code"] for one in refused.value.details["obstacles"]}
    assert "both_protected" in codes
    said = str(refused.value.message)
    assert cast.family.code in said
    assert cast.partner_a.name not in said and cast.partner_b.name not in said  # noqa: PT018 - one sentence
    assert snapshot() == before


def test_a_protection_that_is_over_makes_room(cast):
    mine, theirs = two_protected(cast)
    withdraw_registration(actor=cast.actor(cast.seller_a), deal_uuid=mine.uuid, now=now())
    ended = snapshot()
    (done,) = merge(cast, mine.end_customer, theirs.end_customer)
    assert {one.end_customer_id for one in all_of(Deal)} == {mine.end_customer_id}
    undo(cast, done)
    assert snapshot() == ended


def test_two_special_prices_are_named_without_an_amount(cast):
    one, other, product = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG"), make_product(cast.family)
    special_price(one, product, "10.00")
    special_price(other, product, "8.25")
    with pytest.raises(CannotMerge) as refused:
        merge(cast, one, other)
    said = str(refused.value.message)
    assert product.sku in said
    assert "10" not in said.replace(product.sku, "")
    assert "8.25" not in said


def test_a_special_price_that_is_over_stays_or_steps_aside(cast):
    one, other, product = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG"), make_product(cast.family)
    yesterday = now() - timedelta(days=1)
    over = special_price(one, product, "10.00", end=yesterday)
    live = special_price(other, product, "8.25")
    before = snapshot()
    (done,) = merge(cast, one, other)
    over.refresh_from_db()
    live.refresh_from_db()
    assert (over.end_customer_id, live.end_customer_id) == (other.pk, one.pk)
    undo(cast, done)
    assert snapshot() == before


def test_two_customers_of_the_vendors_own_team_become_one(cast):
    one, other, third = (make_customer(f"{name} Werke AG") for name in ("Alpha", "Beta", "Gamma"))
    for account in (one, other):
        VendorAccount.objects.create(end_customer=account)
    before = snapshot()
    (first,) = merge(cast, one, other)
    (second,) = merge(cast, third, one)
    assert VendorAccount.objects.filter(end_customer=third).exists()
    undo(cast, second)
    undo(cast, first)
    assert snapshot() == before


def test_what_people_said_and_groups_stand_in_the_way(cast):
    one, other = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG")
    daughter = subsidiary("Alpha Service AG", one)
    manager = cast.actor(cast.vendor_manager)
    record_verdict(actor=manager, left_id=one.pk, right_id=other.pk, verdict=Verdict.DIFFERENT, now=now())
    for wrong in (other, daughter):
        with pytest.raises(CannotMerge):
            merge(cast, one, wrong)


def test_undoing_is_refused_when_a_moved_deal_was_approved_since(cast):
    deal = making.submitted(cast, name="Nordwind Antriebe GmbH")
    survivor = make_customer("Quarzhof Optik AG")
    (done,) = merge(cast, survivor, deal.end_customer)
    making.approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=now())
    merged = snapshot()
    with pytest.raises(CannotUndo) as refused:
        undo(cast, done)
    assert [one["code"] for one in refused.value.details["obstacles"]] == ["deals_protected_since"]
    assert snapshot() == merged


def merged_and_registered_since(cast):
    """Two records became one, and a partner registered by the name of the one that went up."""
    survivor, absorbed = make_customer("Quarzhof Optik AG"), make_customer("Nordwind Antriebe GmbH", city="Hamburg")
    (done,) = merge(cast, survivor, absorbed)
    deal = making.submitted(cast, name="Nordwind Antriebe GmbH")
    assert deal.end_customer_id == survivor.pk
    return done, deal


def approve(cast, deal, **said):
    return making.approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=now(), **said)


def test_undoing_is_refused_while_a_deal_that_came_since_protects_the_merged_company(cast):
    done, deal = merged_and_registered_since(cast)
    approve(cast, deal)
    merged = snapshot()
    with pytest.raises(CannotUndo) as refused:
        undo(cast, done)
    assert [one["code"] for one in refused.value.details["obstacles"]] == ["deals_named_since"]
    assert snapshot() == merged
    withdraw_registration(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, now=now())
    undo(cast, done)


def test_after_undoing_a_person_says_which_of_the_two_a_deal_that_came_since_is_about(cast):
    done, deal = merged_and_registered_since(cast)
    undo(cast, done)
    rival = making.submitted(cast, cast.seller_b, "Nordwind Antriebe GmbH")
    assert {deal.end_customer_id, rival.end_customer_id} == {done.survivor_id, done.absorbed_id}
    with pytest.raises(TwinUndecided) as refused:
        approve(cast, deal)
    assert refused.value.details == {"customers": [str(done.absorbed.uuid)]}
    assert not all_of(Protection).exists()
    assert approve(cast, deal, same_as=done.absorbed.uuid).end_customer_id == done.absorbed_id
    with pytest.raises(AlreadyProtected):
        approve(cast, rival)


def test_after_undoing_a_deal_that_came_since_may_stay_if_a_person_says_so(cast):
    done, deal = merged_and_registered_since(cast)
    undo(cast, done)
    assert approve(cast, deal, different_from=[done.absorbed.uuid]).end_customer_id == done.survivor_id


def test_undoing_goes_backwards(cast):
    one, two, three = (make_customer(f"{name} Werke AG") for name in ("Alpha", "Beta", "Gamma"))
    before = snapshot()
    (first,) = merge(cast, two, one)
    (second,) = merge(cast, three, two)
    with pytest.raises(CannotUndo):
        undo(cast, first)
    undo(cast, second)
    undo(cast, first)
    assert snapshot() == before


def test_a_name_that_somebody_has_changed_since_is_left_alone(cast):
    one, other = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG", city="Kiel")
    (done,) = merge(cast, one, other)
    EndCustomer.objects.unscoped("a person").filter(pk=one.pk).update(city="Bremen")
    undo(cast, done)
    one.refresh_from_db()
    assert one.city == "Bremen"
    assert [name.name for name in CustomerName.objects.filter(end_customer=one)] == ["Alpha Werke AG"]


def test_the_database_refuses_rows_at_a_merged_record(cast):
    one, other = make_customer("Alpha Werke AG"), make_customer("Beta Werke AG")
    merge(cast, one, other)
    with pytest.raises(IntegrityError, match="merged"), transaction.atomic():
        special_price(other, make_product(cast.family), "5.00")
    with pytest.raises(IntegrityError, match="merged"), transaction.atomic():
        EndCustomer.objects.unscoped("a circle").filter(pk=one.pk).update(merged_into=other)


def test_groups_form_no_circle(cast):
    top = make_customer("Alpha Werke AG")
    middle = subsidiary("Beta Werke AG", top)
    below = subsidiary("Gamma Werke AG", middle)
    with pytest.raises(IntegrityError, match="itself"), transaction.atomic():
        EndCustomer.objects.unscoped("a circle").filter(pk=top.pk).update(parent=below)


def test_every_table_of_customers_is_guarded(db):
    """A new table whose rows belong to a customer needs the trigger too: see the newest migration of that name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE t.tgname = 'not_at_merged_customer'"
        )
        guarded = {table for (table,) in cursor.fetchall()}
    assert {one.model._meta.db_table for one in pointing_columns()} <= guarded
    assert {one.column for one in pointing_columns()} == {"end_customer_id"}


def test_overlaps_are_taken_apart():
    live = untangle([Overlap(1, 2, False, False, "x")])
    assert live.rivals == ("x",)
    assert untangle([Overlap(1, 2, True, False, "x")]).stay == {1}
    assert untangle([Overlap(1, 2, True, True, "x")]).stay == {1}
    assert untangle([Overlap(1, 2, False, True, "x")]).park == {2}
    both = untangle([Overlap(1, 2, False, True, "x"), Overlap(3, 2, True, True, "x")])
    assert (both.park, both.stay, both.rivals) == ({2}, frozenset(), ())
    tangled = untangle(
        [Overlap(1, 2, False, True, "x"), Overlap(3, 2, True, True, "y"), Overlap(3, 4, True, False, "y")]
    )
    assert tangled.rivals == ("y",)
