"""Registration benefits: what a live registration is worth in prices, granted from above and ended from there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.partners.models import ProductFamily
from concord.portal.events import Subject, record
from concord.portal.locking import database_clock, lock_end_customers
from concord.portal.periods import period
from concord.portal.refusals import Conflict, InvalidInput, Refusal
from concord.portal.work import action
from concord.pricing.models import RegistrationBenefit

if TYPE_CHECKING:
    from concord.portal.actor import Actor

_END = """
UPDATE pricing_registrationbenefit
SET period = tstzrange(lower(period), %(at)s, '[)'), updated_at = clock_timestamp()
WHERE granted_by_type = %(type)s AND granted_by_uuid = %(uuid)s AND lower(period) < %(at)s AND upper(period) > %(at)s
  AND (%(families)s::bigint[] IS NULL OR family_id = ANY(%(families)s))
RETURNING family_id
"""

_EXTEND = """
UPDATE pricing_registrationbenefit
SET period = tstzrange(lower(period), %(until)s, '[)'), updated_at = clock_timestamp()
WHERE granted_by_type = %(type)s AND granted_by_uuid = %(uuid)s
  AND upper(period) > clock_timestamp() AND upper(period) < %(until)s
RETURNING family_id
"""


def benefit_held() -> Refusal:
    """How the database's *no* to a second benefit is told: without saying whose the first one is."""
    return Conflict(
        _("A registration for this customer and product family is in force already."), code="benefit_conflict"
    )


@action
def grant_registration_benefit(
    *,
    actor: Actor,
    partner_id: int,
    end_customer_id: int,
    family_ids: Iterable[int],
    start: datetime,
    end: datetime,
    granted_by: Subject,
) -> list[RegistrationBenefit]:
    """Let a partner's prices at an end customer carry the registration discount of the families, ``[start, end)``.

    Locks the end customer. Checks that there are families and that the period is one. Writes one row per family and
    records ``benefit.granted`` on the chain of ``granted_by``. Raises ``InvalidInput``, and ``Conflict`` when a family
    has a benefit there already.
    """
    families = sorted(set(family_ids))
    if not families:
        raise InvalidInput.at("/families", "required", _("Name at least one product family."))
    if end <= start:
        raise InvalidInput.at("/end", "before_start", _("The end must come after the start."))
    lock_end_customers([end_customer_id])
    granted = RegistrationBenefit.objects.bulk_create(
        RegistrationBenefit(
            partner_id=partner_id,
            end_customer_id=end_customer_id,
            family_id=family_id,
            period=period(start, end),
            granted_by_type=granted_by.type,
            granted_by_uuid=granted_by.uuid,
        )
        for family_id in families
    )
    record(
        "benefit.granted",
        actor=actor,
        subject=granted_by,
        payload={"families": _codes(families), "from": start, "until": end},
    )
    return granted


@action
def end_registration_benefits(
    *, actor: Actor, granted_by: Subject, at: datetime | None = None, family_ids: Collection[int] | None = None
) -> int:
    """End what ``granted_by`` granted, at ``at`` (default: now, by the database's clock); how many rows were ended.

    ``family_ids``: in these families alone.

    Locks the end customers concerned. Benefits that had not begun by then are removed; one that ended earlier stays
    as it is, no end is ever moved later. Records ``benefit.ended`` on the chain of ``granted_by`` when something ended.
    """
    own = RegistrationBenefit.objects.filter(granted_by_type=granted_by.type, granted_by_uuid=granted_by.uuid)
    lock_end_customers(own.values_list("end_customer_id", flat=True))
    moment = at or database_clock()
    if family_ids is not None:
        own = own.filter(family_id__in=family_ids)
    unborn = list(own.filter(period__startswith__gte=moment).values_list("family_id", flat=True))
    own.filter(period__startswith__gte=moment).delete()
    ended = _run(_END, granted_by, at=moment, families=None if family_ids is None else sorted(family_ids)) + unborn
    if ended:
        payload = {"families": _codes(ended), "at": moment}
        record("benefit.ended", actor=actor, subject=granted_by, payload=payload)
    return len(ended)


@action
def extend_registration_benefits(*, actor: Actor, granted_by: Subject, until: datetime) -> int:
    """Let the live benefits that ``granted_by`` granted hold until a later moment; how many rows were extended.

    Locks the end customers concerned. Records ``benefit.extended``. Raises ``Conflict`` when another registration's
    benefit stands in the way.
    """
    own = RegistrationBenefit.objects.filter(granted_by_type=granted_by.type, granted_by_uuid=granted_by.uuid)
    lock_end_customers(own.values_list("end_customer_id", flat=True))
    extended = _run(_EXTEND, granted_by, until=until)
    if extended:
        payload = {"families": _codes(extended), "until": until}
        record("benefit.extended", actor=actor, subject=granted_by, payload=payload)
    return len(extended)


def _run(statement: str, granted_by: Subject, **values: datetime | list[int] | None) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"type": granted_by.type, "uuid": granted_by.uuid, **values})
        return [row[0] for row in cursor.fetchall()]


def _codes(family_ids: Iterable[int]) -> list[str]:
    return sorted(ProductFamily.objects.filter(pk__in=family_ids).values_list("code", flat=True))
