"""The vendor's answers to a registration: approve, return, reject, duplicate."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import Expectation, chosen_reason, locked_deal, moment_after_lock, subject_of
from concord.deals.actions.protection_life import begin_life
from concord.deals.actions.reapproval import give_back, settle_earlier_protections
from concord.deals.actions.twins import customer_named, part_twins, unite_with
from concord.deals.enums import COMPLETABLE, Deed, ReasonKind, ReviewStatus
from concord.deals.models import Deal, Protection, ReasonCode
from concord.deals.protection.window import Window, protection_window, until_month, vendor_delay
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protections import live_protections, same_companies
from concord.deals.queries.twins import likely_twins, recognised_as
from concord.deals.rules import can_decide, demand_state
from concord.partners.actions.customers import relate
from concord.partners.enums import Verdict
from concord.partners.models import ProductFamily
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.locking import lock_end_customers
from concord.portal.periods import period
from concord.portal.refusals import Conflict, InvalidInput, NotThere
from concord.portal.work import action
from concord.pricing.actions.benefits import grant_registration_benefit


class AlreadyProtected(Conflict):
    """Another registration protects the customer in one of the families. Said to the vendor alone."""

    default_code = "already_protected"

    def __init__(self, families: Sequence[str] = ()) -> None:
        super().__init__(
            _("This customer is already protected for another registration in the same product family."),
            details={"families": list(families)} if families else {},
        )


class TwinUndecided(Conflict):
    """A customer that may be the same is protected, or is the one named: a person has to say first whether it is."""

    default_code = "twin_undecided"

    def __init__(self, customers: Sequence[uuid.UUID], *, is_named: bool = False) -> None:
        protected = _(
            "A customer that may be the same company is protected. Decide first whether the two are the same."
        )
        named = _(
            "The company as it was registered is another record than the one that the registration is linked to, as "
            "after a merge that was undone. Decide first whether the two are the same."
        )
        super().__init__(named if is_named else protected, details={"customers": [str(one) for one in customers]})


@action
def approve_registration(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str = "meets_the_rules",
    note: str = "",
    same_as: uuid.UUID | None = None,
    different_from: Collection[uuid.UUID] = (),
    expect: Expectation | None = None,
) -> Deal:
    """Approve: from now on the customer is the partner's in the families of the registration.

    ``same_as`` names the twin that the customer is (the deal then moves to that record), ``different_from`` those that
    it is not; both are remembered. Locks the end customer with every record that is or may be the same, then the deal.
    Checks role, state, that no record of the same company is protected in these families, and that no protected twin
    is left undecided. Writes the deal, one protection per family with its life (the vendor's delay is added), the
    registration benefit and the partner's relation to the customer. Decided on again after a change, families that the
    deal protects there keep their period, and what it held at another customer ends. Records ``deal.approved``. Raises
    ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``, ``AlreadyProtected``,
    ``TwinUndecided``.
    """
    can_decide(actor).enforce()
    seen = Deal.objects.visible_to(actor).filter(uuid=deal_uuid).first()
    if seen is None:
        raise NotThere
    if same_as is None and seen.review_status == ReviewStatus.SUBMITTED:
        refuse_held(seen, now=now)  # whoever comes late to a customer that many want need not wait in its queue
    # Matching takes its time: it is done before the locks, and both sides of a pair lock each other's record.
    others = {twin.customer.pk for twin in likely_twins(seen)}
    named = {customer_named(one).pk for one in [*([same_as] if same_as else []), *different_from]}
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True, customers=others | named)
    chosen = _demand_decidable(actor, deal, Deed.APPROVE, ReasonKind.APPROVE, reason)
    if same_as is not None:
        unite_with(deal, customer_named(same_as), actor=actor, now=now)
    for one in different_from:
        part_twins(deal, customer_named(one), actor=actor, now=now)
    families = list(ProductFamily.objects.filter(pk__in=deal.families.values("family_id")).order_by("code"))
    moment = moment_after_lock(now)
    refuse_protected(deal, families, now=moment)
    kept = settle_earlier_protections(deal, actor=actor, at=moment)
    _settle(deal, ReviewStatus.APPROVED, actor=actor, reason=chosen, note=note, now=moment)
    window = protection_window(moment, deal.vendor_delay, programme_terms())
    deal.save()
    protect(deal, [one for one in families if one.pk not in kept], window, actor=actor, now=moment)
    record(
        "deal.approved",
        actor=actor,
        subject=subject_of(deal),
        payload={
            "reason": chosen.code,
            "families": [family.code for family in families],
            "protected_from": window.start,
            "protected_until": window.end,
            "added_for_delay_seconds": int(deal.vendor_delay.total_seconds()),
            **({"kept": [family.code for family in families if family.pk in kept]} if kept else {}),
        },
    )
    return deal


@action
def return_for_completion(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str,
    fields: Collection[str],
    note: str = "",
    expect: Expectation | None = None,
) -> Deal:
    """Ask the partner to complete named fields; everything else stays as it was submitted.

    Locks the deal. Checks role, state, reason code and field names. Writes the deal. Records ``deal.returned``.
    Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    chosen = _demand_decidable(actor, deal, Deed.RETURN, ReasonKind.RETURN, reason)
    wanted = [name for name in COMPLETABLE if name in set(fields)]
    if not wanted or len(wanted) != len(set(fields)):
        raise InvalidInput.at("/fields", "choice", _("Name at least one field of the registration to complete."))
    _settle(deal, ReviewStatus.RETURNED, actor=actor, reason=chosen, note=note, now=now)
    deal.fields_to_complete = wanted
    deal.save()
    record("deal.returned", actor=actor, subject=subject_of(deal), payload={"reason": chosen.code, "fields": wanted})
    return deal


@action
def reject_registration(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str,
    note: str = "",
    expect: Expectation | None = None,
) -> Deal:
    """Refuse a registration for good, with a reason code.

    Locks the end customer, then the deal. Checks role, state and reason code. Writes the deal, and ends what an earlier
    approval gave. Records ``deal.rejected``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``Changed``,
    ``InvalidInput``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True)
    chosen = _demand_decidable(actor, deal, Deed.REJECT, ReasonKind.REJECT, reason)
    moment = moment_after_lock(now)
    _settle(deal, ReviewStatus.REJECTED, actor=actor, reason=chosen, note=note, now=moment)
    deal.save()
    give_back(deal, actor=actor, at=moment)
    record("deal.rejected", actor=actor, subject=subject_of(deal), payload={"reason": chosen.code})
    return deal


@action
def decide_duplicate(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    reason: str,
    same_as: uuid.UUID | None = None,
    protected_until_month: date | None = None,
    note: str = "",
    expect: Expectation | None = None,
) -> Deal:
    """Decide that the customer belongs to another registration. Its partner learns the reason, the month and how to
    appeal; never the holder, never a price.

    ``same_as`` names the twin that the customer is; without it, the deal's own record must be protected.
    ``protected_until_month`` is taken from the protection in force unless it is given. Locks the end customers, then
    the deal. Checks role, state, reason code, and that a month is known. Writes the deal and the verdict on the two
    records. Records ``deal.duplicate`` for the partner. Raises ``NotThere``, ``NotAllowed``, ``WrongState``,
    ``Changed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    twin = customer_named(same_as) if same_as else None
    deal = locked_deal(
        actor=actor, deal_uuid=deal_uuid, expect=expect, with_customers=True, customers=[twin.pk] if twin else []
    )
    chosen = _demand_decidable(actor, deal, Deed.DUPLICATE, ReasonKind.DUPLICATE, reason)
    if twin is not None:
        unite_with(deal, twin, actor=actor, now=now)
    month = _first_of(protected_until_month) or _month_in_force(deal, now=now)
    if month is None:
        raise InvalidInput.at(
            "/protected_until_month",
            "required",
            _("No protection is in force at this customer. Say until which month the customer is protected."),
        )
    if month < date(now.year, now.month, 1):
        raise InvalidInput.at("/protected_until_month", "past", _("This month is over already."))
    _settle(deal, ReviewStatus.DUPLICATE, actor=actor, reason=chosen, note=note, now=now)
    deal.protected_until_month = month
    deal.save()
    give_back(deal, actor=actor, at=moment_after_lock(now))
    record(
        "deal.duplicate",
        actor=actor,
        subject=subject_of(deal),
        payload={"reason": chosen.code, "protected_until_month": month.strftime("%Y-%m")},
    )
    return deal


def _demand_decidable(actor: Actor, deal: Deal, deed: Deed, kind: ReasonKind, reason: str) -> ReasonCode:
    can_decide(actor, deal).enforce()
    demand_state(deed, deal)
    return chosen_reason(kind, reason)


def _settle(deal: Deal, status: ReviewStatus, *, actor: Actor, reason: ReasonCode, note: str, now: datetime) -> None:
    """What every answer writes. An answer that came too late is counted, whatever it says."""
    deal.vendor_delay += vendor_delay(deal.answer_due_at, now)
    deal.review_status = status
    deal.answer_due_at = None
    deal.decided_at = now
    deal.decided_by_id = actor.user_id
    deal.decision_reason = reason
    deal.decision_note = note.strip()


def refuse_held(deal: Deal, *, now: datetime) -> None:
    """Refuse when others hold all that a registration asks for at its very record: one look, without any matching.

    Raises ``AlreadyProtected``.
    """
    asked = set(deal.families.values_list("family_id", flat=True))
    held = live_protections(end_customer_ids={deal.end_customer_id or 0}, family_ids=asked, now=now)
    others = {one.family_id: one.family.code for one in held if one.deal_id != deal.pk}
    if asked and asked == set(others):
        raise AlreadyProtected(sorted(others.values()))


def refuse_protected(deal: Deal, families: Sequence[ProductFamily], *, now: datetime) -> None:
    """No record of the same company is protected in these families, and none that may be the same is left open.

    Nor is it left open which of two records the company is: whoever registers it next comes to the other one.
    """
    refuse_held(deal, now=now)
    twins = likely_twins(deal)
    same = same_companies({deal.end_customer_id or 0, *(twin.customer.pk for twin in twins if twin.is_same)})
    open_twins = {twin.customer.pk: twin.customer.uuid for twin in twins if twin.is_undecided}
    held = live_protections(
        end_customer_ids=same | set(open_twins), family_ids=[family.pk for family in families], now=now
    )
    held = [one for one in held if one.deal_id != deal.pk]
    sure = sorted({one.family.code for one in held if one.end_customer_id in same})
    if sure:
        raise AlreadyProtected(sure)
    # What may be the same and belongs to this very partner takes nothing from anybody.
    rivals = [one for one in held if one.partner_id != deal.partner_id]
    undecided = sorted({open_twins[one.end_customer_id] for one in rivals})
    if undecided:
        raise TwinUndecided(undecided)
    named = sorted(twin.customer.uuid for twin in twins if twin.is_same and not twin.said_by_person)
    if (
        named
        and deal.end_customer is not None
        and Verdict(recognised_as(deal, deal.end_customer).verdict) != Verdict.SAME
    ):
        raise TwinUndecided(named, is_named=True)


def protect(deal: Deal, families: Sequence[ProductFamily], window: Window, *, actor: Actor, now: datetime) -> None:
    """One protection per family in one insert, the benefit in prices, the relation that opens the customer's record."""
    if deal.end_customer_id is None:
        raise NotThere
    if not families:
        return
    lock_end_customers([deal.end_customer_id])
    life = begin_life(deal, start=window.start, delay=deal.vendor_delay, terms=programme_terms())
    Protection.objects.bulk_create(
        Protection(
            deal=deal,
            partner_id=deal.partner_id,
            end_customer_id=deal.end_customer_id,
            family=family,
            period=period(window.start, life.ends_at),
        )
        for family in sorted(families, key=lambda family: family.pk)
    )
    grant_registration_benefit(
        actor=actor,
        partner_id=deal.partner_id,
        end_customer_id=deal.end_customer_id,
        family_ids=[family.pk for family in families],
        start=window.start,
        end=life.ends_at,
        granted_by=subject_of(deal),
    )
    relate(partner_id=deal.partner_id, end_customer_id=deal.end_customer_id, now=now)


def _month_in_force(deal: Deal, *, now: datetime) -> date | None:
    family_ids = list(deal.families.values_list("family_id", flat=True))
    held = live_protections(
        end_customer_ids=same_companies({deal.end_customer_id or 0}), family_ids=family_ids, now=now
    )
    rivals = [one for one in held if one.deal_id != deal.pk]
    return until_month(rivals[0].period.upper) if rivals else None


def _first_of(day: date | None) -> date | None:
    return day.replace(day=1) if day else None
