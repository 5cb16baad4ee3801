"""What stands against a registration by the programme's rules, rule by rule. The rules are data; this reads them.

A partner learns what its own side shows: its authorisations, its value, its own business with the customer, and that
the vendor's own team works there. That a customer bought through somebody else is a finding for the vendor alone.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import RuleKind, SalesStage
from concord.deals.models import Deal, DealLine, EligibilityRule
from concord.deals.queries.vendor_accounts import is_vendor_account
from concord.partners.models import CustomerRelation, Partner, ProductFamily
from concord.portal.money import plain
from concord.portal.periods import local_date
from concord.portal.refusals import FieldError
from concord.pricing.models import Price

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


#: by product and quantity, ``None`` where there is none
ListPrices = Mapping[tuple[int, int], Decimal | None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rules are asked about. ``type`` and ``lines`` are not known while a customer is only checked.

    ``lines`` are (product id, quantity) in order, ``line_families`` their families; ``customer_ids`` every record of
    the same company.
    """

    partner: Partner
    country: str
    customer_ids: frozenset[int]
    family_ids: frozenset[int]
    type: str = ""
    currency: str = ""
    lines: Sequence[tuple[int, int]] = ()
    line_families: Sequence[ProductFamily] = ()
    tender_reference: str = ""
    tender_closes_on: date | None = None
    deal_id: int | None = None
    is_check: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that a registration does not meet, where it shows in the input, and why, for people."""

    rule: str
    code: str
    pointer: str
    reason: str | _StrPromise
    for_vendor_only: bool = False

    @property
    def message(self) -> str:
        """The reason with the rule's name, in the reader's language."""
        return _("%(reason)s Rule: %(rule)s.") % {"reason": self.reason, "rule": self.rule}

    def as_error(self) -> FieldError:
        """As input is refused."""
        return FieldError(self.pointer, self.code, self.message)


@dataclass(frozen=True, slots=True)
class _Known:
    """Everything that the rules look at, read once: the number of statements does not depend on what is found."""

    authorised: frozenset[int]
    is_vendor_account: bool
    has_relation: bool
    #: (whose it was, when it was won)
    wins: Sequence[tuple[int, datetime]] = field(default_factory=tuple)
    value: Decimal | None = None


def asked_by(deal: Deal, *, customer_ids: Collection[int], lines: Sequence[DealLine] | None = None) -> Asked:
    """A registration as the rules see it. One statement, none when its lines with products and families are at hand."""
    lines = list(deal.lines.select_related("product__family")) if lines is None else lines
    return Asked(
        partner=deal.partner,
        country=deal.customer_country,
        customer_ids=frozenset(customer_ids),
        family_ids=frozenset(line.product.family_id for line in lines),
        type=deal.type,
        currency=deal.currency,
        lines=tuple((line.product_id, line.quantity) for line in lines),
        line_families=tuple(line.product.family for line in lines),
        tender_reference=deal.tender_reference,
        tender_closes_on=deal.tender_closes_on,
        deal_id=deal.pk,
    )


def rules_in_force(now: datetime) -> list[EligibilityRule]:
    """The rules that hold now, with their conditions; three statements."""
    rules = EligibilityRule.objects.filter(is_active=True).prefetch_related("families", "tiers")
    return [rule for rule in rules if rule.holds_at(now)]


def findings(asked: Asked, *, now: datetime, listed: ListPrices | None = None) -> list[Finding]:
    """Every rule that stands against it, in the order of the rules; the statements are the same whatever is found.

    ``listed`` are its list prices where they are at hand.
    """
    rules = rules_in_force(now)
    known = _known(asked, now=now, listed=listed)
    return [
        found
        for rule in rules
        if _applies(rule, asked)
        for found in _CHECKS[RuleKind(rule.kind)](rule, asked, known, now)
    ]


def months_before(moment: datetime, months: int) -> datetime:
    """The same day so many calendar months earlier, or the last day of that month where it has no such day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    day = min(moment.day, monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def value_at_list_prices(asked: Asked, *, now: datetime, listed: ListPrices | None = None) -> Decimal | None:
    """What the lines come to at the list prices in force in the deal's currency; ``None`` when one has none."""
    prices = list_unit_prices(asked, now=now) if listed is None else listed
    total = Decimal(0)
    for product_id, quantity in asked.lines:
        unit_price = prices[product_id, quantity]
        if unit_price is None:
            return None
        total += unit_price * quantity
    return total


def list_unit_prices(asked: Asked, *, now: datetime) -> ListPrices:
    """The list price in force of each product and quantity in the deal's currency. One statement."""
    prices: dict[int, list[Price]] = {}
    held = (
        Price.objects.filter(
            product_id__in=[product for product, _quantity in asked.lines] or [0],
            price_list__currency=asked.currency,
            validity__contains=now,
        )
        .filter(Q(price_list__markets=[]) | Q(price_list__markets__contains=[asked.partner.country]))
        .select_related("price_list")
        .order_by("-price_list__priority", "-minimum_quantity")
    )
    for price in held:
        prices.setdefault(price.product_id, []).append(price)
    return {
        (product_id, quantity): next(
            (one.unit_price for one in prices.get(product_id, ()) if one.minimum_quantity <= quantity), None
        )
        for product_id, quantity in asked.lines
    }


def _known(asked: Asked, *, now: datetime, listed: ListPrices | None) -> _Known:
    ids = list(asked.customer_ids) or [0]
    won = Deal.objects.unscoped("whether a customer bought is asked of every partner's deals").filter(
        end_customer_id__in=ids, sales_stage=SalesStage.WON
    )
    relations = CustomerRelation.objects.unscoped("the partner's own relation").filter(
        partner_id=asked.partner.pk, end_customer_id__in=ids
    )
    earlier = won.exclude(pk=asked.deal_id) if asked.deal_id else won
    return _Known(
        authorised=frozenset(asked.partner.families.values_list("pk", flat=True)),
        is_vendor_account=is_vendor_account(asked.customer_ids),
        has_relation=relations.exists(),
        wins=_moments(earlier),
        value=value_at_list_prices(asked, now=now, listed=listed) if asked.lines else None,
    )


def _moments(won: QuerySet[Deal]) -> list[tuple[int, datetime]]:
    return [(partner, at) for partner, at in won.values_list("partner_id", "closed_at") if at is not None]


def _applies(rule: EligibilityRule, asked: Asked) -> bool:
    families = {family.pk for family in rule.families.all()}
    tiers = {tier.pk for tier in rule.tiers.all()}
    if asked.is_check and rule.kind not in _CHECKABLE:
        return False
    if rule.types and asked.type not in rule.types:
        return False
    if rule.countries and asked.country not in rule.countries:
        return False
    if families and not families & asked.family_ids:
        return False
    return not tiers or asked.partner.tier_id in tiers


def _family(rule: EligibilityRule, asked: Asked, known: _Known, _now: datetime) -> list[Finding]:
    found: list[Finding] = []
    only = {family.pk for family in rule.families.all()}
    for index, family in enumerate(asked.line_families):
        if family.pk not in known.authorised and (not only or family.pk in only):
            reason = _("Your company is not authorised for the family “%(family)s”.") % {"family": family.display_name}
            pointer = f"/families/{index}" if asked.is_check else f"/lines/{index}/sku"
            found.append(Finding(rule.display_name, "family_not_authorised", pointer, reason))
    return found


def _territory(rule: EligibilityRule, asked: Asked, _known_: _Known, _now: datetime) -> list[Finding]:
    if not asked.partner.territories or asked.country in asked.partner.territories:
        return []
    reason = _("This country is outside your company's territory.")
    return [Finding(rule.display_name, "outside_territory", "/customer/country", reason)]


def _minimum(rule: EligibilityRule, asked: Asked, known: _Known, _now: datetime) -> list[Finding]:
    if asked.currency != rule.currency or rule.minimum_amount is None:
        return []
    values = {"minimum": f"{plain(rule.minimum_amount, rule.currency):,}", "currency": rule.currency}
    if known.value is None:
        reason = _("The value cannot be told: not every product has a list price in %(currency)s.") % values
        return [Finding(rule.display_name, "value_unknown", "/lines", reason, for_vendor_only=True)]
    if known.value >= rule.minimum_amount:
        return []
    reason = _("At list prices the products come to less than %(minimum)s %(currency)s.") % values
    return [Finding(rule.display_name, "below_minimum_value", "/lines", reason)]


def _tender(rule: EligibilityRule, asked: Asked, _known_: _Known, now: datetime) -> list[Finding]:
    if not asked.tender_reference:
        return []
    closes = asked.tender_closes_on
    if closes is None:
        reason = _("Say when the public tender closes.")
        return [Finding(rule.display_name, "tender_date_missing", "/tender_closes_on", reason)]
    if closes - timedelta(days=rule.days_before or 0) >= local_date(now, asked.partner.time_zone):
        return []
    reason = _("The public tender is closed, or closes too soon to be registered.")
    return [Finding(rule.display_name, "tender_closed", "/tender_closes_on", reason)]


def _vendor(rule: EligibilityRule, _asked: Asked, known: _Known, _now: datetime) -> list[Finding]:
    if not known.is_vendor_account:
        return []
    reason = _("The vendor's own team works with this customer.")
    return [Finding(rule.display_name, "with_vendor_team", "/customer/name", reason)]


def _never_bought(rule: EligibilityRule, asked: Asked, known: _Known, now: datetime) -> list[Finding]:
    wins = _within(known.wins, rule, now)
    if any(partner == asked.partner.pk for partner, _at in wins):
        reason = _("This customer has bought through your company already: choose another type of registration.")
        return [Finding(rule.display_name, "has_bought", "/type", reason)]
    if wins:
        reason = _("This customer has bought through another partner already.")
        return [Finding(rule.display_name, "bought_elsewhere", "/type", reason, for_vendor_only=True)]
    return []


def _has_bought(rule: EligibilityRule, asked: Asked, known: _Known, now: datetime) -> list[Finding]:
    own = [one for one in _within(known.wins, rule, now) if one[0] == asked.partner.pk]
    if own or (known.has_relation and rule.months is None):
        return []
    reason = _("Your company has no relation to this customer yet: register it as a new customer.")
    return [Finding(rule.display_name, "no_relation", "/type", reason)]


def _won_before(rule: EligibilityRule, asked: Asked, known: _Known, now: datetime) -> list[Finding]:
    if any(partner == asked.partner.pk for partner, _at in _within(known.wins, rule, now)):
        return []
    reason = _("Only the partner that won this customer's business before registers its renewal.")
    return [Finding(rule.display_name, "not_won_before", "/type", reason)]


def _within(wins: Sequence[tuple[int, datetime]], rule: EligibilityRule, now: datetime) -> list[tuple[int, datetime]]:
    earliest = months_before(now, rule.months) if rule.months else None
    return [one for one in wins if earliest is None or one[1] >= earliest]


_CHECKS = {
    RuleKind.FAMILY_AUTHORISED: _family,
    RuleKind.TERRITORY: _territory,
    RuleKind.MINIMUM_VALUE: _minimum,
    RuleKind.TENDER_OPEN: _tender,
    RuleKind.NOT_VENDOR_ACCOUNT: _vendor,
    RuleKind.NEVER_BOUGHT: _never_bought,
    RuleKind.HAS_BOUGHT: _has_bought,
    RuleKind.WON_BEFORE: _won_before,
}
#: what can be said of a customer before a registration is written
_CHECKABLE = frozenset({RuleKind.FAMILY_AUTHORISED, RuleKind.TERRITORY, RuleKind.NOT_VENDOR_ACCOUNT})
