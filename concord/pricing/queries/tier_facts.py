"""What a tier of the programme is worth in prices, in words for the company's page."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from concord.pricing.models import ProgrammeBonus, RegistrationDiscount, TierDiscount


def tier_facts(tier_id: int, now: datetime) -> list[tuple[str, str]]:
    """Discounts by family, the programme's bonus and the registration discount, as they hold at ``now``."""
    facts = []
    discounts = TierDiscount.objects.filter(tier_id=tier_id, period__contains=now).select_related("family")
    if said := _by_family({discount.family.display_name: discount.percent for discount in discounts}):
        facts.append((_("Discount"), said))
    bonus = ProgrammeBonus.objects.filter(tier_id=tier_id, period__contains=now).first()
    if bonus is not None:
        facts.append((_("Programme bonus"), _percent(bonus.percent)))
    registered = RegistrationDiscount.objects.filter(period__contains=now).select_related("family")
    if said := _by_family({discount.family.display_name: discount.percent for discount in registered}):
        facts.append((_("With a live registration"), said))
    return facts


def _by_family(percents: dict[str, Decimal]) -> str:
    """The usual percentage, then the families that have another one."""
    if not percents:
        return ""
    usual = Counter(percents.values()).most_common(1)[0][0]
    exceptions = [f"{family} {_percent(percent)}" for family, percent in sorted(percents.items()) if percent != usual]
    return "; ".join([_percent(usual), *exceptions])


def _percent(value: Decimal) -> str:
    return f"{value.normalize():f}\N{NARROW NO-BREAK SPACE}%"
