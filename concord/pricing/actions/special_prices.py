"""Special prices: asked for by a partner, decided by the vendor, held at the customer through every partner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import NumericRange
from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer, Partner
from concord.partners.queries.merging import survivor_of
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.events import Subject, record
from concord.portal.locking import database_clock, lock_end_customers
from concord.portal.money import is_currency
from concord.portal.periods import end_of_local_day, local_date, period
from concord.portal.refusals import Answer, Conflict, FieldError, InvalidInput, NotThere, Refusal, WrongState
from concord.portal.work import action
from concord.pricing.actions.price_exceptions import close_decided, note_against_promise
from concord.pricing.engine import MAX_QUANTITY
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models import Product, SpecialPrice, SpecialPriceStep
from concord.pricing.queries.approvals import Chain, chain_for, open_step
from concord.pricing.queries.special_prices import special_prices_of
from concord.pricing.rules.quotes import can_decide_special_price, can_quote_for


def special_price_tied() -> Refusal:
    """Two special prices that could both hold."""
    return Conflict(
        _("Another special price of this customer and product holds for these quantities and days already."),
        code="special_price_tied",
    )


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What asking for a special price would come to: its product, its partner, and who would approve it."""

    product: Product
    partner: Partner
    chain: Chain


def foresee_special_price(
    *,
    actor: Actor,
    partner_id: int,
    sku: str,
    currency: str,
    unit_price: Decimal,
    quantity: int,
    valid_until: date,
    reason: str,
    competitor: str = "",
    quantity_cap: int | None = None,
    now: datetime,
) -> Foreseen:
    """Who would approve a request, before it is sent. Locks and writes nothing; checks and raises as asking does."""
    can_quote_for(actor=actor, partner_id=partner_id).enforce()
    partner = Partner.objects.unscoped("the actor may quote for it").get(pk=partner_id)
    product = Product.objects.filter(sku=sku).first() if "\0" not in sku else None
    today = local_date(now, partner.time_zone)
    wrong = []
    if product is None:
        wrong.append(FieldError("/sku", "unknown_sku", _("There is no such product in the catalogue.")))
    if not is_currency(currency):
        wrong.append(FieldError("/currency", "unknown_currency", _("This is not a currency.")))
    if not unit_price.is_finite() or not 0 < unit_price < 10**12:
        wrong.append(FieldError("/unit_price", "not_positive", _("A price is more than 0.")))
    if not 1 <= quantity <= MAX_QUANTITY:
        wrong.append(FieldError("/quantity", "out_of_range", _("This is not a quantity that can be ordered.")))
    if quantity_cap is not None and not quantity <= quantity_cap <= MAX_QUANTITY:
        wrong.append(FieldError("/quantity_cap", "out_of_range", _("At most so many: not fewer than the quantity.")))
    if not today <= valid_until <= date.fromordinal(today.toordinal() + 365):
        wrong.append(FieldError("/valid_until", "out_of_range", _("Choose a day from today, a year ahead at most.")))
    if not reason.strip() or "\0" in reason + competitor:
        wrong.append(FieldError("/reason", "required", _("Say why the price is needed.")))
    if wrong or product is None:
        raise InvalidInput(wrong)
    chain = chain_for(
        partner_id=partner_id, sku=sku, currency=currency, unit_price=unit_price, quantity=quantity, now=now
    )
    return Foreseen(product, partner, chain)


@action
def request_special_price(
    *,
    actor: Actor,
    partner_id: int,
    end_customer_id: int,
    sku: str,
    currency: str,
    unit_price: Decimal,
    quantity: int,
    valid_until: date,
    reason: str,
    competitor: str = "",
    quantity_cap: int | None = None,
    now: datetime | None = None,
) -> SpecialPrice:
    """Ask for a special customer price, from a quantity on, until the end of a local day; for so many in all.

    Locks nothing. Checks that the actor may quote for the partner and every value; that the partner knows the customer
    is the caller's to have checked by a quote or a relation. Writes the request, its chain of approvals and until when
    it should be decided. Records ``special_price.requested``.
    Raises ``NotAllowed`` and ``InvalidInput``.
    """
    now = now or database_clock()
    foreseen = foresee_special_price(
        actor=actor,
        partner_id=partner_id,
        sku=sku,
        currency=currency,
        unit_price=unit_price,
        quantity=quantity,
        valid_until=valid_until,
        reason=reason,
        competitor=competitor,
        quantity_cap=quantity_cap,
        now=now,
    )
    product, partner, chain = foreseen.product, foreseen.partner, foreseen.chain
    asked = SpecialPrice.objects.create(
        end_customer_id=end_customer_id,
        product=product,
        requested_by_id=partner_id,
        requested_by_user=actor.user_id,
        currency=currency,
        unit_price=unit_price,
        quantity=NumericRange(quantity, None, "[)"),
        period=period(now, end_of_local_day(valid_until, partner.time_zone)),
        reason=reason.strip()[:500],
        competitor=competitor.strip()[:120],
        quantity_cap=quantity_cap,
        depth_percent=chain.depth,
        decide_by=chain.decide_by(now),
    )
    SpecialPriceStep.objects.bulk_create(
        SpecialPriceStep(special_price=asked, place=place, role=role) for place, role in enumerate(chain.roles, start=1)
    )
    record(
        "special_price.requested",
        actor=actor,
        subject=Subject("special_price", asked.uuid, partner_id),
        payload={"sku": sku, "quantity": quantity, "valid_until": valid_until},
    )
    note_against_promise(actor=actor, asked=asked, now=now)
    return asked


@action
def approve_special_price(
    *, actor: Actor, special_price_uuid: UUID | str, note: str = "", now: datetime | None = None
) -> SpecialPrice:
    """Grant a special price: from now on it holds at this customer, through every partner.

    Locks the end customer and the request. Checks the role that is next in the chain, that somebody else asked for it
    and approved before, the state, and that its last day is not over. Records ``special_price.approved``, or
    ``special_price.step_approved`` while another approval is still needed. Raises ``NotThere``, ``NotAllowed``,
    ``WrongState``, and ``Conflict`` when another special price could hold at the same time.
    """
    return _decide(actor, special_price_uuid, SpecialPriceStatus.APPROVED, note, now=now)


@action
def reject_special_price(
    *, actor: Actor, special_price_uuid: UUID | str, note: str, now: datetime | None = None
) -> SpecialPrice:
    """Refuse a special price, with a reason for who asked.

    Locks the end customer and the request. Records ``special_price.rejected``. Raises ``NotThere``, ``NotAllowed``,
    ``WrongState``, and ``InvalidInput`` without a note.
    """
    if not note.strip():
        raise InvalidInput.at("/note", "required", _("Say why; who asked will read it."))
    return _decide(actor, special_price_uuid, SpecialPriceStatus.REJECTED, note, now=now)


def _decide(
    actor: Actor, special_price_uuid: UUID | str, status: SpecialPriceStatus, note: str, *, now: datetime | None
) -> SpecialPrice:
    seen = special_prices_of(actor).filter(uuid=special_price_uuid).first()
    if seen is None:
        raise NotThere
    may_decide(actor, seen).enforce()
    lock_end_customers([seen.end_customer_id])
    at = now or database_clock()
    asked = SpecialPrice.objects.select_for_update().get(pk=seen.pk)
    if asked.status != SpecialPriceStatus.REQUESTED:
        raise WrongState(state=asked.status, allowed=[SpecialPriceStatus.REQUESTED])
    may_decide(actor, asked).enforce()
    step = open_step(asked)
    if step is not None:
        step.is_approved, step.decided_by, step.decided_at = status == SpecialPriceStatus.APPROVED, actor.user_id, at
        step.note = note.strip()[:500]
        step.save()
        if step.is_approved and open_step(asked) is not None:
            record(
                "special_price.step_approved",
                actor=actor,
                subject=Subject("special_price", asked.uuid, asked.requested_by_id),
                payload={"sku": asked.product.sku, "place": step.place},
            )
            asked.save(update_fields=["updated_at"])  # whoever read it before has read something else
            return asked
    if status == SpecialPriceStatus.APPROVED:
        if asked.period.upper <= at:
            raise Conflict(_("The day it was needed until is over."), code="period_over")
        asked.period = period(at, asked.period.upper)
    asked.status, asked.decided_by, asked.decided_at = status, actor.user_id, at
    asked.decision_note = note.strip()[:500]
    asked.save()
    record(
        f"special_price.{status.value}",
        actor=actor,
        subject=Subject("special_price", asked.uuid, asked.requested_by_id),
        payload={"sku": asked.product.sku},
    )
    close_decided(actor=actor, asked=asked, now=at)
    return asked


def may_decide(actor: Actor, asked: SpecialPrice) -> Answer:
    """Whether the actor gives the approval that the request waits for."""
    step = open_step(asked)
    # Once it is decided, the state says no, not who decided it.
    deciders = asked.steps.filter(decided_by__isnull=False).values_list("decided_by", flat=True) if step else ()
    return can_decide_special_price(
        actor=actor,
        role=Role(step.role) if step else Role.PRICING_MANAGER,
        requested_by_user=asked.requested_by_user,
        deciders=set(deciders),
    )


def known_customer(actor: Actor, uuid: UUID | str) -> EndCustomer:
    """An end customer that the actor may see; raises ``NotThere``."""
    customer = EndCustomer.objects.visible_to(actor).filter(uuid=uuid).first()
    if customer is None:
        raise NotThere
    return survivor_of(customer)
