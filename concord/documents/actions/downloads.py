"""Counting what is fetched."""

from __future__ import annotations

from datetime import datetime

from concord.documents.models import Collateral, Download
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.work import action


@action
def record_download(*, actor: Actor, collateral: Collateral, now: datetime) -> Download:
    """Write down that the actor fetches a document that it is entitled to (the caller found it through the library).

    Locks nothing. Writes the download and records ``collateral.downloaded``, for the vendor alone: the document's chain
    tells of every partner.
    """
    download = Download.objects.create(
        collateral=collateral,
        partner_id=actor.partner_id,
        user_id=actor.user_id,
        door=actor.door,
        at=now,
    )
    record(
        "collateral.downloaded",
        actor=actor,
        subject=Subject("collateral", collateral.uuid, actor.partner_id),
        payload={"version": collateral.version},
        visibility=Visibility.INTERNAL,
    )
    return download
