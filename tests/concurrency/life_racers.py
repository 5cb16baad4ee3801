"""What the processes of the races around a protection's life do."""

from __future__ import annotations

import time
import uuid
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from unittest import mock

from concord.portal.refusals import Refusal
from concord.portal.work import Busy
from tests.concurrency.racing import Racer


def _actor(user_id: int):
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User

    return actor_for_user(User.objects.get(pk=user_id), Door.DESK)


def _outcome(write) -> str:
    try:
        write()
    except Busy:
        return "busy"
    except Refusal as refused:
        return f"refused: {refused.code}"
    return "won"


def ask(racer: Racer, turn: int) -> str:
    """Ask for an extension of the round's deal."""
    from concord.deals.actions.extensions import request_extension

    deal = uuid.UUID(racer.facts["deals"][turn])
    seller = _actor(racer.facts["seller"])
    return _outcome(lambda: request_extension(actor=seller, deal_uuid=deal, note="It goes on.", now=datetime.now(UTC)))


def _grant(racer: Racer, deal: str) -> str:
    from concord.deals.actions.extensions import grant_extension

    manager = _actor(racer.facts["manager"])
    return _outcome(lambda: grant_extension(actor=manager, deal_uuid=uuid.UUID(deal), now=datetime.now(UTC)))


def _choose(racer: Racer, deal: str) -> str:
    from concord.deals.actions.customers_choice import record_customers_choice

    manager = _actor(racer.facts["manager"])
    return _outcome(lambda: record_customers_choice(actor=manager, deal_uuid=uuid.UUID(deal), now=datetime.now(UTC)))


def _lapse(racer: Racer, deal: str) -> str:
    from concord.deals.actions.protection_timers import carry_on_protection
    from concord.deals.models import Deal
    from concord.portal.actor import portal_actor

    pk = Deal.objects.unscoped("the race").get(uuid=deal).pk
    steps = carry_on_protection(actor=portal_actor(), deal_id=pk, now=datetime.now(UTC))
    return "won" if steps else "nothing due"


def _approve(racer: Racer, deal: str) -> str:
    from concord.deals.actions.decisions import approve_registration

    manager = _actor(racer.facts["manager"])
    return _outcome(lambda: approve_registration(actor=manager, deal_uuid=uuid.UUID(deal), now=datetime.now(UTC)))


def _end(racer: Racer, deal: str) -> str:
    from concord.deals.actions.holds_ending import end_hold

    manager = _actor(racer.facts["manager"])
    return _outcome(lambda: end_hold(actor=manager, deal_uuid=uuid.UUID(deal), now=datetime.now(UTC)))


_DEEDS = {"end": _end, "grant": _grant, "choose": _choose, "lapse": _lapse, "approve": _approve}


def two_at_a_time(racer: Racer, turn: int) -> str:
    """The racer's own deed of the pair, at the round's deal (an approval: at its rival)."""
    deed = racer.facts["pair"][racer.number % 2]
    deal = racer.facts["rivals" if deed == "approve" else "deals"][turn]
    return f"{deed} {_DEEDS[deed](racer, deal)}"


@contextmanager
def _without_locks():
    """No advisory lock, no row lock, and a moment of thought between reading and writing."""
    from django.db.models import QuerySet

    from concord.deals.actions import protection_life, protection_timers

    def after_a_while(function, seconds: float):
        def slowly(*args, **values):
            time.sleep(seconds)
            return function(*args, **values)

        return slowly

    with ExitStack() as stack:
        stack.enter_context(mock.patch("concord.portal.locking.lock", return_value=None))
        stack.enter_context(mock.patch.object(QuerySet, "select_for_update", lambda self, *args, **values: self))
        # Both have read before either writes, and the timer writes first.
        timer, writer = after_a_while(protection_timers.next_step, 0.3), after_a_while(protection_life._write, 0.7)
        stack.enter_context(mock.patch.object(protection_timers, "next_step", timer))
        stack.enter_context(mock.patch.object(protection_life, "_write", writer))
        yield


def ask_without_locks(racer: Racer, turn: int) -> str:
    """The same for an action that takes no lock."""
    with _without_locks():
        return ask(racer, turn)


def two_at_a_time_without_locks(racer: Racer, turn: int) -> str:
    """The same for actions that take no lock."""
    with _without_locks():
        return two_at_a_time(racer, turn)
