"""What channel managers change in the desk: partners, tiers, product families and end customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils import timezone

from concord.partners.actions.customers import fill_keys
from concord.partners.enums import NameKind
from concord.partners.models import CustomerName, EndCustomer, Partner, ProductFamily, Tier
from concord.partners.rules import can_edit_families, can_edit_partners
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.work import action


@action
def save_partner(
    *, actor: Actor, partner: Partner, families: Iterable[ProductFamily] | None = None, changed: Collection[str] = ()
) -> Partner:
    """Write a new or changed partner with its authorised families (``None`` leaves them).

    Checks that the actor may. Records ``partner.created`` or ``partner.changed`` with the names of the fields. Raises
    ``NotAllowed``.
    """
    can_edit_partners(actor).enforce()
    is_new = partner._state.adding
    partner.save()
    if families is not None:
        partner.families.set(families)
    record(
        "partner.created" if is_new else "partner.changed",
        actor=actor,
        subject=Subject("partner", partner.uuid, partner.pk),
        payload={"code": partner.code} if is_new else {"changed": sorted(changed)},
    )
    return partner


@action
def save_tier(*, actor: Actor, tier: Tier) -> Tier:
    """Write a tier with its limits. Checks that the actor may. Records ``tier.saved`` for the vendor."""
    can_edit_partners(actor).enforce()
    tier.save()
    record(
        "tier.saved",
        actor=actor,
        subject=Subject("tier", tier.uuid),
        payload={
            "code": tier.code,
            "rank": tier.rank,
            "open_registrations": tier.open_registrations,
            "new_registrations_a_day": tier.new_registrations_a_day,
            "shows_exact_stock": tier.shows_exact_stock,
            "lead_claims_a_day": tier.lead_claims_a_day,
            "leads_held": tier.leads_held,
        },
        visibility=Visibility.INTERNAL,
    )
    return tier


@action
def save_family(*, actor: Actor, family: ProductFamily) -> ProductFamily:
    """Write a product family. Checks that the actor may. Records ``family.saved`` for the vendor."""
    can_edit_families(actor).enforce()
    family.save()
    record(
        "family.saved",
        actor=actor,
        subject=Subject("family", family.uuid),
        payload={"code": family.code, "name": family.name},
        visibility=Visibility.INTERNAL,
    )
    return family


@action
def save_customer(*, actor: Actor, customer: EndCustomer, changed: Collection[str] = ()) -> EndCustomer:
    """Write a changed end customer; a legal name that changes is kept as a former one.

    Checks that the actor may. Writes names and matching keys with it. Records ``customer.changed`` for the vendor.
    """
    can_edit_partners(actor).enforce()
    before = EndCustomer.objects.unscoped("the name before the change").only("legal_name").get(pk=customer.pk)
    names = [CustomerName(end_customer=customer, name=customer.legal_name, kind=NameKind.LEGAL)]
    if customer.short_name and customer.short_name != customer.legal_name:
        names.append(CustomerName(end_customer=customer, name=customer.short_name, kind=NameKind.SHORT))
    CustomerName.objects.bulk_create(names, ignore_conflicts=True)
    if before.legal_name != customer.legal_name:
        customer.names.filter(name=before.legal_name).update(kind=NameKind.FORMER, until=timezone.now().date())
        customer.names.filter(name=customer.legal_name).update(kind=NameKind.LEGAL, until=None)
    fill_keys(customer, names=customer.names.all())
    customer.save()
    record(
        "customer.changed",
        actor=actor,
        subject=Subject("customer", customer.uuid),
        payload={"changed": sorted(changed)},
        visibility=Visibility.INTERNAL,
    )
    return customer
