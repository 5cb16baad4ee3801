"""The life of price lists: making one, publishing a version, ending its predecessor."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.imports import execute
from concord.portal.locking import Space, lock
from concord.portal.money import is_currency
from concord.portal.refusals import Conflict, InvalidInput, NotThere, WrongState
from concord.portal.work import action
from concord.pricing.enums import PriceKind, VersionStatus
from concord.pricing.models import PriceList, PriceListVersion, Quote
from concord.pricing.rules.catalogue import can_keep_prices

#: a clock that is a little behind does not make a publication one of the past
TOLERANCE = timedelta(minutes=5)

_CUT = """
UPDATE pricing_price SET validity = CASE WHEN lower(validity) < %(at)s
    THEN tstzrange(lower(validity), %(at)s, '[)') ELSE 'empty'::tstzrange END
WHERE version_id = ANY(%(versions)s) AND NOT isempty(validity)
"""
_HOLD = "UPDATE pricing_price SET validity = tstzrange(%(at)s, %(until)s, '[)') WHERE version_id = %(version)s"


@action
def create_price_list(
    *,
    actor: Actor,
    code: str,
    name: str,
    currency: str,
    markets: Sequence[str] = (),
    priority: int = 0,
    kind: str = PriceKind.CUSTOMER,
) -> PriceList:
    """Make an empty price list.

    Checks who asks, the currency and that no other list of the currency has this priority. Records
    ``price_list.created``. Raises ``NotAllowed`` and ``InvalidInput``.
    """
    can_keep_prices(actor=actor).enforce()
    if not is_currency(currency):
        raise InvalidInput.at("/currency", "unknown_currency", _("This is not a currency."))
    rival = PriceList.objects.filter(currency=currency, priority=priority).first()
    if rival is not None:
        raise InvalidInput.at("/priority", "tie", priority_tie(rival))
    created = PriceList.objects.create(
        code=code, name=name, currency=currency, markets=list(markets), priority=priority, kind=kind
    )
    record(
        "price_list.created",
        actor=actor,
        subject=_subject(created),
        payload={"code": code, "currency": currency},
        visibility=Visibility.INTERNAL,
    )
    return created


def priority_tie(rival: PriceList) -> str:
    """Two lists of one currency with one priority could tie; both are named to whoever saves the second."""
    return _("“%(list)s” has this priority for %(currency)s already; two lists could tie.") % {
        "list": rival.name,
        "currency": rival.currency,
    }


@action
def publish_price_list_version(
    *, actor: Actor, version_uuid: uuid.UUID, at: datetime, now: datetime
) -> PriceListVersion:
    """Let a draft's prices hold from ``at`` on (aware), until the next published version begins.

    Locks the list. Checks that the version is a draft with prices, and that no issued quote rests on prices of a time
    that would be rewritten. Gives its prices their validity and ends those of the version before, in one transaction
    under the exclusion constraint. Records ``price_list.published``. Raises ``NotAllowed``, ``NotThere``,
    ``WrongState``, ``InvalidInput`` and ``Conflict``.
    """
    can_keep_prices(actor=actor).enforce()
    version = PriceListVersion.objects.select_related("price_list").filter(uuid=version_uuid).first()
    if version is None:
        raise NotThere
    price_list = version.price_list
    lock(Space.PRICE_LIST, [price_list.pk])
    version.refresh_from_db(fields=["status"])
    if version.status != VersionStatus.DRAFT:
        raise WrongState(state=version.status, allowed=[VersionStatus.DRAFT])
    if not version.prices.exists():
        raise InvalidInput.at("/version", "empty", _("This version has no prices yet."))
    demand_unquoted(price_list, at=at, now=now)
    published = price_list.versions.exclude(status=VersionStatus.DRAFT)
    following = published.filter(valid_from__gt=at).order_by("valid_from").first()
    before = list(published.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at))
    until = following.valid_from if following else None
    execute(_CUT, {"at": at, "versions": [one.pk for one in before]})
    for one in before:
        one.valid_until = at
        one.status = status_at(one, now)
        one.save(update_fields=["valid_until", "status", "updated_at"])
    execute(_HOLD, {"at": at, "until": until, "version": version.pk})
    version.valid_from, version.valid_until, version.published_at = at, until, now
    version.status = status_at(version, now)
    version.save(update_fields=["valid_from", "valid_until", "published_at", "status", "updated_at"])
    record(
        "price_list.published",
        actor=actor,
        subject=_subject(price_list),
        payload={
            "list": price_list.code,
            "version": version.number,
            "from": at,
            "until": until,
            "prices": version.prices.count(),
            "ended": sorted(one.number for one in before),
        },
        visibility=Visibility.INTERNAL,
    )
    return version


def status_at(version: PriceListVersion, now: datetime) -> VersionStatus:
    """Where a published version stands at a moment."""
    assert version.valid_from is not None
    if version.valid_until is not None and (version.valid_until <= now or version.valid_until <= version.valid_from):
        return VersionStatus.ENDED
    return VersionStatus.IN_FORCE if version.valid_from <= now else VersionStatus.SCHEDULED


@action
def turn_versions(*, actor: Actor, now: datetime) -> int:
    """Let scheduled versions whose moment has come be in force, and those whose time is up be ended; how many turned.

    Prices need none of this, their validity says it all; it is for the eye. Records ``price_list.turned``.
    """
    due = PriceListVersion.objects.filter(
        Q(status=VersionStatus.SCHEDULED, valid_from__lte=now)
        | Q(status__in=[VersionStatus.SCHEDULED, VersionStatus.IN_FORCE], valid_until__lte=now)
    )
    turned = 0
    for version in due.select_related("price_list").select_for_update(of=("self",), skip_locked=True):
        version.status = status_at(version, now)
        version.save(update_fields=["status", "updated_at"])
        record(
            "price_list.turned",
            actor=actor,
            subject=_subject(version.price_list),
            payload={"list": version.price_list.code, "version": version.number, "status": version.status},
            visibility=Visibility.INTERNAL,
        )
        turned += 1
    return turned


def _subject(price_list: PriceList) -> Subject:
    return Subject("price_list", price_list.uuid)


def demand_unquoted(price_list: PriceList, *, at: datetime, now: datetime) -> None:
    """Prices of a time that quotes rest on are not rewritten. Raises ``Conflict``."""
    if at >= now - TOLERANCE:
        return
    quoted = Quote.objects.unscoped("prices that any quote rests on are not rewritten").filter(
        currency=price_list.currency, issued_at__gte=at
    )
    if quoted.exists():
        raise Conflict(
            _("Quotes rest on the prices since then. Choose a moment from now on."), code="would_rewrite_prices"
        )
