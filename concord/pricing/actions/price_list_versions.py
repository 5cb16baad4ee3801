"""Versions of price lists: publishing large ones in the background, going back, putting drafts away, the news."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.imports import execute
from concord.portal.locking import Space, lock
from concord.portal.models import Event
from concord.portal.refusals import Conflict, NotThere, Refusal, WrongState
from concord.portal.work import action
from concord.pricing.actions.price_lists import demand_unquoted, publish_price_list_version
from concord.pricing.enums import VersionStatus
from concord.pricing.models import PriceListVersion
from concord.pricing.queries.price_lists import partners_using, told_of_version
from concord.pricing.rules.catalogue import can_keep_prices

#: from so many prices on a version is published in the background: a million take a minute
LARGE = 50_000

_COPY = """
INSERT INTO pricing_price
    (price_list_id, version_id, product_id, minimum_quantity, unit_price, gross_unit_price, validity)
SELECT price_list_id, %(draft)s, product_id, minimum_quantity, unit_price, gross_unit_price, 'empty'::tstzrange
FROM pricing_price WHERE version_id = %(version)s ORDER BY product_id, minimum_quantity
"""
_EMPTY = "DELETE FROM pricing_price WHERE version_id = %(version)s"


@action
def publish_or_ask(*, actor: Actor, version_uuid: uuid.UUID, at: datetime, now: datetime) -> PriceListVersion:
    """Publish a draft; a large one in the background, and it stays a draft until then.

    Locks the list. Checks as ``publish_price_list_version`` does. Records ``price_list.published``, or
    ``price_list.publication_asked``, which a consumer carries out. Raises what publishing raises.
    """
    can_keep_prices(actor=actor).enforce()
    version = _locked(version_uuid)
    if version.status != VersionStatus.DRAFT or version.prices.count() < LARGE:
        return publish_price_list_version(actor=actor, version_uuid=version_uuid, at=at, now=now)
    demand_unquoted(version.price_list, at=at, now=now)
    _tell(actor, "price_list.publication_asked", version, id=version.uuid, at=at)
    return version


@action
def carry_out_publication(*, actor: Actor, version_uuid: uuid.UUID, at: datetime, now: datetime) -> None:
    """Publish what was asked for; a draft that is none any more, or is gone, stays as it is.

    Locks the list. Records ``price_list.published``, or ``price_list.publication_refused`` with the reason.
    """
    version = PriceListVersion.objects.select_related("price_list").filter(uuid=version_uuid).first()
    if version is None or version.status != VersionStatus.DRAFT:
        return
    try:
        publish_price_list_version(actor=actor, version_uuid=version_uuid, at=at, now=max(at, now))
    except Refusal as refusal:
        _tell(actor, "price_list.publication_refused", version, id=version.uuid, reason=str(refusal))


def publication_news(version: PriceListVersion) -> Event | None:
    """The last that was said of what goes on in the background with a version: asked for, or refused.

    Of a draft its publication; of a scheduled version its way back to a draft.
    """
    word = {VersionStatus.DRAFT.value: "publication", VersionStatus.SCHEDULED.value: "unscheduling"}.get(version.status)
    if word is None:
        return None
    said = Event.objects.unscoped("the vendor's own list").filter(
        subject_type="price_list",
        subject_uuid=version.price_list.uuid,
        verb__in=[f"price_list.{word}_asked", f"price_list.{word}_refused", "price_list.unscheduled"],
        payload__contains=f'"id":"{version.uuid}"',
    )
    last = said.order_by("-sequence").first()
    return None if last is None or last.verb == "price_list.unscheduled" else last


@action
def restore_price_list_version(*, actor: Actor, version_uuid: uuid.UUID) -> PriceListVersion:
    """Bring the prices of a published version back as a new draft: a rollback is a publication like any other.

    Locks the list. Checks who asks, that the version was published, and that no draft is open, which would be lost.
    Copies the prices in one statement. Records ``price_list.restored``. Raises ``NotAllowed``, ``NotThere``,
    ``WrongState`` and ``Conflict``.
    """
    can_keep_prices(actor=actor).enforce()
    version = _locked(version_uuid)
    if version.status == VersionStatus.DRAFT:
        raise WrongState(
            state=version.status, allowed=[VersionStatus.SCHEDULED, VersionStatus.IN_FORCE, VersionStatus.ENDED]
        )
    versions = version.price_list.versions
    draft = versions.filter(status=VersionStatus.DRAFT).first()
    if draft is not None:
        raise Conflict(
            gettext_lazy("Version %(number)s is a draft still. Publish it or put it away first.")
            % {"number": draft.number},
            code="draft_open",
        )
    newest = versions.order_by("-number").values_list("number", flat=True).first() or 0
    restored = PriceListVersion.objects.create(
        price_list=version.price_list,
        number=newest + 1,
        note=_("As version %(number)s") % {"number": version.number},
    )
    execute(_COPY, {"draft": restored.pk, "version": version.pk})
    _tell(actor, "price_list.restored", restored, restores=version.number)
    return restored


@action
def discard_price_list_draft(*, actor: Actor, version_uuid: uuid.UUID) -> None:
    """Put a draft with its prices away; its number is free again.

    Locks the list. Checks who asks and that it is a draft. Records ``price_list.draft_discarded``. Raises
    ``NotAllowed``, ``NotThere`` and ``WrongState``.
    """
    can_keep_prices(actor=actor).enforce()
    version = _locked(version_uuid)
    if version.status != VersionStatus.DRAFT:
        raise WrongState(state=version.status, allowed=[VersionStatus.DRAFT])
    _tell(actor, "price_list.draft_discarded", version)
    execute(_EMPTY, {"version": version.pk})
    version.delete()


@action
def announce_price_list_version(*, actor: Actor, version_uuid: uuid.UUID) -> int:
    """Tell each partner that buys by the list of its new version; to how many it was told.

    Locks the list. Checks who was told already that it begins at this moment. Records ``price_list.announced`` once a
    partner, with the list, the number and its period, no price. Raises ``NotThere``.
    """
    version = _locked(version_uuid)
    price_list = version.price_list
    if version.status == VersionStatus.DRAFT or version.valid_from is None:
        return 0
    told = told_of_version(price_list.uuid, version.uuid)
    known = {
        partner_id
        for partner_id, news in told.items()
        if news["verb"] == "price_list.announced" and parse_datetime(news["from"]) == version.valid_from
    }
    partners = [one for one in partners_using(price_list).values_list("pk", flat=True) if one not in known]
    payload = {
        "list": price_list.code,
        "version": version.number,
        "id": version.uuid,
        "currency": price_list.currency,
        "from": version.valid_from,
        "until": version.valid_until,
    }
    for partner_id in partners:
        subject = Subject("price_list", price_list.uuid, partner_id)
        record("price_list.announced", actor=actor, subject=subject, payload=payload)
    return len(partners)


def _locked(version_uuid: uuid.UUID) -> PriceListVersion:
    version = PriceListVersion.objects.select_related("price_list").filter(uuid=version_uuid).first()
    if version is None:
        raise NotThere
    lock(Space.PRICE_LIST, [version.price_list_id])
    version.refresh_from_db(fields=["status", "valid_from", "valid_until"])
    return version


def _tell(actor: Actor, verb: str, version: PriceListVersion, **more: object) -> None:
    record(
        verb,
        actor=actor,
        subject=Subject("price_list", version.price_list.uuid),
        payload={"list": version.price_list.code, "version": version.number, **more},
        visibility=Visibility.INTERNAL,
    )
