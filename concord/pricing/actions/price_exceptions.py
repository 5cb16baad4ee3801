"""The queue of conflicts and exceptions: what is noted by the way, and how the vendor closes it.

A refused attempt leaves nothing behind in its own transaction; it is noted in one of its own, after that one is over.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ParamSpec
from uuid import UUID, uuid4

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.invariants import Violation
from concord.portal.locking import database_clock
from concord.portal.refusals import InvalidInput, NotThere, WrongState
from concord.portal.work import action, after_the_end
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.enums import ExceptionKind, ExceptionState, SpecialPriceStatus
from concord.pricing.models import PriceException, Product, Quote, SpecialPrice
from concord.pricing.queries.price_exceptions import stands_against_promise
from concord.pricing.rules.quotes import can_close_price_exception

_P = ParamSpec("_P")

_NOTE = """
INSERT INTO pricing_priceexception
  (uuid, created_at, updated_at, kind, state, sameness, times, first_at, last_at, partner_id, end_customer_id,
   product_id, quote_id, special_price_id, currency, unit_price, quantity, finding, opened_by, opened_by_name,
   closed_by_name, reason)
VALUES (%(uuid)s, %(at)s, %(at)s, %(kind)s, 'open', %(sameness)s, 1, %(at)s, %(at)s, %(partner_id)s,
   %(end_customer_id)s, %(product_id)s, (SELECT id FROM pricing_quote WHERE id = %(quote_id)s), %(special_price_id)s,
   %(currency)s, %(unit_price)s, %(quantity)s, %(finding)s, %(opened_by)s, %(opened_by_name)s, '', '')
ON CONFLICT (sameness) WHERE state = 'open' DO UPDATE
  SET times = pricing_priceexception.times + 1, last_at = EXCLUDED.last_at, updated_at = EXCLUDED.updated_at,
      quote_id = COALESCE(EXCLUDED.quote_id, pricing_priceexception.quote_id)
RETURNING times
"""


@dataclass(frozen=True, slots=True)
class Noted:
    """One thing for the queue. The quote is no part of what makes two the same, unless ``finding`` names it."""

    kind: ExceptionKind
    partner_id: int | None = None
    end_customer_id: int | None = None
    product_id: int | None = None
    quote_id: int | None = None
    special_price_id: int | None = None
    currency: str = ""
    unit_price: Decimal | None = None
    quantity: int | None = None
    finding: str = ""

    @property
    def sameness(self) -> str:
        """What makes two of them one entry."""
        price = "" if self.unit_price is None else f"{self.unit_price.normalize():f}"
        parts = (
            self.kind.value,
            self.partner_id,
            self.end_customer_id,
            self.product_id,
            self.special_price_id,
            self.currency,
            price,
            self.quantity,
            self.finding,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()


@action
def note_exceptions(*, actor: Actor, noted: Iterable[Noted], now: datetime) -> int:
    """Put things into the queue; what is open there already is counted up. How many are new.

    Locks the entries in the order of their sameness. Checks nothing: it is told by other actions. Writes one statement
    an entry. Records ``price_exception.opened``, for the vendor alone, where it is new.
    """
    new = 0
    for one in sorted({each.sameness: each for each in noted}.values(), key=lambda each: each.sameness):
        uuid = uuid4()
        values = asdict(one) | {
            "kind": one.kind.value,
            "uuid": uuid,
            "at": now,
            "sameness": one.sameness,
            "finding": one.finding[:200],
            "opened_by": actor.user_id,
            "opened_by_name": actor.name[:150],
        }
        with connection.cursor() as cursor:
            cursor.execute(_NOTE, values)
            (times,) = cursor.fetchone()
        if times == 1:
            new += 1
            record(
                "price_exception.opened",
                actor=actor,
                subject=Subject("price_exception", uuid),
                payload={"kind": one.kind.value},
                visibility=Visibility.INTERNAL,
            )
    return new


def noting_refused_prices(function: Callable[_P, Quote]) -> Callable[_P, Quote]:
    """For actions on a quote: an attempt at another price that is refused is noted once its transaction is over."""

    @functools.wraps(function)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> Quote:
        try:
            return function(*args, **kwargs)
        except PriceConflict as refusal:
            actor: Any = kwargs["actor"]
            noted = _refused(refusal.details["conflicts"], kwargs["quote_uuid"])
            after_the_end(lambda: note_exceptions(actor=actor, noted=noted, now=database_clock()))
            raise

    return run


def _refused(conflicts: Sequence[Mapping[str, Any]], quote_uuid: Any) -> list[Noted]:
    """What was asked for, line by line; nothing of what is promised. The quote may be gone with the transaction."""
    quote = Quote.objects.unscoped("the quote of a refused attempt").get(uuid=quote_uuid)
    products = dict(Product.objects.filter(sku__in=[one["sku"] for one in conflicts]).values_list("sku", "pk"))
    return [
        Noted(
            ExceptionKind.REFUSED_PRICE,
            partner_id=quote.partner_id,
            end_customer_id=quote.end_customer_id,
            product_id=products.get(one["sku"]),
            quote_id=quote.pk,
            currency=one["requested"]["currency"],
            unit_price=Decimal(one["requested"]["amount"]),
            quantity=one["quantity_break"]["from"],
        )
        for one in conflicts
    ]


def note_against_promise(*, actor: Actor, asked: SpecialPrice, now: datetime) -> None:
    """Note a request for a special price where another price is promised; part of the request's transaction."""
    first = asked.quantity.lower or 1
    if stands_against_promise(
        end_customer_id=asked.end_customer_id,
        product_id=asked.product_id,
        currency=asked.currency,
        unit_price=asked.unit_price,
        quantity=first,
        moment=now,
    ):
        noted = Noted(
            ExceptionKind.AGAINST_PROMISE,
            partner_id=asked.requested_by_id,
            end_customer_id=asked.end_customer_id,
            product_id=asked.product_id,
            special_price_id=asked.pk,
            currency=asked.currency,
            unit_price=asked.unit_price,
            quantity=first,
        )
        note_exceptions(actor=actor, noted=[noted], now=now)


def close_decided(*, actor: Actor, asked: SpecialPrice, now: datetime) -> None:
    """The decision on a request resolves its entry; part of the decision's transaction."""
    reason = asked.decision_note or str(SpecialPriceStatus(asked.status).label)
    for entry in PriceException.objects.unscoped("the decision closes it").filter(
        special_price=asked, state=ExceptionState.OPEN
    ):
        _close(actor, entry, ExceptionState.RESOLVED, reason, at=now)


def note_repriced(*, actor: Actor, quotes: Sequence[Quote], at: datetime) -> None:
    """Note which quotes were repriced; part of the repricing's transaction."""
    noted = [
        Noted(
            ExceptionKind.REPRICED,
            partner_id=one.partner_id,
            end_customer_id=one.end_customer_id,
            quote_id=one.pk,
            currency=one.currency,
            finding=f"quote {one.uuid}",
        )
        for one in quotes
    ]
    note_exceptions(actor=actor, noted=noted, now=at)


def note_drift(*, actor: Actor, found: Sequence[Violation], now: datetime) -> None:
    """Note what the check of prices found; the same finding of the next night is counted, not listed again."""
    uuids = {one: one.subject.split()[1] for one in found}
    quotes = {
        str(quote.uuid): quote
        for quote in Quote.objects.unscoped("quotes that have drifted").filter(uuid__in=set(uuids.values()))
    }
    noted = [
        Noted(
            ExceptionKind.DRIFT,
            partner_id=quotes[uuid].partner_id,
            end_customer_id=quotes[uuid].end_customer_id,
            quote_id=quotes[uuid].pk,
            finding=f"{one.subject}: {one.what}"[:200],
        )
        for one, uuid in uuids.items()
        if uuid in quotes
    ]
    note_exceptions(actor=actor, noted=noted, now=now)


@action
def close_price_exception(
    *, actor: Actor, exception_uuid: UUID | str, state: ExceptionState, reason: str, now: datetime | None = None
) -> PriceException:
    """Resolve or dismiss an entry of the queue, with a reason.

    Locks the entry. Checks the role, a reason, and that it is open. Writes who, when and why. Records
    ``price_exception.resolved`` or ``price_exception.dismissed``, for the vendor alone. Raises ``NotThere``,
    ``NotAllowed``, ``InvalidInput``, ``WrongState``.
    """
    entry = PriceException.objects.visible_to(actor).select_for_update().filter(uuid=exception_uuid).first()
    if entry is None:
        raise NotThere
    can_close_price_exception(actor=actor).enforce()
    if state == ExceptionState.OPEN:
        raise InvalidInput.at("/state", "required", _("Say whether it is resolved or dismissed."))
    if not reason.strip() or "\0" in reason:
        raise InvalidInput.at("/reason", "required", _("Say why; whoever looks at it later will read it."))
    if entry.state != ExceptionState.OPEN:
        raise WrongState(state=entry.state, allowed=[ExceptionState.OPEN])
    return _close(actor, entry, state, reason, at=now or database_clock())


def _close(actor: Actor, entry: PriceException, state: ExceptionState, reason: str, *, at: datetime) -> PriceException:
    entry.state, entry.reason, entry.closed_at = state, reason.strip()[:500], at
    entry.closed_by, entry.closed_by_name = actor.user_id, actor.name[:150]
    entry.save(update_fields=["state", "reason", "closed_at", "closed_by", "closed_by_name", "updated_at"])
    record(
        f"price_exception.{state.value}",
        actor=actor,
        subject=Subject("price_exception", entry.uuid),
        payload={"kind": entry.kind, "reason": entry.reason},
        visibility=Visibility.INTERNAL,
    )
    return entry
