"""Writing the programme's rules of eligibility, and saying which customers are the vendor's own."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.twins import customer_named
from concord.deals.enums import RuleKind
from concord.deals.models import EligibilityRule, VendorAccount
from concord.deals.queries.vendor_accounts import accounts_of
from concord.deals.rules import can_decide
from concord.partners.models import ProductFamily, Tier
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.locking import lock_end_customers
from concord.portal.refusals import InvalidInput
from concord.portal.work import action

#: kinds of which no registration could meet both
_OPPOSITE = {
    RuleKind.NEVER_BOUGHT: {RuleKind.HAS_BOUGHT, RuleKind.WON_BEFORE},
    RuleKind.HAS_BOUGHT: {RuleKind.NEVER_BOUGHT},
    RuleKind.WON_BEFORE: {RuleKind.NEVER_BOUGHT},
}
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@action
def save_eligibility_rule(
    *,
    actor: Actor,
    rule: EligibilityRule,
    families: Collection[ProductFamily],
    tiers: Collection[Tier],
    now: datetime,
) -> EligibilityRule:
    """Write a new or changed rule with its conditions. It counts from the next submission on.

    Locks the other rules, so that two people do not contradict each other at the same time. Checks role, that no rule
    in force asks the opposite or the same of the same registrations. Writes the rule. Records ``eligibility.saved`` for
    the vendor. Raises ``NotAllowed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    others = list(EligibilityRule.objects.select_for_update().exclude(pk=rule.pk).order_by("pk"))
    for other in others:
        if rule.is_active and other.is_active and _meet(rule, other, families, tiers):
            _refuse_contradiction(rule, other, families, tiers)
    rule.save()
    rule.families.set(families)
    rule.tiers.set(tiers)
    record(
        "eligibility.saved",
        actor=actor,
        subject=Subject("eligibility", rule.uuid),
        payload={
            "kind": rule.kind,
            "name": rule.name,
            "is_active": rule.is_active,
            "minimum_amount": str(rule.minimum_amount or ""),
            "currency": rule.currency,
            "months": rule.months,
            "days_before": rule.days_before,
            "types": rule.types,
            "countries": rule.countries,
            "families": sorted(family.code for family in families),
            "tiers": sorted(tier.code for tier in tiers),
        },
        visibility=Visibility.INTERNAL,
    )
    return rule


@action
def delete_eligibility_rule(*, actor: Actor, rule: EligibilityRule, now: datetime) -> None:
    """Take a rule away for good; what was decided by it stays. Safe to repeat.

    Locks the rule. Checks role. Deletes the rule. Records ``eligibility.deleted`` for the vendor. Raises
    ``NotAllowed``.
    """
    can_decide(actor).enforce()
    if EligibilityRule.objects.select_for_update().filter(pk=rule.pk).first() is None:
        return
    subject, payload = Subject("eligibility", rule.uuid), {"kind": rule.kind, "name": rule.name}
    rule.delete()
    record("eligibility.deleted", actor=actor, subject=subject, payload=payload, visibility=Visibility.INTERNAL)


@action
def set_vendor_account(*, actor: Actor, customer_uuid: uuid.UUID, is_own: bool, now: datetime, note: str = "") -> bool:
    """Say that the vendor's own team works with a customer, or no longer does. Registrations that stand stay.

    Locks the end customer. Checks role. Writes the account; said twice, it changes nothing, and an account
    of a record that was merged into it counts and ends like its own. Whether anything changed. Records
    ``customer.vendor_account`` for the vendor. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    if len(note) > 300 or "\x00" in note:
        raise InvalidInput.at("/note", "max_length", _("At most %(most)d characters.") % {"most": 300})
    customer = customer_named(customer_uuid)
    lock_end_customers([customer.pk])
    stored = accounts_of([customer.pk])
    if stored.exists() == is_own:
        return False
    if is_own:
        VendorAccount.objects.create(end_customer=customer, note=note.strip(), by_id=actor.user_id)
    else:
        stored.delete()
    record(
        "customer.vendor_account",
        actor=actor,
        subject=Subject("customer", customer.uuid),
        payload={"is_own": is_own},
        visibility=Visibility.INTERNAL,
    )
    return True


def _meet(
    rule: EligibilityRule, other: EligibilityRule, families: Collection[ProductFamily], tiers: Collection[Tier]
) -> bool:
    """Whether both can be asked of one registration at one moment."""
    periods = (rule.valid_from or _EARLIEST) < (other.valid_until or _LATEST) and (other.valid_from or _EARLIEST) < (
        rule.valid_until or _LATEST
    )
    return periods and all(
        not mine or not theirs or mine & theirs
        for mine, theirs in (
            (set(rule.types), set(other.types)),
            (set(rule.countries), set(other.countries)),
            ({one.pk for one in families}, {one.pk for one in other.families.all()}),
            ({one.pk for one in tiers}, {one.pk for one in other.tiers.all()}),
        )
    )


def _refuse_contradiction(
    rule: EligibilityRule, other: EligibilityRule, families: Collection[ProductFamily], tiers: Collection[Tier]
) -> None:
    if other.kind in _OPPOSITE.get(RuleKind(rule.kind), ()):
        message = _("No registration could meet this rule and the rule “%(other)s”. Limit one of them to a type.")
        raise InvalidInput.at("/kind", "contradiction", message % {"other": other.display_name})
    is_alike = (
        other.kind == rule.kind
        and other.currency == rule.currency
        and set(other.types) == set(rule.types)
        and set(other.countries) == set(rule.countries)
        and {one.pk for one in other.families.all()} == {one.pk for one in families}
        and {one.pk for one in other.tiers.all()} == {one.pk for one in tiers}
    )
    if is_alike:
        message = _("The rule “%(other)s” asks this of the same registrations at the same time. Change that one.")
        raise InvalidInput.at("/kind", "twice", message % {"other": other.display_name})
