"""Submitting a registration: the limits, the customer behind the claim, its likely twins, the clock of the answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from concord.deals.actions.drafts import Registration, create_registration
from concord.deals.actions.locked import Expectation, locked_deal, subject_of
from concord.deals.enums import OPEN_STAGES, Deed, ReviewStatus
from concord.deals.models import Deal, DealTwin
from concord.deals.protection.working_time import answer_due_at
from concord.deals.queries.eligibility import asked_by, findings
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protections import same_companies
from concord.deals.queries.twins import claim_of, is_same, stored_reasons
from concord.deals.rules import can_edit, demand_state
from concord.partners.actions.customers import create_customer
from concord.partners.models import EndCustomer, Partner
from concord.partners.queries.twins import Twin, find_twins
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import record
from concord.portal.periods import local_date
from concord.portal.refusals import Conflict, FieldError, InvalidInput
from concord.portal.work import action

_HELD = (ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.APPROVED)


@action
def submit_registration(
    *, actor: Actor, deal_uuid: uuid.UUID, now: datetime, expect: Expectation | None = None
) -> Deal:
    """Hand a registration to the vendor.

    Locks the partner (so that its limits count right), then the deal. Checks role and state, that everything needed is
    there, the programme's rules of eligibility, the limits of its tier, and that the partner has not registered this
    customer and family already. Writes the matched or a new end customer, the likely twins, the
    moment by which an answer is due. Records ``deal.submitted``, and ``deal.twins_found`` for the vendor alone.
    Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``, ``Conflict``.
    """
    partner_id = Deal.objects.visible_to(actor).filter(uuid=deal_uuid).values_list("partner_id", flat=True).first()
    if partner_id is not None:
        _lock_partner(partner_id)
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_edit(actor, deal).enforce()
    demand_state(Deed.SUBMIT, deal)
    return hand_in(deal, actor=actor, now=now)


@action
def register_for_partner(
    *, actor: Actor, registration: Registration, partner_id: int | None, owner_id: int | None, now: datetime
) -> Deal:
    """A registration that the vendor's side writes for a partner: handed in at once, as drafts are the partner's own.

    Locks the partner. Checks, writes, records and raises what ``create_registration`` and ``submit_registration`` do.
    """
    deal = create_registration(
        actor=actor, registration=registration, partner_id=partner_id, owner_id=owner_id, now=now
    )
    _lock_partner(deal.partner_id)
    return hand_in(deal, actor=actor, now=now)


def hand_in(deal: Deal, *, actor: Actor, now: datetime) -> Deal:
    """Everything that submitting means, for a deal that this transaction holds."""
    family_ids = list(deal.families.values_list("family_id", flat=True))
    _demand_complete(deal)
    twins = find_twins(claim_of(deal))
    own = {deal.end_customer_id} if deal.end_customer_id else set()
    _demand_eligible(deal, customer_ids=same_companies(_same_ids(twins) | own), now=now)
    if deal.submitted_at is None:
        _demand_room(deal, now=now)
    customer = _customer_behind(deal, twins, actor=actor, now=now)
    _refuse_own_duplicate(actor, deal, customer_ids=_same_ids(twins) | {customer.pk}, family_ids=family_ids)
    is_first = deal.submitted_at is None
    deal.end_customer = customer
    deal.review_status = ReviewStatus.SUBMITTED
    deal.submitted_at = deal.submitted_at or now
    deal.answer_due_at = answer_due_at(now, programme_terms())
    deal.fields_to_complete = []
    deal.save()
    kept = [twin for twin in twins if twin.end_customer_id != customer.pk]
    _write_twins(deal, kept)
    record(
        "deal.submitted",
        actor=actor,
        subject=subject_of(deal),
        payload={"answer_due_at": deal.answer_due_at, "again": not is_first, "families": _family_codes(deal)},
    )
    _record_twins(deal, kept, customer=customer, actor=actor)
    return deal


def _lock_partner(partner_id: int) -> None:
    # The row lock of an update that leaves the key alone: foreign keys may still be checked against it.
    locked = Partner.objects.unscoped("the limits of a partner are counted one at a time")
    locked.select_for_update(no_key=True).filter(pk=partner_id).values_list("pk").first()


def _demand_complete(deal: Deal) -> None:
    errors: list[FieldError] = []
    if not deal.lines.exists():
        errors.append(FieldError("/lines", "required", _("Name at least one product.")))
    if not deal.customer_city and not deal.customer_registration_number and not deal.customer_website:
        message = _("Give the city, the registration number or the website: it tells the customer from others.")
        errors.append(FieldError("/customer/city", "required", message))
    if errors:
        raise InvalidInput(errors)


def _demand_eligible(deal: Deal, *, customer_ids: Collection[int], now: datetime) -> None:
    """Every rule of the programme that the partner may hear of is met; what is the vendor's alone waits at the desk."""
    against = findings(asked_by(deal, customer_ids=customer_ids), now=now)
    told = [found for found in against if not found.for_vendor_only]
    if told:
        raise InvalidInput([found.as_error() for found in told])


def _demand_room(deal: Deal, *, now: datetime) -> None:
    """The limits of the partner's tier against hoarding: open registrations, and new ones on one local day."""
    tier, zone = deal.partner.tier, deal.partner.time_zone
    own = Deal.objects.unscoped("limits count all registrations of the partner").filter(partner_id=deal.partner_id)
    open_now = own.filter(review_status__in=_HELD, sales_stage__in=OPEN_STAGES).count()
    if open_now >= tier.open_registrations:
        message = ngettext(
            "Your company has %(n)d open registration, the most its tier allows. Close or withdraw one first.",
            "Your company has %(n)d open registrations, the most its tier allows. Close or withdraw one first.",
            open_now,
        ) % {"n": open_now}
        raise Conflict(message, code="too_many_open", details={"limit": tier.open_registrations})
    day_began = datetime.combine(local_date(now, zone), time.min, tzinfo=ZoneInfo(zone))
    today = own.filter(submitted_at__gte=day_began).count()
    if today >= tier.new_registrations_a_day:
        message = ngettext(
            "Your company has submitted %(n)d registration today, the most its tier allows. Submit this one tomorrow.",
            "Your company has submitted %(n)d registrations today, the most its tier allows. Submit this one tomorrow.",
            today,
        ) % {"n": today}
        raise Conflict(message, code="too_many_today", details={"limit": tier.new_registrations_a_day})


def _same_ids(twins: Collection[Twin]) -> set[int]:
    return {twin.end_customer_id for twin in twins if is_same(twin)}


def _customer_behind(deal: Deal, twins: list[Twin], *, actor: Actor, now: datetime) -> EndCustomer:
    """The record that the claim plainly is (its present one before others), else a new record of its own."""
    same = [twin.end_customer_id for twin in twins if is_same(twin)]
    if deal.end_customer_id in same and deal.end_customer is not None:
        return deal.end_customer
    if same:
        return EndCustomer.objects.unscoped("the claim is this customer").get(pk=same[0])
    return create_customer(actor=actor, claim=claim_of(deal), now=now)


def _refuse_own_duplicate(
    actor: Actor, deal: Deal, *, customer_ids: Collection[int], family_ids: Collection[int]
) -> None:
    """A partner registers a customer and family once; the refusal leads to the registration that there is."""
    other = (
        Deal.objects.unscoped("a partner's own registrations, whoever of its people made them")
        .filter(
            partner_id=deal.partner_id,
            end_customer_id__in=customer_ids,
            review_status__in=_HELD,
            sales_stage__in=OPEN_STAGES,
            families__family_id__in=family_ids,
        )
        .exclude(pk=deal.pk)
        .select_related("owner")
        .order_by("pk")
        .first()
    )
    if other is None:
        return
    message = _("Your company has registered this customer already: “%(title)s”, with %(owner)s.") % {
        "title": other.title,
        "owner": other.owner.get_full_name(),
    }
    is_visible = Deal.objects.visible_to(actor).filter(pk=other.pk).exists()
    raise Conflict(message, code="own_duplicate", details={"deal": str(other.uuid)} if is_visible else {})


def _write_twins(deal: Deal, twins: list[Twin]) -> None:
    deal.twins.all().delete()
    DealTwin.objects.bulk_create(
        DealTwin(
            deal=deal,
            end_customer_id=twin.end_customer_id,
            score=Decimal(str(twin.match.score)),
            verdict=twin.match.verdict,
            reasons=stored_reasons(twin),
        )
        for twin in twins
    )


def _record_twins(deal: Deal, twins: list[Twin], *, customer: EndCustomer, actor: Actor) -> None:
    ids = [twin.end_customer_id for twin in twins]
    uuids = dict(
        EndCustomer.objects.unscoped("for the vendor's eyes").filter(pk__in=ids).values_list("pk", "uuid"),
    )
    record(
        "deal.twins_found",
        actor=actor,
        subject=subject_of(deal),
        payload={
            "customer": customer.uuid,
            "twins": [
                {"customer": uuids[twin.end_customer_id], "score": str(twin.match.score), "verdict": twin.match.verdict}
                for twin in twins
            ],
        },
        visibility=Visibility.INTERNAL,
    )


def _family_codes(deal: Deal) -> list[str]:
    return sorted(deal.families.values_list("family__code", flat=True))
