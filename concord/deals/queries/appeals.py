"""Appeals: who judges, which wait, and both files side by side without names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from concord.deals.models import Appeal, Deal, DealContact, Evidence, Precedent
from concord.deals.protection.terms import ProgrammeTerms
from concord.deals.protection_enums import AppealState
from concord.deals.queries.history import Entry, deal_history
from concord.deals.queries.protections import live_protections, same_companies
from concord.partners.models import CustomerName, EndCustomer
from concord.portal.actor import Actor
from concord.portal.models import User

#: facts whose sentence names neither a person nor a company nor an amount; of others the title alone is shown
_SPEAKABLE = frozenset(
    {
        "deal.submitted",
        "deal.returned",
        "deal.approved",
        "deal.rejected",
        "deal.duplicate",
        "deal.protection_ended",
        "deal.protection_warned",
        "deal.grace_started",
        "deal.extended",
        "deal.extension_refused",
        "deal.held",
        "deal.hold_ended",
        "deal.lost",
        "deal.withdrawn",
    }
)
#: nobody has to know of these to judge
_LEFT_OUT = frozenset({"deal.twins_found", "deal.customer_linked", "deal.twins_parted", "deal.glass_broken"})


def judge_for(terms: ProgrammeTerms, *, decider_id: int | None) -> int | None:
    """The neutral person, or the deputy when that person decided; ``None`` lets any other channel manager judge."""
    for person in (terms.neutral_person_id, terms.deputy_person_id):
        if person is not None and person != decider_id and User.objects.filter(pk=person, is_active=True).exists():
            return person
    return None


def open_appeals(actor: Actor) -> list[Appeal]:
    """Appeals that wait for judgement, the first due at the top."""
    found = Appeal.objects.visible_to(actor).filter(state=AppealState.OPEN)
    return list(found.select_related("deal__partner", "judge").order_by("due_at", "pk"))


def appeal_of(deal: Deal) -> Appeal | None:
    """The appeal of a deal that its caller has fetched through the scope."""
    return (
        Appeal.objects.unscoped("the deal was fetched through its scope")
        .select_related("reason", "judge", "filed_by", "judged_by")
        .filter(deal=deal)
        .first()
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of an anonymous timeline."""

    at: datetime
    title: str
    text: str
    icon: str
    tone: str


@dataclass(frozen=True, slots=True)
class File:
    """One side of an appeal without names: what happened when."""

    facts: tuple[Fact, ...]
    is_appellant: bool


def both_files(actor: Actor, appeal: Appeal) -> list[File]:
    """The appellant's file and those of the registrations that hold the customer, without names and prices."""
    deal = appeal.deal
    customers = same_companies({deal.end_customer_id or 0})
    families = list(deal.families.values_list("family_id", flat=True))
    held = live_protections(end_customer_ids=customers, family_ids=families, now=appeal.filed_at)
    rivals = {one.deal_id: one.deal for one in held if one.deal_id != deal.pk}
    sides = [(deal, True), *((rival, False) for rival in rivals.values())]
    return [File(facts=tuple(_facts(deal_history(actor, side).entries)), is_appellant=own) for side, own in sides]


def _facts(entries: Iterable[Entry]) -> Iterable[Fact]:
    for entry in entries:
        verb = entry.event.verb
        if verb in _LEFT_OUT or not verb.startswith(("deal.", "quote.")):
            continue
        text = entry.text if verb in _SPEAKABLE else ""
        yield Fact(at=entry.at, title=entry.title, text=text, icon=entry.icon, tone=entry.tone)


def names_in(appeal: Appeal) -> set[str]:
    """Names that a text about this appeal must not hold: of the partners, the customer and the people of both."""
    customers = same_companies({appeal.deal.end_customer_id or 0})
    why = "what must not be said"
    there = Deal.objects.unscoped(why).filter(end_customer_id__in=customers)
    rows: list[tuple[str, ...]] = [
        *there.values_list("partner__name", "partner__code", "owner__name", "customer_name", "contact_name"),
        *EndCustomer.objects.unscoped(why).filter(pk__in=customers).values_list("legal_name", "short_name"),
        *CustomerName.objects.filter(end_customer_id__in=customers).values_list("name"),
        *DealContact.objects.filter(deal__in=there).values_list("name"),
    ]
    return {name.strip() for row in rows for name in row if _is_telling(name.strip())}


def _is_telling(name: str) -> bool:
    """Two letters stand in any text; two Chinese characters are a whole name."""
    return len(name) > 2 or (len(name) == 2 and not name.isascii())


def without_names(text: str, names: Iterable[str]) -> str:
    """A text with every name replaced by an ellipsis, the longest first."""
    for name in sorted(names, key=len, reverse=True):
        text = re.sub(re.escape(name), "…", text, flags=re.IGNORECASE)
    return text


def evidence_for_appeal(actor: Actor, appeal: Appeal) -> list[Evidence]:
    """The files that the appeal rests on."""
    found = Evidence.objects.visible_to(actor).filter(deal=appeal.deal, purpose="appeal")
    return list(found.order_by("at", "pk"))


def precedent_of(appeal: Appeal) -> Precedent | None:
    """What was published of an appeal."""
    return Precedent.objects.filter(appeal=appeal).first()


def precedents(text: str = "") -> QuerySet[Precedent]:
    """Published judgements, the newest first; ``text`` is looked for in both languages."""
    found = Precedent.objects.order_by("-published_on", "-pk")
    for word in text.split()[:8]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(title_zh__icontains=word)
            | Q(text__icontains=word)
            | Q(text_zh__icontains=word)
        )
    return found
