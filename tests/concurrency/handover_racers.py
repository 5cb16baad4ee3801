"""What the processes of the races for a person's work do."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from unittest import mock

from concord.portal.refusals import Refusal
from concord.portal.work import Busy
from tests.concurrency.racing import Racer


def work_on(racer: Racer, turn: int) -> str:
    """By turns: give the deal to one colleague, give it to another one, or say that it is lost."""
    from concord.deals.actions.closing import lose_deal
    from concord.deals.actions.handover import hand_over_person
    from concord.partners.models import Member
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User

    actor = actor_for_user(User.objects.get(pk=racer.facts["admin"]), Door.EXTRANET)
    deal, now = uuid.UUID(racer.facts["deals"][turn]), datetime.now(UTC)
    try:
        if racer.number % 3 == 2:
            lose_deal(actor=actor, deal_uuid=deal, reason="price", now=now)
        else:
            giver = Member.objects.unscoped("the race").select_related("user").get(user_id=racer.facts["givers"][turn])
            taker = uuid.UUID(racer.facts["takers"][racer.number % 3])
            hand_over_person(actor=actor, member=giver, default=None, by_deal={deal: taker}, now=now)
    except Busy:
        return "busy"
    except Refusal as refused:
        return f"refused: {refused.code}"
    return "lost" if racer.number % 3 == 2 else "won"


def work_on_without_locks(racer: Racer, turn: int) -> str:
    """The same for a handover that reads the person's deals without holding them."""
    from concord.deals.models.registration import DealQuerySet

    def not_held(rows, *_args, **_options):
        return rows._chain()

    with mock.patch.object(DealQuerySet, "select_for_update", not_held):
        return work_on(racer, turn)
