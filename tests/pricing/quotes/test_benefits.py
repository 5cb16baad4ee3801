"""A registration's benefit: granted once per customer and family, ended in time, never moved later."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from concord.portal.actor import portal_actor
from concord.portal.events import Subject
from concord.portal.models import Event
from concord.portal.refusals import Conflict, InvalidInput
from concord.pricing.actions.benefits import (
    end_registration_benefits,
    extend_registration_benefits,
    grant_registration_benefit,
)
from concord.pricing.models import RegistrationBenefit
from tests.factories import make_customer

START = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2099, 4, 1, tzinfo=UTC)


def grant(cast, customer, subject, *, partner=None, families=None, start=START, end=END):
    return grant_registration_benefit(
        actor=portal_actor(),
        partner_id=(partner or cast.partner_a).pk,
        end_customer_id=customer.pk,
        family_ids=families or [cast.family.pk],
        start=start,
        end=end,
        granted_by=subject,
    )


def verbs_of(subject):
    return list(
        Event.objects.unscoped("the test reads a chain")
        .about(subject.type, subject.uuid)
        .values_list("verb", flat=True)
    )


@pytest.fixture
def deal(cast):
    return Subject("deal", uuid.uuid4(), cast.partner_a.pk)


def test_a_benefit_is_granted_per_family_and_told_in_the_history(cast, deal):
    customer = make_customer()
    grant(cast, customer, deal, families=[cast.other_family.pk, cast.family.pk])
    assert set(RegistrationBenefit.objects.values_list("family_id", flat=True)) == {
        cast.family.pk,
        cast.other_family.pk,
    }
    assert verbs_of(deal) == ["benefit.granted"]


def test_a_second_benefit_for_the_same_customer_and_family_is_refused_without_saying_whose(cast, deal):
    customer = make_customer()
    grant(cast, customer, deal)
    other = Subject("deal", uuid.uuid4(), cast.partner_b.pk)
    with pytest.raises(Conflict) as refused:
        grant(cast, customer, other, partner=cast.partner_b)
    assert refused.value.code == "benefit_conflict"
    assert refused.value.details == {}
    assert RegistrationBenefit.objects.count() == 1
    assert verbs_of(other) == []


def test_ending_frees_the_customer_for_another_partner_and_happens_once(cast, deal):
    customer = make_customer()
    grant(cast, customer, deal)
    at = datetime.now(UTC)
    assert end_registration_benefits(actor=portal_actor(), granted_by=deal, at=at) == 1
    assert end_registration_benefits(actor=portal_actor(), granted_by=deal, at=at + timedelta(hours=1)) == 0
    assert RegistrationBenefit.objects.get().period.upper == at
    assert verbs_of(deal) == ["benefit.granted", "benefit.ended"]
    grant(cast, customer, Subject("deal", uuid.uuid4()), partner=cast.partner_b, start=at)


def test_a_benefit_that_never_began_is_gone_when_it_is_ended(cast, deal):
    grant(cast, make_customer(), deal, start=END - timedelta(days=1))
    assert end_registration_benefits(actor=portal_actor(), granted_by=deal) == 1
    assert not RegistrationBenefit.objects.exists()


def test_extending_moves_the_end_later_only(cast, deal):
    grant(cast, make_customer(), deal)
    later = END + timedelta(days=30)
    assert extend_registration_benefits(actor=portal_actor(), granted_by=deal, until=later) == 1
    assert extend_registration_benefits(actor=portal_actor(), granted_by=deal, until=END) == 0
    assert RegistrationBenefit.objects.get().period.upper == later


def test_a_benefit_needs_families_and_a_period(cast, deal):
    customer = make_customer()
    with pytest.raises(InvalidInput):
        grant_registration_benefit(
            actor=portal_actor(),
            partner_id=cast.partner_a.pk,
            end_customer_id=customer.pk,
            family_ids=[],
            start=START,
            end=END,
            granted_by=deal,
        )
    with pytest.raises(InvalidInput):
        grant(cast, customer, deal, start=END, end=START)
