"""What of the library somebody is entitled to, and finding things in it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Greatest, Left, Lower, StrIndex, Substr

from concord.documents.models import Collateral, Download
from concord.documents.search_text import plain, words_of
from concord.partners.models import Partner, ProductFamily

if TYPE_CHECKING:
    from concord.portal.actor import Actor

_FAMILIES = Collateral.families.through
#: how much text stands before and in an excerpt
_BEFORE, _LENGTH = 60, 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a reader looks for; empty means everything."""

    text: str = ""
    kind: str = ""
    family: uuid.UUID | None = None
    language: str = ""


def entitled_to(*, actor: Actor, now: datetime) -> QuerySet[Collateral]:
    """The documents that the actor may know of and fetch.

    The vendor: all. A partner: those released and in force at ``now`` whose families, tier and territories all fit;
    what a document leaves empty fits everybody. A partner without territories sells everywhere, one with territories
    there and in its own country. A stranger: none. One statement is made at once, for what the partner is.
    """
    documents: QuerySet[Collateral] = Collateral.objects.all()
    if actor.is_vendor:
        return documents
    own = Partner.objects.visible_to(actor).select_related("tier")
    partner = own.filter(pk=actor.partner_id).first() if actor.partner_id is not None else None
    if partner is None:
        return documents.none()
    families = _FAMILIES.objects.filter(collateral_id=OuterRef("pk"))
    authorised = Partner.families.through.objects.filter(partner_id=partner.pk).values("productfamily_id")
    places = (
        Q()
        if not partner.territories
        else Q(territories=[]) | Q(territories__overlap=[*partner.territories, partner.country])
    )
    return documents.filter(
        _in_force(now),
        released=True,
    ).filter(
        Q(minimum_tier__isnull=True) | Q(minimum_tier__rank__lte=partner.tier.rank),
        ~Exists(families) | Exists(families.filter(productfamily_id__in=authorised)),
        places,
    )


def _in_force(now: datetime) -> Q:
    begun = Q(valid_from__isnull=True) | Q(valid_from__lte=now)
    return begun & (Q(valid_until__isnull=True) | Q(valid_until__gt=now))


def library(*, actor: Actor, now: datetime, filters: Filters) -> QuerySet[Collateral]:
    """The documents that the actor may see and that fit, with ``excerpt`` where the words stand in the text.

    All words must occur in title, version, description or text. The title counts most.
    """
    rows = entitled_to(actor=actor, now=now).select_related("minimum_tier").prefetch_related("families")
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.language:
        rows = rows.filter(Q(language=filters.language) | Q(language=""))
    if filters.family:
        of_family = _FAMILIES.objects.filter(collateral_id=OuterRef("pk"), productfamily__uuid=filters.family)
        rows = rows.filter(Exists(of_family))
    words = words_of(filters.text)
    if not words:
        by_title: QuerySet[Collateral] = rows.order_by("title", "pk")
        return by_title
    for word in words:
        rows = rows.filter(search_key__contains=word)
    first = plain(filters.text).split(" ")[0]
    place = StrIndex(Lower("text"), Value(first))
    rank = Case(
        When(title__icontains=plain(filters.text), then=Value(0)),
        When(title__icontains=first, then=Value(1)),
        When(description__icontains=first, then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    begin = Greatest(place - Value(_BEFORE), Value(1))
    excerpt = Case(
        When(text__icontains=first, then=Substr("text", begin, _LENGTH)),
        default=Left("description", _LENGTH),
        output_field=TextField(),
    )
    found: QuerySet[Collateral] = rows.annotate(
        rank=rank, excerpt=excerpt, excerpt_begins=Case(When(text__icontains=first, then=begin), default=Value(1))
    ).order_by("rank", "title", "pk")
    return found


def excerpt_of(document: Collateral) -> str:
    """What a list shows below a title: the words around the hit, or the description; whole words, with ellipses."""
    found = str(getattr(document, "excerpt", document.description))
    words = " ".join(found.split())
    if getattr(document, "excerpt_begins", 1) > 1:
        words = f"…{words.partition(' ')[2] or words}"
    if len(found) >= _LENGTH:
        words = f"{words[:_LENGTH].rpartition(' ')[0] or words[:_LENGTH]}…"
    return words


def offered_families(*, actor: Actor) -> QuerySet[ProductFamily]:
    """The families that a reader may look for: the partner's own; the vendor's people see all."""
    if actor.is_vendor:
        return ProductFamily.objects.order_by("name")
    return ProductFamily.objects.filter(partners__in=Partner.objects.visible_to(actor)).order_by("name")


def downloads_of(*, actor: Actor, collateral: Collateral) -> int:
    """How often a document was fetched: for the vendor by anybody, for a partner by its own people."""
    rows = Download.objects.filter(collateral=collateral)
    if not actor.is_vendor:
        rows = rows.filter(partner_id=actor.partner_id)
    return rows.count()


def most_wanted(*, actor: Actor, since: datetime, limit: int = 5) -> list[Collateral]:
    """The vendor's question: what was fetched most often since then."""
    if not actor.is_vendor:
        return []
    counted = Count("downloads", filter=Q(downloads__at__gte=since))
    return list(
        Collateral.objects.annotate(fetched=counted).filter(fetched__gt=0).order_by("-fetched", "title")[:limit]
    )
