"""Two rules that could tie: refused when a rule is saved, and never silently settled when a customer waits."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from concord.pricing.engine.rulebook import (
    Commitment,
    Floor,
    ListPrice,
    ProgrammeBonus,
    Promotion,
    RegistrationBenefit,
    Rule,
    RuleBook,
    RuleKind,
    RuleRef,
    SpecialPrice,
    TierDiscount,
)

R = TypeVar("R", bound=Rule)


class Tie(NamedTuple):
    """Two rules of one kind and priority that may apply to the same line at the same moment."""

    kind: RuleKind
    first: RuleRef
    second: RuleRef


class AmbiguousRules(Exception):
    """Two rules tie for one step; both are named. A fault of the rules, not of the basket."""

    def __init__(self, first: RuleRef, second: RuleRef) -> None:
        self.tie = Tie(first.kind, *sorted((first, second), key=_ref_order))
        super().__init__(f"two rules of kind {first.kind} tie: {_name(self.tie.first)} and {_name(self.tie.second)}")


def pick(candidates: Sequence[R]) -> R | None:
    """The one rule of the highest priority; two of that priority raise ``AmbiguousRules``."""
    best: R | None = None
    rival: R | None = None
    for rule in candidates:
        if best is None or rule.priority > best.priority:
            best, rival = rule, None
        elif rule.priority == best.priority:
            rival = rule
    if best is not None and rival is not None:
        raise AmbiguousRules(best.ref, rival.ref)
    return best


def find_ties(rules: RuleBook) -> tuple[Tie, ...]:
    """All pairs of rules in the book that could tie at some moment, for some quantity, customer or partner.

    Called when a rule is saved, with that rule and those already there. A rule for one product and a rule for its
    family are told to meet by the family of the product in ``rules.products``. Work grows with the pairs that share a
    scope, not with the square of the book.
    """
    families = {product.id: product.family_id for product in rules.products}
    ties: list[Tie] = []
    for reaches in (
        [_of_list_price(rule) for rule in rules.list_prices],
        [_of_promotion(rule, families) for rule in rules.promotions],
        [_of_special_price(rule) for rule in rules.special_prices],
        [_of_commitment(rule) for rule in rules.commitments],
        [_of_tier_discount(rule) for rule in rules.tier_discounts],
        [_of_benefit(rule) for rule in rules.registration_benefits],
        [_of_bonus(rule) for rule in rules.programme_bonuses],
        [_of_floor(rule, families) for rule in rules.floors],
    ):
        ties.extend(_ties_among(reaches))
    return tuple(sorted(ties, key=lambda tie: (tie.kind, _ref_order(tie.first), _ref_order(tie.second))))


class _Reach(NamedTuple):
    """What a rule applies to.

    In ``scope`` None meets anything. ``ladder``: different rungs of one ladder stand beside each other. ``promise``:
    rules that promise the same do not contradict each other.
    """

    rule: Rule
    product: int | None
    family: int | None
    scope: tuple[object, ...]
    quantity_from: int = 1
    quantity_to: int | None = None
    ladder: tuple[str, int] | None = None
    promise: object = None


def _ties_among(reaches: Iterable[_Reach]) -> Iterable[Tie]:
    buckets: dict[tuple[int | None, int | None], list[_Reach]] = defaultdict(list)
    ordered = sorted(reaches, key=lambda reach: _ref_order(reach.rule.ref))
    for reach in ordered:
        buckets[_bucket(reach)].append(reach)
    for bucket, members in buckets.items():
        wider = [other for key in _wider(bucket, members[0].family) for other in buckets.get(key, ())]
        for position, reach in enumerate(members):
            for other in (*members[:position], *wider):
                if _meet(reach, other):
                    first, second = sorted((reach.rule.ref, other.rule.ref), key=_ref_order)
                    yield Tie(first.kind, first, second)


def _bucket(reach: _Reach) -> tuple[int | None, int | None]:
    return (reach.product, None) if reach.product is not None else (None, reach.family)


def _wider(bucket: tuple[int | None, int | None], family: int | None) -> list[tuple[int | None, int | None]]:
    product, own_family = bucket
    if product is not None:
        return [(None, None)] if family is None else [(None, family), (None, None)]
    return [] if own_family is None else [(None, None)]


def _meet(one: _Reach, two: _Reach) -> bool:
    if one.rule.priority != two.rule.priority:
        return False
    if one.promise is not None and one.promise == two.promise:
        return False
    if one.ladder and two.ladder and one.ladder[0] == two.ladder[0] and one.ladder[1] != two.ladder[1]:
        return False
    if not all(a is None or b is None or a == b for a, b in zip(one.scope, two.scope, strict=True)):
        return False
    if one.quantity_to is not None and two.quantity_from >= one.quantity_to:
        return False
    if two.quantity_to is not None and one.quantity_from >= two.quantity_to:
        return False
    return _periods_meet(one.rule, two.rule)


def _periods_meet(one: Rule, two: Rule) -> bool:
    starts = [moment for moment in (one.valid_from, two.valid_from) if moment is not None]
    ends = [moment for moment in (one.valid_until, two.valid_until) if moment is not None]
    return not starts or not ends or max(starts) < min(ends)


def _of_list_price(rule: ListPrice) -> _Reach:
    # Breaks of one list tie with the same break of that list only, but with every break of another list.
    return _Reach(
        rule,
        rule.product_id,
        None,
        (rule.currency, rule.market or None),
        ladder=(rule.list_code, rule.min_quantity),
    )


def _of_promotion(rule: Promotion, families: dict[int, int | None]) -> _Reach:
    return _Reach(
        rule,
        rule.product_id,
        _family(rule, families),
        (rule.list_code or None, rule.currency or None, rule.market or None, _family(rule, families)),
        rule.quantity_from,
        rule.quantity_to,
    )


def _of_special_price(rule: SpecialPrice) -> _Reach:
    return _Reach(
        rule,
        rule.product_id,
        None,
        (rule.end_customer_id, rule.currency),
        rule.quantity_from,
        rule.quantity_to,
    )


def _of_commitment(rule: Commitment) -> _Reach:
    return _Reach(
        rule,
        rule.product_id,
        None,
        (rule.end_customer_id,),
        rule.quantity_from,
        rule.quantity_to,
        promise=(rule.unit_price, rule.currency),
    )


def _of_tier_discount(rule: TierDiscount) -> _Reach:
    return _Reach(rule, None, rule.family_id, (rule.tier,))


def _of_benefit(rule: RegistrationBenefit) -> _Reach:
    return _Reach(rule, None, rule.family_id, (rule.tier,))


def _of_bonus(rule: ProgrammeBonus) -> _Reach:
    return _Reach(rule, None, rule.family_id, (rule.tier, rule.partner_id))


def _of_floor(rule: Floor, families: dict[int, int | None]) -> _Reach:
    family = _family(rule, families)
    return _Reach(rule, rule.product_id, family, (rule.currency or None, family))


def _family(rule: Promotion | Floor, families: dict[int, int | None]) -> int | None:
    if rule.family_id is not None or rule.product_id is None:
        return rule.family_id
    return families.get(rule.product_id)


def _ref_order(ref: RuleRef) -> tuple[str, int, int, str]:
    return (ref.kind.value, -1 if ref.id is None else ref.id, ref.version, ref.code)


def _name(ref: RuleRef) -> str:
    return f"{ref.code or '#'}{'' if ref.code else ref.id} version {ref.version}"
