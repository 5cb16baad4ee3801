"""What the tiers of the programme are worth in prices, in words for the company's page."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from concord.partners.models import Tier
from concord.pricing.models import ProgrammeBonus, RegistrationDiscount, TierDiscount


def tier_facts(now: datetime) -> dict[int, list[tuple[str, str]]]:
    """By tier id: discounts by family, the programme's bonus and the registration discount, as they hold at ``now``."""
    discounts: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for discount in TierDiscount.objects.filter(period__contains=now).select_related("family"):
        discounts[discount.tier_id][discount.family.display_name] = discount.percent
    bonuses = dict(ProgrammeBonus.objects.filter(period__contains=now).values_list("tier_id", "percent"))
    registered = {
        discount.family.display_name: discount.percent
        for discount in RegistrationDiscount.objects.filter(period__contains=now).select_related("family")
    }
    return {
        tier_id: _facts(discounts[tier_id], bonuses.get(tier_id), registered)
        for tier_id in Tier.objects.values_list("pk", flat=True)
    }


def _facts(
    discounts: dict[str, Decimal], bonus: Decimal | None, registered: dict[str, Decimal]
) -> list[tuple[str, str]]:
    facts = []
    if discounts:
        facts.append((_("Discount"), _by_family(discounts)))
    if bonus is not None:
        facts.append((_("Programme bonus"), _percent(bonus)))
    if registered:
        facts.append((_("With a live registration"), _by_family(registered)))
    return facts


def _by_family(percents: dict[str, Decimal]) -> str:
    """The usual percentage, then the families that have another one."""
    usual = Counter(percents.values()).most_common(1)[0][0]
    exceptions = [f"{family} {_percent(percent)}" for family, percent in sorted(percents.items()) if percent != usual]
    return "; ".join([_percent(usual), *exceptions])


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}\N{NARROW NO-BREAK SPACE}%"
