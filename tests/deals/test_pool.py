"""The pool: how leads come in, who gets them, what may be read of them, and what time brings about."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from concord.deals.actions.checks import check_conflict
from concord.deals.actions.lead_sources import rate_sources
from concord.deals.actions.leads_claiming import (
    assign_lead,
    claim_lead,
    reassign_leads,
    release_lead,
    withdraw_lead,
)
from concord.deals.actions.leads_follow_up import convert_lead, note_contact
from concord.deals.actions.leads_locked import NotFree
from concord.deals.actions.leads_receiving import change_lead
from concord.deals.actions.leads_routing import accept_lead, decline_lead, free_lead
from concord.deals.actions.leads_timers import run_pool
from concord.deals.actions.protection_life import end_protection
from concord.deals.enums import CheckVerdict
from concord.deals.importers import LEADS
from concord.deals.models import Deal, Lead, LeadClaim, LeadOffer, LeadSource
from concord.deals.protection_enums import EndCause
from concord.deals.queries.leads import HIDDEN, leads_for, leads_owned_by, room_of, search_leads, told
from concord.deals.queries.pool_invariants import pool_invariants
from concord.partners.models import EndCustomer, Partner
from concord.partners.queries.twins import CustomerClaim
from concord.portal.actor import portal_actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.events.consumers import consumers_of
from concord.portal.imports import run_import
from concord.portal.models import Event
from concord.portal.refusals import Conflict, InvalidInput, NotAllowed, NotThere, WrongState
from tests.deals import leads_making as leads
from tests.deals import making
from tests.deals.making import now
from tests.factories import make_customer

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def all_leads():
    return Lead.objects.unscoped("the test looks")


def verbs_of(lead, partner=None):
    facts = Event.objects.unscoped("the test looks").filter(payload__contains=f'"lead":"{lead.uuid}"')
    if partner is not None:
        facts = facts.filter(partner_id=partner.pk, visibility=Visibility.PARTNER)
    return list(facts.order_by("pk").values_list("verb", flat=True))


def tick(at):
    return run_pool(actor=portal_actor(), now=at)


@pytest.fixture
def a(cast):
    return cast.actor(cast.seller_a)


@pytest.fixture
def b(cast):
    return cast.actor(cast.seller_b)


# --- coming in


def test_a_lead_is_linked_to_the_customer_that_it_plainly_is_and_else_to_a_new_one(cast):
    known = make_customer("Nordwind Antriebe GmbH", country="DE", city="Hamburg")
    same = leads.new(customer_name="Nordwind Antriebe G.m.b.H.", customer_city="Hamburg")
    other = leads.new(customer_name="Suedstern Pumpen AG", sector="Machinery")
    assert same.end_customer_id == known.pk
    assert (other.end_customer.legal_name, other.end_customer.sector) == ("Suedstern Pumpen AG", "Machinery")


def test_a_source_tells_a_lead_once_and_another_source_tells_it_again(cast):
    told = {"customer_name": "Suedstern Pumpen AG", "contact_email": "a@suedstern.example"}
    first = leads.new(**told)
    again = leads.new(**{**told, "customer_name": " SUEDSTERN Pumpen AG "})
    assert again.pk == first.pk
    assert leads.new(code="import", **told).pk != first.pk
    assert EndCustomer.objects.unscoped("the test counts").filter(legal_name__icontains="suedstern").count() == 1


def test_wrong_values_are_all_named_and_nothing_is_written(cast):
    with pytest.raises(InvalidInput) as refused:
        leads.new(
            customer_name=" ",
            customer_country="XX",
            contact_email="no",
            families=["nothing"],
            sector="x" * 121,
            size="?",
        )
    assert {(error.pointer, error.code) for error in refused.value.errors} == {
        ("/customer/name", "required"),
        ("/customer/country", "unknown_country"),
        ("/contact/email", "email"),
        ("/families/0", "unknown_family"),
        ("/sector", "max_length"),
        ("/size", "choice"),
    }
    assert not all_leads().exists()


def test_partners_bring_in_no_leads(cast, a):
    from concord.deals.actions.leads_receiving import create_lead

    with pytest.raises(NotAllowed):
        create_lead(actor=a, source=leads.source(), facts=leads.facts(), now=now())


TABLE = (
    "external_id,customer_name,country,city,contact_email,contact_phone,families,summary\r\n"
    "X-1,Suedstern Pumpen AG,DE,Kiel,a@suedstern.example,+49 431 5551,connectors|sensors,New pumps\r\n"
    "X-2,Westfluegel Bau SE,DE,Essen,,,,\r\n"
)


def imported(text, actor=None, **more):
    with io.BytesIO(text.encode()) as file:
        return run_import(LEADS, file, actor=actor or portal_actor(), now=now(), **more)


def test_an_import_brings_leads_once_and_changes_what_nobody_holds_yet(cast, a):
    first = imported(TABLE)
    assert (first.counts.created, first.rejected_rows) == (2, 0)
    lead = all_leads().get(external_id="X-1")
    assert {family.code for family in lead.families.all()} == {"connectors", "sensors"}
    before = Event.objects.unscoped("the test counts").count()
    again = imported(TABLE)
    assert (again.counts.created, again.counts.updated, again.counts.unchanged) == (0, 0, 2)
    assert Event.objects.unscoped("the test counts").count() == before
    free_lead(actor=portal_actor(), lead_uuid=lead.uuid, now=now())
    assert imported(TABLE.replace("New pumps", "Newer pumps")).counts.updated == 1
    claim_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert imported(TABLE.replace("New pumps", "Other pumps")).counts.unchanged == 2
    assert leads.reload(lead).summary == "Newer pumps"


def test_bad_rows_of_an_import_are_named_and_keep_the_file_out(cast):
    wrong = TABLE + "X-3,Ostsee Kran GmbH,QQ,,nobody,,wheels,\r\nX-1,Twice AG,DE,,,,,\r\n"
    outcome = imported(wrong)
    assert not outcome.stored
    said = {(error.row, error.column, error.code) for error in outcome.all_errors}
    assert {
        (4, "country", "unknown_country"),
        (4, "contact_email", "email"),
        (4, "families", "unknown_family"),
        (5, "customer_name", "repeated"),
    } <= said
    assert not all_leads().exists()
    assert imported(wrong, accept_good_rows=True).counts.created == 2


def test_a_lapsed_deal_becomes_one_free_lead_and_its_partner_cools_down(cast, a, b):
    deal = making.approved(cast, contact_name="Ada", contact_email="ada@nordwind.example")

    end_protection(deal, actor=portal_actor(), at=now(), cause=EndCause.LAPSED)
    event = record("deal.lapsed", actor=portal_actor(), subject=Subject("deal", deal.uuid, deal.partner_id))
    for _time in range(2):
        for consumer in consumers_of("deal.lapsed"):
            consumer.handle(event, "")
    tick(now())
    lead = all_leads().get()
    assert (lead.lapsed_deal_id, lead.end_customer_id, lead.state) == (deal.pk, deal.end_customer_id, "pool")
    assert (lead.contact_email, lead.source.code) == ("ada@nordwind.example", "lapsed")
    assert [family.code for family in lead.families.all()] == ["connectors"]
    with pytest.raises(Conflict) as refused:
        claim_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert refused.value.code == "cooling_down"
    assert claim_lead(actor=b, lead_uuid=lead.uuid, now=now()).partner_id == cast.partner_b.pk


# --- what may be read


def test_nothing_that_names_the_customer_is_read_before_the_claim(cast, a, b):
    lead = leads.free(**leads.SECRETS)
    shown = leads_for(a).get(uuid=lead.uuid)
    assert {name: getattr(shown, name) for name in HIDDEN} == dict.fromkeys(HIDDEN, "")
    assert shown.customer_city == "Bremen"
    with pytest.raises(RuntimeError):
        shown.save()
    for secret in leads.SECRETS.values():
        assert not search_leads(leads_for(a), a, secret).exists()
    claim_lead(actor=a, lead_uuid=lead.uuid, now=now())
    own = leads_for(a).get(uuid=lead.uuid)
    assert {name: getattr(own, name) for name in leads.SECRETS} == leads.SECRETS
    assert search_leads(leads_for(a), a, "Wintergarten").exists()
    assert not leads_for(b).exists()
    assert not leads_for(cast.actor(cast.seller_a2)).exists()
    assert leads_for(cast.actor(cast.admin_a)).get().customer_name == leads.SECRETS["customer_name"]


def test_the_offered_partner_alone_sees_the_lead_and_not_yet_who_it_is(cast, a, b):
    lead = leads.new(START, **leads.SECRETS)
    tick(START)
    assert leads.reload(lead).partner_id == cast.partner_a.pk
    assert told(a, leads_for(a).get()).customer_name == ""
    assert not leads_for(b).exists()


def test_free_leads_are_those_of_the_territory_and_families(cast, b):
    Partner.objects.unscoped("the test changes it").filter(pk=cast.partner_b.pk).update(territories=["NL", "BE"])
    seen = leads.free(customer_country="BE")
    anything = leads.free(customer_country="NL", families=[])
    leads.free(customer_country="DE")
    leads.free(customer_country="NL", families=["sensors"])
    assert set(leads_for(b).values_list("pk", flat=True)) == {seen.pk, anything.pk}


def test_events_of_other_partners_are_not_in_a_partners_story(cast, a, b):
    lead = leads.claimed(cast)
    release_lead(actor=a, lead_uuid=lead.uuid, now=now())
    claim_lead(actor=b, lead_uuid=lead.uuid, now=now())
    assert verbs_of(lead, cast.partner_a) == ["lead.claimed", "lead.released"]
    assert verbs_of(lead, cast.partner_b) == ["lead.claimed"]
    told = Event.objects.unscoped("the test looks").filter(partner_id=cast.partner_b.pk, verb__startswith="lead.")
    assert list(told.values_list("sequence", flat=True)) == [1]  # nor do its numbers tell of them
    texts = Event.objects.unscoped("the test looks").filter(verb__startswith="lead.").values_list("payload", flat=True)
    assert not [text for text in texts if lead.customer_name in text]


def test_the_pre_check_says_pool_only_for_a_lead_that_the_asker_may_claim(cast, a, b):
    lead = leads.free(customer_name="Suedstern Pumpen AG", families=["sensors"])
    claim = CustomerClaim(name="Suedstern Pumpen AG", country="DE", city="Bremen")

    def verdict(actor, *families):
        return check_conflict(actor=actor, claim=claim, family_codes=families, now=now()).verdict

    assert verdict(a) == verdict(a, "sensors") == CheckVerdict.POOL
    assert verdict(a, "connectors") == CheckVerdict.FREE
    assert verdict(b) == CheckVerdict.FREE
    assert verdict(cast.actor(cast.vendor_manager)) == CheckVerdict.POOL
    claim_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert verdict(a) == verdict(b) == CheckVerdict.FREE


# --- offers


def test_a_lead_goes_from_partner_to_partner_and_then_into_the_pool(cast, a, b):
    lead = leads.new(START)
    tick(START)
    first = leads.reload(lead)
    assert (first.state, first.partner_id, first.offered_until) == ("offered", cast.partner_a.pk, START + 48 * HOUR)
    offer = LeadOffer.objects.unscoped("the test looks").get()
    assert {one["code"] for one in offer.reasons} == {"territory", "home", "family", "tier", "load"}
    decline_lead(actor=a, lead_uuid=lead.uuid, reason="no_capacity", now=START + HOUR)
    second = leads.reload(lead)
    assert (second.state, second.partner_id) == ("offered", cast.partner_b.pk)
    assert tick(second.offered_until - HOUR) == 0
    tick(second.offered_until)
    assert leads.reload(lead).state == "pool"
    assert verbs_of(lead, cast.partner_a) == ["lead.offered", "lead.declined"]
    assert verbs_of(lead, cast.partner_b) == ["lead.offered", "lead.offer_expired"]
    answers = LeadOffer.objects.unscoped("the test looks").order_by("pk").values_list("answer", flat=True)
    assert list(answers) == ["declined", "expired"]


def test_whoever_declined_is_not_offered_it_again_but_may_still_claim_it(cast, a):
    lead = leads.new(START)
    tick(START)
    decline_lead(actor=a, lead_uuid=lead.uuid, now=START)
    free_lead(actor=portal_actor(), lead_uuid=lead.uuid, now=START)
    from concord.deals.actions.leads_routing import route_lead

    routed = route_lead(actor=portal_actor(), lead_uuid=lead.uuid, now=START)
    assert routed.state == "pool"
    assert claim_lead(actor=a, lead_uuid=lead.uuid, now=START).state == "claimed"


def test_an_accepted_offer_is_a_claim(cast, a, b):
    lead = leads.new(START)
    tick(START)
    with pytest.raises(NotThere):
        accept_lead(actor=b, lead_uuid=lead.uuid, now=START)
    accepted = accept_lead(actor=a, lead_uuid=lead.uuid, now=START + HOUR)
    assert (accepted.state, accepted.owner_id) == ("claimed", cast.seller_a.pk)
    assert accepted.follow_up_by == START + HOUR + 5 * DAY
    with pytest.raises(WrongState):
        accept_lead(actor=a, lead_uuid=lead.uuid, now=START + HOUR)


def test_an_offer_that_ran_out_cannot_be_accepted_even_before_the_timer_comes(cast, a):
    lead = leads.new(START)
    tick(START)
    with pytest.raises(WrongState):
        accept_lead(actor=a, lead_uuid=lead.uuid, now=START + 48 * HOUR)
    assert leads.reload(lead).state == "offered"


def test_a_source_that_is_not_routed_is_free_at_once(cast):
    LeadSource.objects.filter(code="manual").update(is_routed=False)
    lead = leads.new(START)
    tick(START)
    assert leads.reload(lead).state == "pool"


# --- claims and their limits


def test_the_daily_limit_counts_the_partners_own_day(cast, a):
    cast.tier.lead_claims_a_day = 2
    cast.tier.save()
    evening = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    for _time in range(2):
        leads.claimed(cast, at=evening)
    third = leads.free()
    with pytest.raises(Conflict) as refused:
        claim_lead(actor=a, lead_uuid=third.uuid, now=evening)
    assert (refused.value.code, refused.value.details) == ("too_many_today", {"limit": 2})
    assert claim_lead(actor=a, lead_uuid=third.uuid, now=evening + HOUR).state == "claimed"


def test_the_holding_limit_counts_open_deals_but_not_won_ones(cast, a):
    cast.tier.leads_held = 1
    cast.tier.save()
    lead = leads.claimed(cast)
    other = leads.free()
    with pytest.raises(Conflict) as refused:
        claim_lead(actor=a, lead_uuid=other.uuid, now=now())
    assert refused.value.code == "too_many_held"
    deal = convert_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert room_of(cast.partner_a, now=now()).is_full
    Deal.objects.unscoped("the sale is long").filter(pk=deal.pk).update(
        review_status="approved", sales_stage="won", end_customer=lead.end_customer, submitted_at=now()
    )
    assert claim_lead(actor=a, lead_uuid=other.uuid, now=now()).state == "claimed"


def test_a_taken_lead_a_foreign_one_and_none_at_all_are_refused_alike(cast, a, b):
    import uuid

    taken = leads.claimed(cast)
    Partner.objects.unscoped("the test changes it").filter(pk=cast.partner_b.pk).update(territories=["NL"])
    elsewhere = leads.free(customer_country="FR")
    said = set()
    for wanted in (taken.uuid, elsewhere.uuid, uuid.uuid4()):
        with pytest.raises(NotFree) as refused:
            claim_lead(actor=b, lead_uuid=wanted, now=now())
        said.add((refused.value.code, str(refused.value), json.dumps(refused.value.details)))
    assert len(said) == 1


def test_a_former_owner_cools_down_and_may_then_claim_again(cast, a):
    lead = leads.claimed(cast, at=START)
    release_lead(actor=a, lead_uuid=lead.uuid, reason="no_capacity", now=START + DAY)
    assert leads.reload(lead).state == "pool"
    with pytest.raises(Conflict):
        claim_lead(actor=a, lead_uuid=lead.uuid, now=START + 30 * DAY)
    assert claim_lead(actor=a, lead_uuid=lead.uuid, now=START + 31 * DAY).state == "claimed"


def test_an_administrator_claims_for_a_colleague_and_a_seller_only_for_himself(cast, a):
    lead = leads.free()
    with pytest.raises(InvalidInput):
        claim_lead(actor=a, lead_uuid=lead.uuid, owner_id=cast.seller_a2.pk, now=now())
    admin = cast.actor(cast.admin_a)
    with pytest.raises(InvalidInput):
        claim_lead(actor=admin, lead_uuid=lead.uuid, owner_id=cast.seller_b.pk, now=now())
    assert claim_lead(actor=admin, lead_uuid=lead.uuid, owner_id=cast.seller_a2.pk, now=now()).owner == cast.seller_a2


def test_one_does_not_work_on_a_colleagues_lead(cast):
    lead = leads.claimed(cast)
    colleague = cast.actor(cast.seller_a2)
    for write in (release_lead, convert_lead):
        with pytest.raises(NotThere):
            write(actor=colleague, lead_uuid=lead.uuid, now=now())
    with pytest.raises(NotThere):
        note_contact(actor=colleague, lead_uuid=lead.uuid, text="Hello", now=now())


# --- time


def test_weeks_of_a_claim_that_is_followed_up(cast, a):
    lead = leads.claimed(cast, at=START)
    for hours in (47, 71):
        tick(START + hours * HOUR)
    assert verbs_of(lead).count("lead.follow_up_due") == 1  # 72 hours before the end of the five days
    note_contact(actor=a, lead_uuid=lead.uuid, text="Called, they wait for a sample.", now=START + 3 * DAY)
    assert leads.reload(lead).follow_up_by == START + 17 * DAY
    tick(START + 6 * DAY)
    assert leads.reload(lead).state == "claimed"
    for day in range(7, 60, 7):
        note_contact(actor=a, lead_uuid=lead.uuid, text="Still waiting.", now=START + day * DAY)
        tick(START + day * DAY)
    held = leads.reload(lead)
    assert held.follow_up_by == START + 60 * DAY  # contacts move it on, but not for ever
    tick(START + 60 * DAY)
    assert leads.reload(lead).state == "pool"


def test_the_ladder_of_reminders_is_climbed_once_each(cast):
    lead = leads.claimed(cast, at=START)
    due = START + 5 * DAY
    for before in (73, 72, 72, 50, 24, 23, 4, 1):
        tick(due - before * HOUR)
        tick(due - before * HOUR)
    assert verbs_of(lead, cast.partner_a).count("lead.follow_up_due") == 3


def test_after_weeks_of_downtime_everything_is_caught_up_at_once_and_told_once(cast):
    forgotten = leads.claimed(cast, at=START)
    nearly = leads.claimed(cast, at=START + 15 * DAY)
    fresh = leads.new(START + 2 * DAY)
    tick(START + 20 * DAY - 2 * HOUR)
    assert leads.reload(forgotten).state == "pool"
    assert verbs_of(forgotten).count("lead.follow_up_due") == 0
    assert leads.reload(nearly).state == "claimed"
    assert verbs_of(nearly).count("lead.follow_up_due") == 1  # the latest rung, not all three
    assert leads.reload(fresh).state == "offered"
    assert tick(START + 20 * DAY - 2 * HOUR) == 0


def test_a_lead_that_came_back_is_free_for_others_and_its_former_owner_waits(cast, a, b):
    lead = leads.claimed(cast, at=START)
    tick(START + 5 * DAY)
    with pytest.raises(Conflict):
        claim_lead(actor=a, lead_uuid=lead.uuid, now=START + 5 * DAY)
    assert claim_lead(actor=b, lead_uuid=lead.uuid, now=START + 5 * DAY).partner_id == cast.partner_b.pk
    ends = LeadClaim.objects.unscoped("the test looks").order_by("pk").values_list("end", flat=True)
    assert list(ends) == ["returned", ""]


def test_a_converted_lead_is_handled_unless_its_draft_is_left_lying(cast, a):
    from concord.deals.actions.changes import change_registration
    from concord.deals.actions.drafts import WantedLine
    from concord.deals.actions.submission import submit_registration
    from tests.factories import make_product

    kept, left = leads.claimed(cast, at=START), leads.claimed(cast, at=START)
    deal = convert_lead(actor=a, lead_uuid=kept.uuid, now=START + DAY)
    convert_lead(actor=a, lead_uuid=left.uuid, now=START + DAY)
    assert (deal.customer_name, deal.customer_city, deal.owner_id) == (
        kept.customer_name,
        "Bremen",
        cast.seller_a.pk,
    )
    product = make_product(cast.family)
    change_registration(
        actor=a,
        deal_uuid=deal.uuid,
        registration=making.registration(deal.customer_name, product, customer_city="Bremen"),
        now=START + 2 * DAY,
    )
    assert WantedLine(product.sku, 10)
    submit_registration(actor=a, deal_uuid=deal.uuid, now=START + 2 * DAY)
    tick(START + 6 * DAY)
    assert {leads.reload(kept).state, leads.reload(left).state} == {"converted"}
    tick(START + 15 * DAY)
    assert (leads.reload(kept).state, leads.reload(left).state) == ("converted", "pool")
    assert Deal.objects.unscoped("the test looks").get(pk=deal.pk).end_customer_id == kept.end_customer_id


# --- the desk's part


def test_a_manager_assigns_takes_back_and_withdraws(cast, a):
    manager = cast.actor(cast.vendor_manager)
    lead = leads.new()
    assign_lead(actor=manager, lead_uuid=lead.uuid, owner_id=cast.seller_b.pk, now=now())
    assert leads.reload(lead).partner_id == cast.partner_b.pk
    assign_lead(actor=manager, lead_uuid=lead.uuid, owner_id=cast.seller_a.pk, now=now())
    assert leads_for(a).get().customer_name == lead.customer_name
    with pytest.raises(WrongState):
        change_lead(actor=manager, lead_uuid=lead.uuid, facts=leads.facts(), now=now())
    withdraw_lead(actor=manager, lead_uuid=lead.uuid, now=now())
    assert not leads_for(a).exists()
    with pytest.raises(WrongState):
        assign_lead(actor=manager, lead_uuid=lead.uuid, owner_id=cast.seller_a.pk, now=now())
    for user in (cast.stranger, cast.vendor_manager):
        with pytest.raises(InvalidInput):
            assign_lead(actor=manager, lead_uuid=leads.free().uuid, owner_id=user.pk, now=now())


def test_partners_do_not_run_the_pool(cast, a):
    lead = leads.free()
    with pytest.raises(NotAllowed):
        withdraw_lead(actor=a, lead_uuid=lead.uuid, now=now())
    with pytest.raises(NotAllowed):
        assign_lead(actor=a, lead_uuid=lead.uuid, owner_id=cast.seller_a.pk, now=now())
    with pytest.raises(NotAllowed):
        claim_lead(actor=cast.actor(cast.vendor_manager), lead_uuid=lead.uuid, now=now())
    assert leads.reload(lead).state == "pool"


def test_a_persons_leads_go_to_a_colleague_and_their_deadlines_with_them(cast, a):
    lead = leads.claimed(cast, at=START)
    leads.claimed(cast, cast.seller_b)
    assert list(leads_owned_by(cast.seller_a.pk)) == [lead]
    manager = cast.actor(cast.vendor_manager)
    with pytest.raises(InvalidInput):
        reassign_leads(actor=manager, from_user_id=cast.seller_a.pk, to_user_id=cast.seller_b.pk, now=now())
    moved = reassign_leads(actor=manager, from_user_id=cast.seller_a.pk, to_user_id=cast.seller_a2.pk, now=now())
    assert moved == 1
    after = leads.reload(lead)
    assert (after.owner_id, after.follow_up_by) == (cast.seller_a2.pk, START + 5 * DAY)
    assert leads_for(cast.actor(cast.seller_a2)).get().customer_name == lead.customer_name
    assert not leads_for(a).exists()


def test_sources_are_rated_by_what_became_of_their_leads(cast, a):
    good, poor = leads.source("api"), leads.source("import")
    for code in ("api", "import"):
        for _time in range(2):
            lead = leads.free(code=code)
            claim_lead(actor=a, lead_uuid=lead.uuid, now=now())
            if code == "api":
                convert_lead(actor=a, lead_uuid=lead.uuid, now=now())
    rate_sources(now=now())
    good.refresh_from_db()
    poor.refresh_from_db()
    assert good.quality > poor.quality
    assert rate_sources(now=now()) == 0


def broken_rules():
    return {rule.code for rule in pool_invariants() if list(rule.find(now()))}


def test_the_nightly_look_finds_what_does_not_fit(cast, a):
    lead = leads.claimed(cast)
    leads.free()
    tick(now())
    assert broken_rules() == set()
    LeadClaim.objects.unscoped("the test breaks it").filter(lead=lead).update(ended_at=now(), end="released")
    assert broken_rules() == {"lead_held"}


def test_a_deal_of_a_lead_that_is_anothers_is_found(cast, a):
    lead = leads.free()
    claim_lead(actor=a, lead_uuid=lead.uuid, now=now())
    deal = convert_lead(actor=a, lead_uuid=lead.uuid, now=now())
    assert broken_rules() == set()
    Deal.objects.unscoped("the test breaks it").filter(pk=deal.pk).update(partner=cast.partner_b)
    assert broken_rules() == {"lead_deal"}


def test_an_offer_without_its_lead_is_found(cast, a):
    lead = leads.new(START)
    tick(START)
    assert broken_rules() == set()
    LeadOffer.objects.unscoped("the test breaks it").filter(lead=lead).update(answer="declined", answered_at=START)
    assert broken_rules() == {"lead_offered"}


# --- the database's own word


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE deals_lead SET state = 'pool'",
        "UPDATE deals_lead SET owner_id = NULL",
        "UPDATE deals_lead SET state = 'converted'",
        'INSERT INTO deals_leadclaim (lead_id, partner_id, owner_id, way, claimed_at, "end", reason)'
        " SELECT lead_id, partner_id, owner_id, way, claimed_at, '', '' FROM deals_leadclaim",
    ],
)
def test_the_database_refuses_a_lead_that_is_half_held_or_held_twice(cast, statement):
    from django.db import IntegrityError, transaction

    leads.claimed(cast)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
