"""Saving what changes prices: discounts, bonuses, promotions and floors; and the records that they hang on.

Two rules that could tie are refused when the second is saved, with both named. A rule that has begun is history that
receipts rest on: only its end may still be moved, and not into the past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.locking import Space, lock
from concord.portal.money import is_currency
from concord.portal.refusals import Conflict, InvalidInput, Refusal
from concord.portal.work import action
from concord.pricing.actions.price_lists import priority_tie
from concord.pricing.models import (
    PriceFloor,
    PriceList,
    ProgrammeBonus,
    Promotion,
    Quote,
    RegistrationDiscount,
    TierDiscount,
)
from concord.pricing.rules.catalogue import can_keep_prices

if TYPE_CHECKING:
    from django.db.models import QuerySet

PriceRule = TierDiscount | RegistrationDiscount | ProgrammeBonus | PriceFloor | Promotion

#: a clock that is a little behind does not make a rule one of the past
TOLERANCE = timedelta(minutes=5)

#: what two rules of a kind must share to be able to tie; the exclusion constraints hold the same
_SCOPES: dict[type[PriceRule], tuple[str, ...]] = {
    TierDiscount: ("tier_id", "family_id"),
    RegistrationDiscount: ("family_id",),
    ProgrammeBonus: ("tier_id",),
    PriceFloor: ("family_id",),
    Promotion: ("price_list_id", "product_id", "family_id", "minimum_quantity"),
}
#: places of the kinds are the keys of their locks; price lists, which could tie by their priority, come after them
_KINDS = tuple(_SCOPES)
#: the constraints that refuse a tie when two people save at the same time
TIE_CONSTRAINTS = (
    "one_tier_discount",
    "one_registration_discount",
    "one_programme_bonus",
    "one_price_floor",
    "one_promotion_of_product",
    "one_promotion_of_family",
)


def rules_tied() -> Refusal:
    """How the database's *no* to two rules that could tie is told."""
    return Conflict(gettext_lazy("Another rule holds for the same at the same time; two could tie."), code="tie")


@action
def save_price_rule(*, actor: Actor, rule: PriceRule, now: datetime) -> PriceRule:
    """Write a new or changed rule.

    Locks the rules of its kind, so that of two people who save at the same time the second is told of the first. Checks
    who asks, that no other rule could tie with it, and that nothing is changed which prices of the past rest
    on. Records ``price_rule.saved``. Raises ``NotAllowed``, ``InvalidInput`` and ``Conflict``.
    """
    can_keep_prices(actor=actor).enforce()
    lock(Space.PRICE_RULE, [_KINDS.index(type(rule))])
    _demand_percent(rule)
    _demand_future(rule, now)
    rival = rules_in_the_way(rule).first()
    if rival is not None:
        raise InvalidInput.at("/valid_from", "tie", _tie(rule, rival))
    rule.save()
    record(
        "price_rule.saved",
        actor=actor,
        subject=Subject("price_rule", rule.uuid),
        payload={
            "kind": rule._meta.model_name,
            "rule": rule.pk,
            "percent": rule.percent,
            "from": rule.period.lower,
            "until": rule.period.upper,
        },
        visibility=Visibility.INTERNAL,
    )
    return rule


def rules_in_the_way(rule: PriceRule) -> QuerySet[PriceRule]:
    """Other rules of the kind that could apply to the same line at the same moment."""
    manager = type(rule)._default_manager
    same = {name: getattr(rule, name) for name in _SCOPES[type(rule)]}
    given = {name: value for name, value in same.items() if value is not None}
    absent = {f"{name.removesuffix('_id')}__isnull": True for name, value in same.items() if value is None}
    found: QuerySet[PriceRule] = manager.filter(period__overlap=rule.period, **given, **absent).exclude(pk=rule.pk)
    return found.order_by("pk")


def rule_name(rule: PriceRule) -> str:
    """A rule in words: what it is called, what it holds for, how much and how long."""
    parts: list[str] = [rule.name] if isinstance(rule, ProgrammeBonus | Promotion) else []
    if isinstance(rule, Promotion):
        parts.append(str(rule.price_list))
        parts.append(rule.product.sku if rule.product else "")
        parts.append("" if rule.minimum_quantity == 1 else f"≥ {rule.minimum_quantity}")
    if isinstance(rule, TierDiscount | ProgrammeBonus):
        parts.append(str(rule.tier))
    if not isinstance(rule, ProgrammeBonus) and rule.family is not None:
        parts.append(str(rule.family))
    parts.append(f"{rule.percent.normalize():f} %")
    parts.append(f"{_day(rule.period.lower)} – {_day(rule.period.upper)}")
    return " · ".join(filter(None, parts))


def _day(moment: datetime | None) -> str:
    return formats.date_format(moment, "SHORT_DATE_FORMAT") if moment else ""


def _tie(rule: PriceRule, rival: PriceRule) -> str:
    return _("“%(new)s” and “%(old)s” could both apply. End the one before the other begins.") % {
        "new": rule_name(rule),
        "old": rule_name(rival),
    }


def _demand_percent(rule: PriceRule) -> None:
    if not 0 < rule.percent < 100:
        raise InvalidInput.at("/percent", "out_of_range", _("Between 0 and 100, both excluded."))
    if isinstance(rule, Promotion) and (rule.product_id is None) == (rule.family_id is None):
        raise InvalidInput.at("/product", "product_or_family", _("Name a product or a family, one of the two."))


def _demand_future(rule: PriceRule, now: datetime) -> None:
    stored = type(rule)._default_manager.filter(pk=rule.pk).first() if rule.pk else None
    earliest = now - TOLERANCE
    if stored is None or stored.period.lower > now:
        if rule.period.lower < earliest and _quoted_since(rule.period.lower):
            raise InvalidInput.at(
                "/valid_from", "would_rewrite_prices", _("Quotes rest on the prices since then. Begin from now on.")
            )
        return
    fixed = (*_SCOPES[type(rule)], "percent")
    if any(getattr(rule, name) != getattr(stored, name) for name in fixed) or rule.period.lower != stored.period.lower:
        raise Conflict(
            _("This rule has begun: prices rest on it. End it, and let a new one begin."), code="rule_has_begun"
        )
    if rule.period.upper != stored.period.upper and rule.period.upper is not None and rule.period.upper < earliest:
        raise InvalidInput.at("/valid_until", "in_the_past", _("It held until now; end it now or later."))


def _quoted_since(moment: datetime) -> bool:
    quotes = Quote.objects.unscoped("prices that any quote rests on are not rewritten")
    return quotes.filter(issued_at__gte=moment).exists()


@action
def save_price_list(*, actor: Actor, price_list: PriceList) -> PriceList:
    """Write a changed or new list.

    Locks the priorities of lists. Checks currency and priority; a list with versions keeps its currency and kind.
    Records ``price_list.saved``. Raises ``NotAllowed``, ``InvalidInput`` and ``Conflict``.
    """
    can_keep_prices(actor=actor).enforce()
    if not is_currency(price_list.currency):
        raise InvalidInput.at("/currency", "unknown_currency", _("This is not a currency."))
    lock(Space.PRICE_RULE, [len(_KINDS)])
    rivals = PriceList.objects.filter(currency=price_list.currency, priority=price_list.priority)
    rival = rivals.exclude(pk=price_list.pk).first()
    if rival is not None:
        raise InvalidInput.at("/priority", "tie", priority_tie(rival))
    stored = PriceList.objects.filter(pk=price_list.pk).first() if price_list.pk else None
    if (
        stored is not None
        and (stored.currency, stored.kind) != (price_list.currency, price_list.kind)
        and stored.versions.exists()
    ):
        raise Conflict(_("A list with versions keeps its currency and kind of price."), code="list_in_use")
    price_list.save()
    _saved(actor, "price_list.saved", Subject("price_list", price_list.uuid), price_list.code)
    return price_list


def _saved(actor: Actor, verb: str, subject: Subject, code: str) -> None:
    record(verb, actor=actor, subject=subject, payload={"code": code}, visibility=Visibility.INTERNAL)
