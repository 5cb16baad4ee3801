"""What end users want and could not have, by product, territory and week: for the vendor alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncWeek

from concord.portal.actor import Actor
from concord.pricing.models import Product, UnmetDemand

WEEKS = (4, 13, 26, 52)


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One product in one territory in one week (its Monday); quantities in the product's unit."""

    week: date
    country: str
    product: Product
    partners: int
    asked: int
    missing: int


def unmet_demand(
    *, actor: Actor, today: date, weeks: int = 13, country: str = "", family: str = "", source: str = "", text: str = ""
) -> QuerySet[UnmetDemand]:
    """Demand of the last ``weeks`` weeks, narrowed; nobody but the vendor's people see any."""
    if not (actor.is_vendor and actor.sees_business):
        return UnmetDemand.objects.none()
    monday = today - timedelta(days=today.weekday())
    rows = UnmetDemand.objects.filter(asked_on__gte=monday - timedelta(weeks=weeks - 1))
    if country:
        rows = rows.filter(country=country)
    if family:
        rows = rows.filter(product__family__code=family)
    if source:
        rows = rows.filter(source=source)
    if text:
        rows = rows.filter(product__search_key__contains=text.strip().lower())
    return rows


def demand_by_week(rows: QuerySet[UnmetDemand], *, limit: int) -> list[DemandRow]:
    """By week, territory and product, the newest week first, within it the most missing first. Two statements."""
    grouped = (
        rows.annotate(week=TruncWeek("asked_on"))
        .values("week", "country", "product_id")
        .annotate(partners=Count("partner_id", distinct=True), asked=Sum("quantity"), lacking=Sum("missing"))
        .order_by("-week", "-lacking", "product_id", "country")[:limit]
    )
    found = list(grouped)
    products = Product.objects.select_related("family").in_bulk({row["product_id"] for row in found})
    return [
        DemandRow(
            row["week"], row["country"], products[row["product_id"]], row["partners"], row["asked"], row["lacking"]
        )
        for row in found
    ]


def missing_by_week(rows: QuerySet[UnmetDemand]) -> Sequence[tuple[date, int]]:
    """What was missing in each week that had any, oldest first, for a chart. One statement."""
    grouped = (
        rows.annotate(week=TruncWeek("asked_on"))
        .values("week")
        .annotate(products=Count("product_id", distinct=True))
        .order_by("week")
    )
    return [(row["week"], row["products"]) for row in grouped]


def countries_in_demand(rows: QuerySet[UnmetDemand]) -> list[str]:
    """The territories that occur."""
    return list(rows.order_by("country").values_list(F("country"), flat=True).distinct())
