"""Deals of another system, taken over as history: they say what happened, and protect nothing by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.deals.actions.locked import subject_of
from concord.deals.enums import RegistrationType, ReviewStatus, SalesStage
from concord.deals.models import Deal, DealFamily, DealLine
from concord.deals.queries.history_imported import ENGAGED
from concord.partners.actions.customers import create_customer, relate_all
from concord.partners.models import EndCustomer, Partner
from concord.partners.queries.twins import CustomerClaim
from concord.portal.actor import Actor
from concord.portal.events import Fact, record, record_all
from concord.portal.imports import Counts, folded
from concord.portal.work import action
from concord.pricing.models import Product

#: deals written together
_CHUNK = 1_000
#: people named in the report of an import
_LISTED = 12


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
    #: the other system, and who worked on the deal there, as its file calls them
    system: str = ""
    told_by: str = ""
    is_known_owner: bool = False


@action
def store_former_deals(
    *, actor: Actor, rows: Sequence[FormerDeal], now: datetime, done: Callable[[int], None] = lambda _done: None
) -> Counts:
    """Write deals of another system; the same external id is the same deal.

    Locks nothing: nobody else writes these. Writes customers that are not known, deals with their product, and the
    partner's relation to customers that bought, a thousand at a time. A deal that was taken over before follows the
    feed while nobody here has gone on with it; from its submission on it is left alone. Records ``deal.imported`` with
    what happened when, and again for what changed.
    """
    made: dict[tuple[str, str], EndCustomer] = {}
    created = updated = 0
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        stored = {
            deal.external_id: deal
            for deal in Deal.objects.unscoped("what came before")
            .select_for_update()
            .filter(external_id__in=[row.external_id for row in chunk])
            .order_by("pk")
        }
        new = [row for row in chunk if row.external_id not in stored]
        _create([(row, _customer_of(row, made, actor=actor, now=now)) for row in new], actor=actor, now=now)
        created += len(new)
        updated += sum(_follow(stored[row.external_id], row, actor=actor) for row in chunk if row.external_id in stored)
        done(start + len(chunk))
    return Counts(created, updated, len(rows) - created - updated, note=whose(rows) if created or updated else "")


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


def _create(pairs: Sequence[tuple[FormerDeal, EndCustomer | None]], *, actor: Actor, now: datetime) -> None:
    """New deals with everything that hangs on them, in a number of statements that does not grow with them."""
    deals = Deal.objects.bulk_create([_deal_of(row, customer) for row, customer in pairs])
    told = [(deal, row) for deal, (row, _customer) in zip(deals, pairs, strict=True)]
    DealLine.objects.bulk_create(
        DealLine(deal=deal, position=1, product=row.product, quantity=row.quantity) for deal, row in told
    )
    DealFamily.objects.bulk_create(DealFamily(deal=deal, family_id=row.product.family_id) for deal, row in told)
    buyers = {
        (row.partner.pk, customer.pk) for row, customer in pairs if customer is not None and row.stage == SalesStage.WON
    }
    relate_all(pairs=buyers, now=now)
    record_all(
        [Fact("deal.imported", subject_of(deal), _told(row, story=_story(row))) for deal, row in told], actor=actor
    )


def _deal_of(row: FormerDeal, customer: EndCustomer | None) -> Deal:
    return Deal(
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


def news_in(deal: Deal, row: FormerDeal) -> dict[str, Any]:
    """The fields of a stored deal that a feed says otherwise, with what it says."""
    wanted = {"sales_stage": row.stage, "reported_value": row.value, "closed_at": _moment(row.closed_on, row.partner)}
    return {name: value for name, value in wanted.items() if getattr(deal, name) != value}


def is_left_alone(deal: Deal) -> bool:
    """Whether somebody here has gone on with a deal, so that no feed changes it any more."""
    return deal.review_status != ReviewStatus.IMPORTED or deal.closing_reason_id is not None


def _follow(deal: Deal, row: FormerDeal, *, actor: Actor) -> bool:
    """Bring a deal that nobody has gone on with up to the feed; says whether anything differed."""
    differs = news_in(deal, row)
    if not differs or is_left_alone(deal):
        return False
    for name, value in differs.items():
        setattr(deal, name, value)
    deal.save()
    is_news = row.closed_on is not None and bool({"sales_stage", "closed_at"} & set(differs))
    story = [one for one in _story(row) if is_news and one["what"] != ENGAGED]
    record("deal.imported", actor=actor, subject=subject_of(deal), payload=_told(row, story=story))
    return True


def _told(row: FormerDeal, *, story: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "external_id": row.external_id,
        "stage": row.stage.value,
        "opened_on": row.opened_on,
        "closed_on": row.closed_on,
        "value": f"{row.value} {row.currency}" if row.value is not None else None,
        "system": row.system,
        "told_by": row.told_by,
        "story": story,
    }


def _story(row: FormerDeal) -> list[Mapping[str, Any]]:
    """What happened on which day, oldest first."""
    told = [(ENGAGED, _moment(row.opened_on, row.partner)), (row.stage.value, _moment(row.closed_on, row.partner))]
    return [{"what": what, "at": at} for what, at in told if at is not None]


def _moment(day: date | None, partner: Partner) -> datetime | None:
    """Noon of a local day: a feed of days says no more."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(partner.time_zone)) if day else None


def whose(rows: Sequence[FormerDeal]) -> str:
    """Who of the other system is whom here, whose deals somebody else took, and what has no customer: for the run."""
    known = {row.told_by for row in rows if row.told_by and row.is_known_owner}
    others = Counter(row.told_by for row in rows if row.told_by and not row.is_known_owner)
    said = []
    if known or others:
        said.append(
            _("Sellers found here: %(known)d of %(all)d.") % {"known": len(known), "all": len(known) + len(others)}
        )
    if others:
        listed = ", ".join(f"{name} ({count})" for name, count in others.most_common(_LISTED))
        more = " …" if len(others) > _LISTED else ""
        said.append(_("The others' deals went to the owner named with the upload: %(who)s.") % {"who": listed + more})
    nameless = sum(not row.customer_name for row in rows)
    if nameless:
        text = ngettext("%(n)d deal has no customer yet.", "%(n)d deals have no customer yet.", nameless)
        said.append(text % {"n": nameless})
    return " ".join(said)
