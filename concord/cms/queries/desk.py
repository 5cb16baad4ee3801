"""What the desk's home tells: feeds that stand still, the last imports, the library's loose ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, Subquery

from concord.documents.models import Collateral
from concord.portal.actor import Actor
from concord.portal.models import ImportRun
from concord.pricing.models import StockSettings, Warehouse
from concord.pricing.queries.availability import STALE_HOURS

EXPIRES_SOON = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Feed:
    """One warehouse's stock: ``as_of`` is the newest moment that its source named, ``None`` when there is none yet."""

    name: str
    products: int
    as_of: datetime | None
    is_stale: bool


def stock_feeds(*, now: datetime) -> list[Feed]:
    """Every warehouse, the stalest first. One statement."""
    hours = StockSettings.objects.order_by("pk").values("stale_hours")[:1]
    rows = list(
        Warehouse.objects.annotate(
            as_of=Max("levels__as_of"), products=Count("levels"), hours=Subquery(hours)
        ).order_by("as_of", "code")
    )
    latest = now - timedelta(hours=(rows[0].hours if rows else 0) or STALE_HOURS)
    feeds = [Feed(row.name, row.products, row.as_of, row.as_of is None or row.as_of < latest) for row in rows]
    return sorted(feeds, key=lambda feed: not feed.is_stale)


def last_imports(*, actor: Actor, limit: int = 6) -> Sequence[ImportRun]:
    """The imports that were handed in last."""
    return list(ImportRun.objects.visible_to(actor).order_by("-created_at", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class LibraryState:
    """How many documents there are, wait for their release, end soon, or have ended."""

    documents: int
    waiting: int
    ending: int
    ended: int


def library_state(*, now: datetime) -> LibraryState:
    """The library in four figures; one statement."""
    released = Q(released=True)
    found = Collateral.objects.aggregate(
        documents=Count("pk"),
        waiting=Count("pk", filter=Q(released=False)),
        ending=Count("pk", filter=released & Q(valid_until__gt=now, valid_until__lte=now + EXPIRES_SOON)),
        ended=Count("pk", filter=released & Q(valid_until__lte=now)),
    )
    return LibraryState(**found)
