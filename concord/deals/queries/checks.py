"""How often the pre-check was asked, beside how often a registration followed: by partner and by person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Q

from concord.deals.enums import CheckVerdict
from concord.deals.models import ConflictCheck, Deal
from concord.partners.models import Partner
from concord.portal.actor import Actor
from concord.portal.models import User

_MET = ~Q(verdict=CheckVerdict.FREE)


@dataclass(frozen=True, slots=True)
class Alarm:
    """From how many different names on, with fewer registrations than a share of them, it looks like fishing.

    ``PRECHECK_ALARM`` of the settings; ``days`` is the window that is looked at.
    """

    days: int = 30
    names: int = 30
    share: float = 0.1

    def __post_init__(self) -> None:
        """Refuse numbers that could never ring, or always."""
        if self.days < 1 or self.names < 1 or not 0 < self.share <= 1:
            raise ValueError("an alarm needs days and names from 1 on, and a share above 0 up to 1")

    def rings(self, names: int, registrations: int) -> bool:
        """Many names, hardly a registration."""
        return names >= self.names and registrations < names * self.share


def alarm() -> Alarm:
    """The alarm of this installation; an unknown name is a typing error and is refused."""
    values: Mapping[str, Any] = getattr(settings, "PRECHECK_ALARM", {})
    unknown = set(values) - {one.name for one in fields(Alarm)}
    if unknown:
        raise ValueError(f"unknown settings of the alarm: {', '.join(sorted(unknown))}")
    return Alarm(**values)


@dataclass(frozen=True, slots=True)
class Asking:
    """Checks of a partner or a person: all, the different names, those that met something, and the registrations."""

    who: str
    checks: int
    names: int
    met: int
    registrations: int
    looks_like_fishing: bool
    people: list[Asking] = field(default_factory=list)


def checks_by_partner(actor: Actor, *, since: datetime, alarm: Alarm) -> list[Asking]:
    """The partners that the actor may see, the one with the most names first, with their people. Six statements."""
    partners = Partner.objects.visible_to(actor).in_bulk()
    asked = ConflictCheck.objects.filter(at__gte=since, partner_id__in=list(partners))
    registered = Deal.objects.visible_to(actor).filter(submitted_at__gte=since).order_by()
    by_partner = dict(registered.values_list("partner_id").annotate(n=Count("pk")))
    by_owner = {
        (partner, owner): n
        for partner, owner, n in registered.values_list("partner_id", "owner_id").annotate(n=Count("pk"))
    }
    people: dict[int, list[Asking]] = {}
    per_person = list(
        asked.values_list("partner_id", "user_id")
        .annotate(checks=Count("pk"), names=Count("asked_name", distinct=True), met=Count("pk", filter=_MET))
        .order_by("-names", "user_id")
    )
    names_of = User.objects.in_bulk([user_id for _partner, user_id, *_rest in per_person if user_id])
    for partner_id, user_id, checks, names, met in per_person:
        user = names_of.get(user_id or 0)
        n = by_owner.get((partner_id, user_id), 0)
        one = Asking(user.get_full_name() if user else "–", checks, names, met, n, alarm.rings(names, n))
        people.setdefault(partner_id or 0, []).append(one)
    rows = (
        asked.values_list("partner_id")
        .annotate(checks=Count("pk"), names=Count("asked_name", distinct=True), met=Count("pk", filter=_MET))
        .order_by("-names", "partner_id")
    )
    return [
        Asking(
            partners[partner_id].name,
            checks,
            names,
            met,
            by_partner.get(partner_id, 0),
            alarm.rings(names, by_partner.get(partner_id, 0)),
            people.get(partner_id, []),
        )
        for partner_id, checks, names, met in rows
        if partner_id is not None
    ]
