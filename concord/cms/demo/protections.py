"""What happens around the demo's protections: an extension asked for, a clock that stands, appeals, a precedent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from concord.cms.demo.deals import number_of, register_deal
from concord.deals.actions.appeals import file_appeal, uphold_decision
from concord.deals.actions.decisions import decide_duplicate
from concord.deals.actions.extensions import request_extension
from concord.deals.actions.holds import hold_protection
from concord.deals.actions.precedents import publish_precedent
from concord.deals.models import Appeal, Deal, ExtensionRequest, ProtectionHold
from concord.portal.actor import Actor, actor_for_user
from concord.portal.enums import Door, Role
from concord.portal.models import User


def load_protections(content: dict[str, Any], *, actor: Actor, now: datetime) -> str:
    """Ask, stop and appeal what is missing, as sellers and the channel manager would; what there is now."""
    why = "what the demo has"
    _extension(content["extension"], now=now)
    _hold(content["hold"], now=now)
    for facts in content["appeals"]:
        if not Deal.objects.unscoped(why).filter(uuid=number_of(facts["key"])).exists():
            _appeal(facts, actor=actor, now=now)
    waiting = ExtensionRequest.objects.unscoped(why).count()
    stops = ProtectionHold.objects.unscoped(why).count()
    return f"{waiting} extension, {stops} stop of the clock, {Appeal.objects.unscoped(why).count()} appeals"


def _extension(facts: dict[str, Any], *, now: datetime) -> None:
    deal = _deal(facts["deal"])
    if ExtensionRequest.objects.unscoped("asked for once").filter(deal=deal).exists():
        return
    request_extension(
        actor=_seller_of(deal), deal_uuid=deal.uuid, note=facts["note"], upload=_paper(facts["paper"]), now=now
    )


def _hold(facts: dict[str, Any], *, now: datetime) -> None:
    deal = _deal(facts["deal"])
    if ProtectionHold.objects.unscoped("stopped once").filter(deal=deal).exists():
        return
    hold_protection(
        actor=_manager(),
        deal_uuid=deal.uuid,
        until=now + timedelta(days=facts["days"]),
        cause=facts["cause"],
        note=facts["note"],
        now=now,
    )


def _appeal(facts: dict[str, Any], *, actor: Actor, now: datetime) -> None:
    """A registration that came second, and the appeal against that; with a judgement, also its precedent."""
    number = register_deal(facts, now=now)
    decide_duplicate(actor=actor, deal_uuid=number, reason="already_protected", now=now)
    seller = _seller_of(_deal(facts["key"]))
    file_appeal(actor=seller, deal_uuid=number, grounds=facts["grounds"], upload=_paper(facts["paper"]), now=now)
    if "judgement" in facts:
        judge = _manager()
        uphold_decision(actor=judge, deal_uuid=number, reason="nothing_new", judgement=facts["judgement"], now=now)
        publish_precedent(actor=judge, deal_uuid=number, now=now, **facts["precedent"])


def _deal(key: str) -> Deal:
    return Deal.objects.unscoped("the demo's deal by its number").get(uuid=number_of(key))


def _seller_of(deal: Deal) -> Actor:
    return actor_for_user(User.objects.get(pk=deal.owner_id), Door.EXTRANET)


def _manager() -> Actor:
    """The demo's channel manager: the decisions were not that person's, so that person may judge them."""
    person = User.objects.filter(member__role=Role.CHANNEL_MANAGER).order_by("pk")[0]
    return actor_for_user(person, Door.DESK)


def _paper(facts: dict[str, str]) -> SimpleUploadedFile:
    return SimpleUploadedFile(facts["name"], facts["text"].encode(), content_type="text/plain")
