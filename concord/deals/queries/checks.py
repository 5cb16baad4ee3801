"""How often the pre-check was asked, beside how often a registration followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from concord.deals.models import ConflictCheck, Deal
from concord.partners.models import Partner
from concord.portal.actor import Actor

#: from so many different names on, with fewer registrations than a tenth of them, it looks like fishing
SUSPICIOUS_NAMES = 30
SUSPICIOUS_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Asking:
    """One partner's checks: all of them, the different names asked for, and the registrations submitted."""

    partner: Partner
    checks: int
    names: int
    registrations: int

    @property
    def looks_like_fishing(self) -> bool:
        """Many names, hardly a registration."""
        return self.names >= SUSPICIOUS_NAMES and self.registrations < self.names * SUSPICIOUS_SHARE


def checks_by_partner(actor: Actor, *, since: datetime) -> list[Asking]:
    """The partners that the actor may see, the one with the most names first. Three statements."""
    partners = Partner.objects.visible_to(actor).in_bulk()
    asked = (
        ConflictCheck.objects.filter(at__gte=since, partner_id__in=list(partners))
        .values_list("partner_id")
        .annotate(checks=Count("pk"), names=Count("asked_name", distinct=True))
        .order_by("-names", "partner_id")
    )
    registered = dict(
        Deal.objects.visible_to(actor)
        .filter(submitted_at__gte=since)
        .order_by()
        .values_list("partner_id")
        .annotate(n=Count("pk"))
    )
    return [
        Asking(partners[partner_id], checks, names, registered.get(partner_id, 0))
        for partner_id, checks, names in asked
        if partner_id is not None
    ]
