"""What the processes of the races for versions of a price list do."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import timedelta
from unittest import mock

from concord.portal.refusals import Refusal
from tests.concurrency.racing import Racer

#: long enough for the other one to come in between
DAWDLE = 0.4


def publish_or_take_back(racer: Racer, turn: int) -> str:
    """One publishes a draft for the days before a scheduled version, the other takes that version back."""
    from django.utils import timezone

    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User
    from concord.pricing.actions import price_lists, unscheduling

    facts = racer.facts["lists"][turn]
    actor, now = actor_for_user(User.objects.get(pk=racer.facts["user"]), Door.DESK), timezone.now()
    carry_out = price_lists.execute

    def late(*given):
        time.sleep(DAWDLE)
        return carry_out(*given)

    with ExitStack() as guards:
        if racer.facts.get("unguarded"):
            guards.enter_context(mock.patch.object(price_lists, "lock", return_value=None))
            guards.enter_context(mock.patch.object(unscheduling, "lock", return_value=None))
            guards.enter_context(mock.patch.object(price_lists, "execute", late))
        try:
            if racer.number == 0:
                at = now + timedelta(days=3)
                price_lists.publish_price_list_version(actor=actor, version_uuid=facts["draft"], at=at, now=now)
                return "published"
            unscheduling.unschedule_price_list_version(actor=actor, version_uuid=facts["scheduled"], now=now)
        except Refusal as refusal:
            return f"refused: {refusal.code}"
        return "taken back"
