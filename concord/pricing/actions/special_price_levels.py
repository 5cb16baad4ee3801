"""Saving who approves special prices, by how far they are below the price in force."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.refusals import InvalidInput
from concord.portal.work import action
from concord.pricing.models import ApprovalLevel
from concord.pricing.rules.catalogue import can_keep_prices


@action
def save_approval_level(*, actor: Actor, level: ApprovalLevel) -> ApprovalLevel:
    """Write a new or changed level. Requests that wait keep the chain that was shown when they were sent.

    Checks who asks and that somebody approves. Records ``price_rule.saved``. Raises ``NotAllowed``, ``InvalidInput``.
    """
    can_keep_prices(actor=actor).enforce()
    if not level.by_channel_manager and not level.by_pricing_manager:
        raise InvalidInput.at("/by_pricing_manager", "required", _("Somebody has to approve."))
    if not 0 <= level.down_to_percent <= 100:
        raise InvalidInput.at("/down_to_percent", "out_of_range", _("A percentage is between 0 and 100."))
    level.save()
    record(
        "price_rule.saved",
        actor=actor,
        subject=Subject("price_rule", level.uuid),
        payload={
            "kind": level._meta.model_name,
            "rule": level.pk,
            "percent": level.down_to_percent,
            "channel_manager": level.by_channel_manager,
            "pricing_manager": level.by_pricing_manager,
            "hours": level.decide_within_hours,
        },
        visibility=Visibility.INTERNAL,
    )
    return level
