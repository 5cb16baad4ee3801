"""A scheduled version of a price list taken back to a draft before its moment comes, and the partners told."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.imports import execute
from concord.portal.locking import Space, lock
from concord.portal.models import Event
from concord.portal.refusals import Conflict, NotThere, Refusal, WrongState
from concord.portal.work import action
from concord.pricing.actions.price_lists import status_at
from concord.pricing.enums import VersionStatus
from concord.pricing.models import Price, PriceListVersion
from concord.pricing.queries.price_lists import told_of_version
from concord.pricing.rules.catalogue import can_keep_prices

#: from so many prices on, its own and those that it would have ended, it is done in the background
LARGE = 50_000
#: nearer to its moment a version is not called off: rewriting a million prices must be over before somebody quotes them
TOO_LATE = timedelta(minutes=2)

_EMPTY = "UPDATE pricing_price SET validity = 'empty'::tstzrange WHERE version_id = %(version)s"
_GO_ON = """
UPDATE pricing_price SET validity = tstzrange(lower(validity), %(until)s, '[)')
WHERE version_id = ANY(%(versions)s) AND NOT isempty(validity)
"""


@action
def unschedule_or_ask(*, actor: Actor, version_uuid: uuid.UUID, now: datetime) -> PriceListVersion:
    """Take a scheduled version back; a large one in the background, and it stays scheduled until then.

    Locks the list. Checks as ``unschedule_price_list_version`` does. Records ``price_list.unscheduled``, or
    ``price_list.unscheduling_asked``, which a consumer carries out. Raises what taking back raises.
    """
    version = _to_take_back(actor, version_uuid, now)
    concerned = [version.pk, *(one.pk for one in _ended_by(version))]
    if Price.objects.filter(version__in=concerned).count() < LARGE:
        return unschedule_price_list_version(actor=actor, version_uuid=version_uuid, now=now)
    _tell(actor, "price_list.unscheduling_asked", version, id=version.uuid)
    return version


@action
def unschedule_price_list_version(*, actor: Actor, version_uuid: uuid.UUID, now: datetime) -> PriceListVersion:
    """Make a scheduled version a draft again; the version before it holds on, until the next one begins.

    Locks the list. Checks who asks, and that the version is scheduled and its moment not at hand. Takes its prices'
    validity away and gives that of the version before back, in one transaction under the exclusion constraint. A
    version that this one had replaced at the same moment stays ended. Records ``price_list.unscheduled``. Raises
    ``NotAllowed``, ``NotThere``, ``WrongState`` and ``Conflict``.
    """
    version = _to_take_back(actor, version_uuid, now)
    was_from, until = version.valid_from, version.valid_until
    before = _ended_by(version)
    execute(_EMPTY, {"version": version.pk})
    version.status, version.called_off_at = VersionStatus.DRAFT, now
    version.valid_from = version.valid_until = version.published_at = None
    version.save(update_fields=["status", "called_off_at", "valid_from", "valid_until", "published_at", "updated_at"])
    execute(_GO_ON, {"until": until, "versions": [one.pk for one in before]})
    for one in before:
        one.valid_until = until
        one.status = status_at(one, now)
        one.save(update_fields=["valid_until", "status", "updated_at"])
    _tell(
        actor,
        "price_list.unscheduled",
        version,
        id=version.uuid,
        until=until,
        goes_on=sorted(one.number for one in before),
        **{"from": was_from},
    )
    return version


@action
def carry_out_unscheduling(*, actor: Actor, version_uuid: uuid.UUID, now: datetime) -> None:
    """Take back what was asked for; a version that is scheduled no more stays as it is.

    Locks the list. Records ``price_list.unscheduled``, or ``price_list.unscheduling_refused`` with the reason.
    """
    version = PriceListVersion.objects.select_related("price_list").filter(uuid=version_uuid).first()
    if version is None or version.status == VersionStatus.DRAFT:
        return
    try:
        unschedule_price_list_version(actor=actor, version_uuid=version_uuid, now=now)
    except Refusal as refusal:
        _tell(actor, "price_list.unscheduling_refused", version, id=version.uuid, reason=str(refusal))


@action
def announce_calling_off(*, actor: Actor, event: Event) -> int:
    """Tell each partner that was told of a version that it is called off; to how many it was told.

    Locks the list. Checks that the version was not published again since, and who knows already. Records
    ``price_list.called_off`` once a partner, with the list, the number and when it would have begun.
    """
    asked = json.loads(event.payload)
    version = PriceListVersion.objects.filter(uuid=asked["id"]).first()
    if version is not None:
        lock(Space.PRICE_LIST, [version.price_list_id])
        version.refresh_from_db(fields=["status"])
        if version.status != VersionStatus.DRAFT:
            return 0
    payload = {name: asked[name] for name in ("list", "version", "id", "from")}
    told = told_of_version(event.subject_uuid, asked["id"])
    concerned = [partner_id for partner_id, news in told.items() if news["verb"] == "price_list.announced"]
    for partner_id in concerned:
        subject = Subject("price_list", event.subject_uuid, partner_id)
        record("price_list.called_off", actor=actor, subject=subject, payload=payload)
    return len(concerned)


def _to_take_back(actor: Actor, version_uuid: uuid.UUID, now: datetime) -> PriceListVersion:
    can_keep_prices(actor=actor).enforce()
    version = PriceListVersion.objects.select_related("price_list").filter(uuid=version_uuid).first()
    if version is None:
        raise NotThere
    lock(Space.PRICE_LIST, [version.price_list_id])
    version.refresh_from_db(fields=["status", "valid_from", "valid_until", "published_at"])
    status = version.status if version.status == VersionStatus.DRAFT else status_at(version, now)
    if status != VersionStatus.SCHEDULED:
        raise WrongState(state=status, allowed=[VersionStatus.SCHEDULED])
    assert version.valid_from is not None
    if version.valid_from <= now + TOO_LATE:
        raise Conflict(
            _("It comes into force within two minutes. Bring the prices before it back as a new version instead."),
            code="too_late",
        )
    return version


def _ended_by(version: PriceListVersion) -> list[PriceListVersion]:
    """The version that this one ends; what never held is not among them."""
    found = version.price_list.versions.exclude(status=VersionStatus.DRAFT).filter(
        valid_from__lt=version.valid_from, valid_until=version.valid_from
    )
    return list(found.order_by("pk"))


def _tell(actor: Actor, verb: str, version: PriceListVersion, **more: object) -> None:
    record(
        verb,
        actor=actor,
        subject=Subject("price_list", version.price_list.uuid),
        payload={"list": version.price_list.code, "version": version.number, **more},
        visibility=Visibility.INTERNAL,
    )
