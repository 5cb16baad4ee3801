"""Price lists, their versions, and their prices as of any moment."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from concord.partners.enums import PartnerStatus
from concord.partners.models import Partner
from concord.portal.actor import Actor
from concord.portal.models import Event
from concord.pricing.enums import VersionStatus
from concord.pricing.models import Price, PriceList, PriceListVersion
from concord.pricing.queries.catalogue import products_matching

#: for how long after its publication a version is news
NEWS = timedelta(days=30)


def price_lists() -> QuerySet[PriceList]:
    """All lists with their versions, newest first, and how many prices each version has; two statements."""
    versions = PriceListVersion.objects.annotate(price_count=Count("prices")).order_by("-number")
    return PriceList.objects.prefetch_related(Prefetch("versions", queryset=versions)).order_by("code")


def price_lists_of(actor: Actor) -> QuerySet[PriceList]:
    """The lists of a partner's market that have a version in force."""
    if actor.partner_id is None:
        return PriceList.objects.none()
    market = Partner.objects.visible_to(actor).filter(pk=actor.partner_id).values("country")
    in_market = Q(markets=[]) | Q(markets__contains=[Subquery(market)])
    in_force = PriceListVersion.objects.filter(price_list=OuterRef("pk"), status=VersionStatus.IN_FORCE)
    return price_lists().filter(in_market, Exists(in_force))


def currencies_of_market(market: str | None) -> list[str]:
    """The currencies that a market (``None``: any) has published prices in, in alphabetical order."""
    published = PriceListVersion.objects.filter(status__in=[VersionStatus.IN_FORCE, VersionStatus.SCHEDULED])
    rows = PriceList.objects.filter(pk__in=published.values("price_list_id")).values_list("currency", "markets")
    return sorted({currency for currency, markets in rows if market is None or not markets or market in markets})


def seen_price_lists(actor: Actor) -> QuerySet[PriceList]:
    """The lists that an actor may look into: the vendor's people all, a partner those of its market."""
    return price_lists() if actor.is_vendor else price_lists_of(actor)


def prices_as_of(price_list: PriceList, moment: datetime, *, search: str = "") -> QuerySet[Price]:
    """The prices of a list that held, hold or will hold at a moment, by SKU and quantity, with their products."""
    held = Price.objects.filter(price_list=price_list, validity__contains=moment).select_related("product", "version")
    if search.strip():
        held = held.filter(product__in=products_matching(search).values("pk"))
    return held.annotate(sku=F("product__sku")).order_by("sku", "minimum_quantity")


def prices_before(prices: Collection[Price]) -> dict[int, Decimal]:
    """By price: what the version before asked for the same product and quantity, where it had one. One statement."""
    begun = {(one.product_id, one.minimum_quantity): one for one in prices}
    starts = {one.validity.lower for one in prices}
    former = Price.objects.filter(
        price_list__in={one.price_list_id for one in prices},
        product__in={one.product_id for one in prices},
        validity__endswith__in=starts,
        validity__isempty=False,
    )
    found: dict[int, Decimal] = {}
    for one in former:
        later = begun.get((one.product_id, one.minimum_quantity))
        if later is not None and later.validity.lower == one.validity.upper:
            found[later.pk] = one.unit_price
    return found


def partners_using(price_list: PriceList) -> QuerySet[Partner]:
    """The active partners that buy by this list: in its currency, and in one of its markets."""
    partners = Partner.objects.unscoped("whoever buys by a list is told of its new version")
    found = partners.filter(status=PartnerStatus.ACTIVE, currency=price_list.currency)
    if price_list.markets:
        found = found.filter(country__in=price_list.markets)
    return found.order_by("pk")


def told_of_version(list_uuid: UUID, version_uuid: UUID | str) -> dict[int, dict[str, Any]]:
    """By partner: what it was told last of a version, that it comes or that it is called off, with the ``verb``."""
    said = Event.objects.unscoped("what partners were told is not told twice").filter(
        subject_type="price_list",
        subject_uuid=list_uuid,
        verb__in=["price_list.announced", "price_list.called_off"],
        payload__contains=f'"id":"{version_uuid}"',
    )
    rows = said.order_by("sequence").values_list("partner_id", "verb", "payload")
    return {partner_id: {**json.loads(payload), "verb": verb} for partner_id, verb, payload in rows if partner_id}


@dataclass(frozen=True, slots=True)
class ListNews:
    """News of a list that the reader buys by: a version that holds, is to hold from its moment on, or is called off."""

    price_list: PriceList
    version: PriceListVersion
    is_in_force: bool

    @property
    def is_called_off(self) -> bool:
        """Whether it was scheduled and is so no more."""
        return self.version.status == VersionStatus.DRAFT


def news_of_lists(actor: Actor, *, now: datetime) -> list[ListNews]:
    """Versions published or called off lately of the lists that the partner buys by, newest first. One statement."""
    if actor.partner_id is None:
        return []
    reader = Partner.objects.visible_to(actor).filter(pk=actor.partner_id)
    versions = (
        PriceListVersion.objects.select_related("price_list")
        .filter(
            Q(price_list__markets=[]) | Q(price_list__markets__contains=[Subquery(reader.values("country"))]),
            Q(valid_until=None) | Q(valid_until__gt=now),
            Q(published_at__gte=now - NEWS, published_at__lte=now)
            | Q(status=VersionStatus.DRAFT, called_off_at__gte=now - NEWS, called_off_at__lte=now),
            price_list__currency=Subquery(reader.values("currency")),
        )
        .order_by(Coalesce("published_at", "called_off_at").desc(), "-number")
    )
    return [ListNews(one.price_list, one, one.valid_from is not None and one.valid_from <= now) for one in versions[:5]]
