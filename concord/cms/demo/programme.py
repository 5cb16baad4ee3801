"""The partner programme of the demo: tiers, and the rules from which partner nets follow. All invented."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from concord.partners.actions.programme import save_tier
from concord.partners.models import ProductFamily, Tier
from concord.portal.actor import Actor
from concord.portal.models import BrandSettings
from concord.portal.periods import period
from concord.pricing.models import (
    PriceFloor,
    PriceList,
    ProgrammeBonus,
    Promotion,
    RegistrationDiscount,
    TierDiscount,
)


def load_tiers(actor: Actor, tiers: list[dict[str, Any]]) -> int:
    """The tiers; those that are there already keep what was changed in the desk."""
    known = set(Tier.objects.values_list("code", flat=True))
    for tier in tiers:
        if tier["code"] not in known:
            save_tier(actor=actor, tier=Tier(**tier))
    return len(tiers)


def load_rules(programme: dict[str, Any], now: datetime) -> int:
    """Discounts by tier and family, the registration discount, bonus, floors and promotions; how many there are now.

    Rules exist or are written; those that were changed in the desk stay as they are.
    """
    always = period(datetime.fromisoformat(programme["rules_from"]), None)
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    families = {family.code: family for family in ProductFamily.objects.all()}
    for tier_code, percents in programme["tier_discounts"].items():
        for code, family in families.items():
            _once(TierDiscount, {"tier": tiers[tier_code], "family": family}, _percent(percents, code), always)
    for code, family in families.items():
        _once(RegistrationDiscount, {"family": family}, _percent(programme["registration_discounts"], code), always)
        _once(PriceFloor, {"family": family}, _percent(programme["floors"], code), always)
    for bonus in programme["bonuses"]:
        _once(ProgrammeBonus, {"tier": tiers[bonus["tier"]]}, Decimal(bonus["percent"]), always, name=bonus["name"])
    for promotion in programme["promotions"]:
        _once(
            Promotion,
            {"name": promotion["name"]},
            Decimal(promotion["percent"]),
            period(now - timedelta(days=14), now + timedelta(days=promotion["days"])),
            price_list=PriceList.objects.get(code=promotion["price_list"]),
            family=families[promotion["family"]],
            minimum_quantity=promotion["minimum_quantity"],
        )
    kinds: tuple[Any, ...] = (TierDiscount, RegistrationDiscount, PriceFloor, ProgrammeBonus, Promotion)
    return sum(kind.objects.count() for kind in kinds)


def _percent(percents: dict[str, str], family: str) -> Decimal:
    return Decimal(percents.get(family, percents["default"]))


def _once(model: Any, key: dict[str, Any], percent: Decimal, when: object, **more: Any) -> None:
    if not model.objects.filter(**key).exists():
        model.objects.create(**key, percent=percent, period=when, **more)


def load_brand(brand: dict[str, str]) -> None:
    """The invented vendor's name and terms, unless the desk has said something else."""
    settings = BrandSettings.load()
    if not settings.vendor_name:
        for name, value in brand.items():
            setattr(settings, name, value)
        settings.save()
