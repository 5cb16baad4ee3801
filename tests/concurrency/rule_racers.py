"""What the processes of the races for price rules do."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from unittest import mock

from concord.portal.refusals import InvalidInput, Refusal
from tests.concurrency.racing import Racer


def rule_of(kind: str, facts: dict, percent: Decimal):
    """A rule of a kind that would tie with every other one made here."""
    from concord.portal.periods import period
    from concord.pricing import models

    scopes = {
        "TierDiscount": ("tier_id", "family_id"),
        "RegistrationDiscount": ("family_id",),
        "ProgrammeBonus": ("tier_id",),
        "PriceFloor": ("family_id",),
        "Promotion": ("price_list_id", "product_id"),
        "FamilyPromotion": ("price_list_id", "family_id"),
    }
    named = {"name": f"Rule {percent}"} if kind in {"ProgrammeBonus", "Promotion", "FamilyPromotion"} else {}
    model = getattr(models, "Promotion" if kind == "FamilyPromotion" else kind)
    held = period(datetime(2098, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC))
    return model(percent=percent, period=held, **named, **{name: facts[name] for name in scopes[kind]})


def save_rule(racer: Racer, turn: int) -> str:
    """Save a rule of the round's kind, which only one may."""
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User
    from concord.pricing.actions import rules

    kinds = racer.facts["kinds"]
    rule = rule_of(kinds[turn % len(kinds)], racer.facts, Decimal(racer.number + 1))
    actor = actor_for_user(User.objects.get(pk=racer.facts["user"]), Door.DESK)
    unguarded = (
        mock.patch.object(rules, "lock", return_value=None) if racer.facts.get("unguarded") else mock.MagicMock()
    )
    with unguarded:
        try:
            rules.save_price_rule(actor=actor, rule=rule, now=datetime.now(UTC))
        except InvalidInput as refusal:
            (error,) = refusal.errors
            own = f"{racer.number + 1} %"
            return (
                "named"
                if error.code == "tie" and str(error.message).count(" %") == 2 and own in str(error.message)
                else "?"
            )
        except Refusal as refusal:
            return f"refused: {refusal.code}"
    return "saved"


def save_list(racer: Racer, turn: int) -> str:
    """Save a list with the round's priority, which only one may have."""
    from concord.portal.actor import actor_for_user
    from concord.portal.enums import Door
    from concord.portal.models import User
    from concord.pricing.actions import rules
    from concord.pricing.models import PriceList

    actor = actor_for_user(User.objects.get(pk=racer.facts["user"]), Door.DESK)
    name = f"List {turn} of {racer.number}"
    made = PriceList(code=f"l-{turn}-{racer.number}", name=name, currency="USD", priority=turn)
    try:
        rules.save_price_list(actor=actor, price_list=made)
    except InvalidInput as refusal:
        return "named" if f"List {turn} of" in str(refusal.errors[0].message) else "?"
    return "saved"
