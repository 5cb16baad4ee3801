"""Rules of eligibility: written as data, asked when a registration is submitted, each refusal naming its rule."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concord.deals.actions.closing import win_deal
from concord.deals.actions.decisions import approve_registration
from concord.deals.actions.eligibility import save_eligibility_rule, set_vendor_account
from concord.deals.enums import RuleKind
from concord.deals.models import EligibilityRule, VendorAccount
from concord.deals.queries.eligibility import asked_by, findings, months_before
from concord.deals.queries.precheck import check_claim
from concord.partners.queries.twins import CustomerClaim
from concord.portal.models import Event
from concord.portal.refusals import InvalidInput, NotAllowed
from tests.deals import making
from tests.factories import make_price_list, make_product, set_price

CLAIM = CustomerClaim(name="Nordwind Antriebe GmbH", country="DE", city="Hamburg")


def rule(cast, kind, *, families=(), tiers=(), who=None, **facts):
    facts.setdefault("name", f"Our rule of {kind}")
    return save_eligibility_rule(
        actor=cast.actor(who or cast.vendor_manager),
        rule=EligibilityRule(kind=kind, **facts),
        families=families,
        tiers=tiers,
        now=making.now(),
    )


def codes_of(refused):
    return [(error.pointer, error.code) for error in refused.value.errors]


def won(cast, user=None):
    deal = making.approved(cast, user)
    return win_deal(actor=cast.actor(user or cast.seller_a), deal_uuid=deal.uuid, now=making.now())


def test_a_new_customer_has_not_bought_through_this_partner_before(cast):
    won(cast)
    with pytest.raises(InvalidInput) as refused:
        making.submitted(cast, cast.seller_a2)
    assert codes_of(refused) == [("/type", "has_bought")]
    assert "Rule: New customers" in str(refused.value.errors[0].message)
    assert making.submitted(cast, cast.seller_a2, type="new_business").review_status == "submitted"


def test_what_another_partner_sold_is_told_to_the_desk_alone(cast, client):
    won(cast, cast.seller_a)
    deal = making.submitted(cast, cast.seller_b)
    assert deal.review_status == "submitted"
    found = findings(asked_by(deal, customer_ids={deal.end_customer_id}), now=making.now())
    assert [(one.code, one.for_vendor_only) for one in found] == [("bought_elsewhere", True)]
    client.force_login(cast.vendor_manager)
    assert "bought through another partner" in client.get(f"/desk/registrations/{deal.uuid}/").content.decode()
    client.force_login(cast.seller_b)
    assert "bought through another partner" not in client.get(f"/deals/{deal.uuid}/").content.decode()


def test_new_business_needs_a_relation_and_a_renewal_the_partner_that_won(cast):
    won(cast, cast.seller_a)
    for kind, code in (("new_business", "no_relation"), ("renewal", "not_won_before")):
        with pytest.raises(InvalidInput) as refused:
            making.submitted(cast, cast.seller_b, type=kind)
        assert codes_of(refused) == [("/type", code)]
    assert making.submitted(cast, cast.seller_a, type="renewal").review_status == "submitted"


def test_a_renewal_is_looked_back_for_so_many_months(cast):
    old = won(cast)
    EligibilityRule.objects.filter(kind=RuleKind.WON_BEFORE).update(months=1)
    making.Deal.objects.unscoped("the sale is made older").filter(pk=old.pk).update(
        closed_at=months_before(making.now(), 1) - timedelta(days=1)
    )
    with pytest.raises(InvalidInput) as refused:
        making.submitted(cast, type="renewal")
    assert codes_of(refused) == [("/type", "not_won_before")]


def test_the_value_at_list_prices_reaches_the_minimum(cast):
    product = make_product(cast.family)
    set_price(make_price_list(cast.partner_a.currency), product, "10")
    rule(cast, RuleKind.MINIMUM_VALUE, minimum_amount=1000, currency=cast.partner_a.currency)
    with pytest.raises(InvalidInput) as refused:
        making.submitted(cast, products=[product])
    assert codes_of(refused) == [("/lines", "below_minimum_value")]
    EligibilityRule.objects.filter(kind=RuleKind.MINIMUM_VALUE).update(minimum_amount=100)
    assert making.submitted(cast, products=[product]).review_status == "submitted"


def test_a_closed_public_tender_is_not_registered(cast):
    today = making.now().date()
    for day, code in ((None, "tender_date_missing"), (today - timedelta(days=2), "tender_closed")):
        with pytest.raises(InvalidInput) as refused:
            making.submitted(cast, tender_reference="TED 2026/11", tender_closes_on=day)
        assert codes_of(refused) == [("/tender_closes_on", code)]
    still_open = {"tender_reference": "TED 2026/11", "tender_closes_on": today + timedelta(days=9)}
    assert making.submitted(cast, **still_open).review_status == "submitted"


def test_a_customer_of_the_vendors_own_team_is_refused_and_the_check_says_so(cast):
    deal = making.submitted(cast)
    manager = cast.actor(cast.vendor_manager)
    for _again in range(2):
        set_vendor_account(actor=manager, customer_uuid=deal.end_customer.uuid, is_own=True, now=making.now())
    assert VendorAccount.objects.count() == 1
    answer = check_claim(claim=CLAIM, family_ids=None, partner_id=cast.partner_b.pk, now=making.now())
    assert (answer.verdict.value, [one.code for one in answer.rules]) == ("vendor", ["with_vendor_team"])
    with pytest.raises(InvalidInput) as refused:
        making.submitted(cast, cast.seller_b)
    assert codes_of(refused) == [("/customer/name", "with_vendor_team")]
    set_vendor_account(actor=manager, customer_uuid=deal.end_customer.uuid, is_own=False, now=making.now())
    assert making.submitted(cast, cast.seller_b).review_status == "submitted"
    with pytest.raises(NotAllowed):
        set_vendor_account(
            actor=cast.actor(cast.seller_a), customer_uuid=deal.end_customer.uuid, is_own=True, now=making.now()
        )


@pytest.mark.parametrize(
    "condition",
    [
        {"countries": ["FR"]},
        {"types": ["renewal"]},
        {"valid_until": making.now() - timedelta(days=1)},
        {"valid_from": making.now() + timedelta(days=1)},
        {"is_active": False},
    ],
)
def test_a_rule_is_asked_only_of_whom_it_is_about(cast, condition):
    EligibilityRule.objects.filter(kind=RuleKind.TERRITORY).delete()
    cast.partner_a.territories = ["FR"]
    cast.partner_a.save()
    rule(cast, RuleKind.TERRITORY, **condition)
    assert making.submitted(cast).review_status == "submitted"


def test_a_rule_may_be_about_one_family_or_one_tier(cast):
    EligibilityRule.objects.filter(kind=RuleKind.FAMILY_AUTHORISED).delete()
    cast.partner_a.families.set([])
    rule(cast, RuleKind.FAMILY_AUTHORISED, families=[cast.other_family])
    assert making.submitted(cast, products=[make_product(cast.family)]).review_status == "submitted"
    both = [make_product(cast.family), make_product(cast.other_family)]
    with pytest.raises(InvalidInput) as refused:
        making.submitted(cast, name="Alpha Pumpen AG", products=both)
    assert codes_of(refused) == [("/lines/1/sku", "family_not_authorised")]


@pytest.mark.parametrize(
    ("kind", "facts", "code"),
    [
        (RuleKind.TERRITORY, {}, "twice"),
        (RuleKind.HAS_BOUGHT, {"types": ["new_customer"]}, "contradiction"),
        (RuleKind.NEVER_BOUGHT, {"types": ["renewal"]}, "contradiction"),
    ],
)
def test_rules_that_contradict_each_other_are_refused_when_they_are_saved(cast, kind, facts, code):
    before = EligibilityRule.objects.count()
    with pytest.raises(InvalidInput) as refused:
        rule(cast, kind, **facts)
    assert codes_of(refused) == [("/kind", code)]
    assert EligibilityRule.objects.count() == before
    with pytest.raises(NotAllowed):
        rule(cast, RuleKind.TERRITORY, who=cast.seller_a)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "minimum_value"}, "needs an amount above 0 and a currency"),
        ({"kind": "minimum_value", "minimum_amount": "ten", "currency": "EUR"}, "Enter a number"),
        ({"kind": "territory", "months": "3"}, "Only rules about earlier purchases look back"),
        ({"kind": "territory", "valid_from": "2026-03-02", "valid_until": "2026-03-01"}, "must end after it begins"),
    ],
)
def test_the_desk_refuses_parameters_that_cannot_be_read(cast, client, values, sentence):
    client.force_login(cast.vendor_manager)
    sent = {"name": "Ours", "is_active": "on", **values}
    answer = client.post("/desk/eligibility_rules/new/", sent)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not EligibilityRule.objects.filter(name="Ours").exists()


def test_the_desk_writes_a_rule_that_counts_from_then_on(cast, client):
    client.force_login(cast.vendor_manager)
    sent = {
        "name": "Only with notice",
        "kind": "tender_open",
        "days_before": "14",
        "types": ["renewal"],
        "is_active": "on",
    }
    assert client.post("/desk/eligibility_rules/new/", sent).status_code == 302
    stored = EligibilityRule.objects.get(name="Only with notice")
    assert (stored.days_before, stored.types) == (14, ["renewal"])


def test_a_rule_that_is_deleted_at_the_desk_stays_in_the_history(cast, client):
    rule = EligibilityRule.objects.create(kind="territory", name="At home")
    client.force_login(cast.pricing_manager)
    client.post(f"/desk/eligibility_rules/delete/{rule.pk}/")
    assert EligibilityRule.objects.filter(pk=rule.pk).exists()
    client.force_login(cast.vendor_manager)
    assert client.post(f"/desk/eligibility_rules/delete/{rule.pk}/").status_code == 302
    assert not EligibilityRule.objects.filter(pk=rule.pk).exists()
    (fact,) = Event.objects.unscoped("the test looks").about("eligibility", rule.uuid)
    assert (fact.verb, fact.visibility) == ("eligibility.deleted", "internal")
    assert "At home" in fact.payload


def test_the_form_says_the_rule_at_its_field_in_the_readers_language(cast, client):
    won(cast)
    deal = making.draft(cast, cast.seller_a2)
    client.force_login(cast.seller_a2)
    client.cookies["django_language"] = "zh-hans"
    answer = client.post(f"/deals/{deal.uuid}/do/submit/", {"version": deal.updated_at.isoformat()}, follow=True)
    assert "新客户" in answer.content.decode()


def test_the_api_check_tells_the_rules(cast, client):
    cast.partner_a.territories = ["FR"]
    cast.partner_a.save()
    client.force_login(cast.seller_a)
    asked = {"customer": {"name": "Nordwind Antriebe GmbH", "country": "DE"}, "families": [cast.family.code]}
    answer = client.post("/api/v1/conflict-checks/", asked, content_type="application/json").json()
    assert [one["code"] for one in answer["rules"]] == ["outside_territory"]


def test_an_approval_is_not_stopped_by_a_rule_that_came_later(cast):
    deal = making.submitted(cast)
    rule(cast, RuleKind.MINIMUM_VALUE, minimum_amount=10_000_000, currency=deal.currency)
    assert approve_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=making.now())


@pytest.mark.parametrize(
    ("currency", "amount", "said"),
    [("USD", 10_000, "10,000.00 USD"), ("JPY", 10_000, "10,000 JPY"), ("KWD", 10, "10.000 KWD")],
)
def test_the_minimum_is_told_in_the_decimals_of_its_currency(cast, currency, amount, said):
    rule(cast, RuleKind.MINIMUM_VALUE, minimum_amount=amount, currency=currency)
    product = make_product(cast.family)
    set_price(make_price_list(currency), product, "0.5")
    with pytest.raises(InvalidInput) as refused:
        making.submitted(cast, products=[product], currency=currency)
    assert said in str(refused.value.errors[0].message)
