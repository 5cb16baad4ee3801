"""A company's own record: its people, its systems and the programme's tiers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from concord.partners.models import ApiClient, Member, Partner, Tier
from concord.portal import registry
from concord.portal.actor import Actor


@dataclass(frozen=True, slots=True)
class TierView:
    """A tier as a company sees it: what it gives, and whether it is the company's own."""

    tier: Tier
    is_own: bool
    facts: Sequence[tuple[str, str]]


def colleagues(*, actor: Actor, partner: Partner) -> list[Member]:
    """The people of a company, those with access first, by name."""
    return list(
        Member.objects.visible_to(actor)
        .people()
        .filter(partner=partner)
        .select_related("user")
        .order_by("-user__is_active", "user__name", "pk")
    )


def api_clients(*, actor: Actor, partner: Partner) -> list[ApiClient]:
    """The systems of a company, those that work first, newest first."""
    clients = (
        ApiClient.objects.visible_to(actor).filter(partner=partner).select_related("client").order_by("-created_at")
    )
    return sorted(clients, key=lambda client: client.revoked_at is not None)


def tiers_for(*, partner: Partner, now: datetime) -> list[TierView]:
    """All tiers, best first, with what each gives; upper packages add what they know (prices)."""
    more = [known(now) for known in registry.tier_facts]
    return [
        TierView(
            tier=tier,
            is_own=tier.pk == partner.tier_id,
            facts=[*_limits(tier), *(fact for known in more for fact in known.get(tier.pk, ()))],
        )
        for tier in Tier.objects.order_by("-rank")
    ]


def _limits(tier: Tier) -> list[tuple[str, str]]:
    return [
        (_("Open registrations"), _("up to %(count)s") % {"count": tier.open_registrations}),
        (_("New registrations a day"), _("up to %(count)s") % {"count": tier.new_registrations_a_day}),
    ]
