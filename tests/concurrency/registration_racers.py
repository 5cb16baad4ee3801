"""What the processes of the races about one registration do: three people answer it at the same moment."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from unittest import mock

from tests.concurrency.protection_racers import _manager, _outcome
from tests.concurrency.racing import Racer


def _seller(racer: Racer):
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User

    return actor_for_user(User.objects.get(pk=racer.facts["seller"]), Door.EXTRANET)


def answer(racer: Racer, turn: int) -> str:
    """By number: approve, reject, withdraw or change the same registration."""
    from concord.deals.actions.closing import withdraw_registration
    from concord.deals.actions.decisions import approve_registration, reject_registration

    deal = uuid.UUID(racer.facts["deals"][turn])
    now = datetime.now(UTC)
    what = ("approve", "reject", "withdraw")[racer.number % 3]
    if what == "approve":
        result = _outcome(lambda: approve_registration(actor=_manager(racer), deal_uuid=deal, now=now))
    elif what == "reject":
        result = _outcome(
            lambda: reject_registration(actor=_manager(racer), deal_uuid=deal, reason="no_opportunity", now=now)
        )
    else:
        result = _outcome(lambda: withdraw_registration(actor=_seller(racer), deal_uuid=deal, now=now))
    return f"{what} {result}"


def answer_without_the_lock(racer: Racer, turn: int) -> str:
    """The same where nobody locks: neither the customer nor the deal."""
    from concord.deals.actions import closing, decisions
    from concord.deals.models import Deal

    def unlocked(**asked):
        scoped = Deal.objects.visible_to(asked["actor"])
        return scoped.select_related("partner__tier", "decision_reason").get(uuid=asked["deal_uuid"])

    with (
        mock.patch.object(decisions, "locked_deal", unlocked),
        mock.patch.object(closing, "locked_deal", unlocked),
    ):
        return answer(racer, turn)
