"""Deals of another system, taken over as history: they say what happened, and protect nothing by themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from concord.deals.actions.locked import subject_of
from concord.deals.enums import RegistrationType, ReviewStatus, SalesStage
from concord.deals.models import Deal, DealFamily, DealLine
from concord.partners.actions.customers import create_customer, relate
from concord.partners.models import EndCustomer, Partner
from concord.partners.queries.twins import CustomerClaim
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.imports import Counts, folded
from concord.portal.work import action
from concord.pricing.models import Product

_TELL_EVERY = 100


@dataclass(frozen=True, slots=True)
class FormerDeal:
    """One deal of the other system, with everything that it names found already."""

    external_id: str
    partner: Partner
    owner_id: int
    product: Product
    quantity: int
    stage: SalesStage
    title: str
    customer_name: str
    country: str
    city: str
    customer: EndCustomer | None
    currency: str
    value: Decimal | None
    opened_on: date | None
    closed_on: date | None


@action
def store_former_deals(
    *, actor: Actor, rows: Sequence[FormerDeal], now: datetime, done: Callable[[int], None] = lambda _done: None
) -> Counts:
    """Write deals of another system; the same external id is the same deal.

    Locks nothing: nobody else writes these. Writes customers that are not known, deals with their product, and the
    partner's relation to customers that bought. A deal that was taken over before follows the feed while nobody here
    has gone on with it; from its submission on it is left alone. Records ``deal.imported`` with what happened when,
    and again for what changed.
    """
    stored = {
        deal.external_id: deal
        for deal in Deal.objects.unscoped("what came before")
        .select_for_update()
        .filter(external_id__in=[row.external_id for row in rows])
        .order_by("pk")
    }
    created = updated = 0
    made: dict[tuple[str, str], EndCustomer] = {}
    for number, row in enumerate(rows, start=1):
        before = stored.get(row.external_id)
        if before is None:
            _create(row, _customer_of(row, made, actor=actor, now=now), actor=actor, now=now)
            created += 1
        elif _follow(before, row, actor=actor):
            updated += 1
        if number % _TELL_EVERY == 0:
            done(number)
    return Counts(created, updated, len(rows) - created - updated)


def _customer_of(
    row: FormerDeal, made: dict[tuple[str, str], EndCustomer], *, actor: Actor, now: datetime
) -> EndCustomer | None:
    if row.customer is not None or not row.customer_name:
        return row.customer
    key = (folded(row.customer_name), row.country)
    if key not in made:
        claim = CustomerClaim(name=row.customer_name, country=row.country, city=row.city)
        made[key] = create_customer(actor=actor, claim=claim, now=now)
    return made[key]


def _create(row: FormerDeal, customer: EndCustomer | None, *, actor: Actor, now: datetime) -> None:
    deal = Deal(
        external_id=row.external_id,
        partner=row.partner,
        owner_id=row.owner_id,
        title=row.title,
        type=RegistrationType.NEW_CUSTOMER,
        review_status=ReviewStatus.IMPORTED,
        sales_stage=row.stage,
        end_customer=customer,
        # A deal without an account is found under its number.
        customer_name=row.customer_name or row.external_id,
        customer_country=row.country,
        customer_city=row.city,
        currency=row.currency,
        reported_value=row.value,
        closed_at=_moment(row.closed_on, row.partner),
    )
    deal.save(force_insert=True)
    DealLine.objects.create(deal=deal, position=1, product=row.product, quantity=row.quantity)
    DealFamily.objects.create(deal=deal, family_id=row.product.family_id)
    if customer is not None and row.stage == SalesStage.WON:
        relate(partner_id=row.partner.pk, end_customer_id=customer.pk, now=now)
    _record(deal, row, actor=actor)


def _follow(deal: Deal, row: FormerDeal, *, actor: Actor) -> bool:
    """Bring a deal that nobody has gone on with up to the feed; says whether anything differed."""
    wanted = {"sales_stage": row.stage, "reported_value": row.value, "closed_at": _moment(row.closed_on, row.partner)}
    differs = [name for name, value in wanted.items() if getattr(deal, name) != value]
    if not differs or deal.review_status != ReviewStatus.IMPORTED or deal.closing_reason_id is not None:
        return False
    for name, value in wanted.items():
        setattr(deal, name, value)
    deal.save()
    _record(deal, row, actor=actor)
    return True


def _record(deal: Deal, row: FormerDeal, *, actor: Actor) -> None:
    payload = {
        "external_id": row.external_id,
        "stage": row.stage.value,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "value": f"{row.value} {row.currency}" if row.value is not None else None,
    }
    record("deal.imported", actor=actor, subject=subject_of(deal), payload=payload)


def _moment(day: date | None, partner: Partner) -> datetime | None:
    """Noon of a local day: a feed of days says no more."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(partner.time_zone)) if day else None
