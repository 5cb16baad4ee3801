"""Pre-checks: answered, counted and kept, because they can be used to fish for the vendor's customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from concord.deals.models import ConflictCheck
from concord.deals.queries.precheck import Answer, check_claim, families_by_code
from concord.partners.queries.twins import CustomerClaim
from concord.portal.actor import Actor
from concord.portal.limits import Limit, spend
from concord.portal.refusals import FieldError, InvalidInput, NotAllowed
from concord.portal.work import action

PER_PERSON: Final = Limit("conflict-check-user", 120, timedelta(hours=1))
PER_PARTNER: Final = Limit("conflict-check-partner", 1_000, timedelta(days=1))
SHORTEST_NAME: Final = 2


@action
def check_conflict(*, actor: Actor, claim: CustomerClaim, family_codes: Sequence[str], now: datetime) -> Answer:
    """Answer whether a customer may be registered in these families (none named: in any).

    Locks nothing. Checks the claim and the limits of the person and of the partner. Writes one ``ConflictCheck``;
    records no event: nothing happened to anybody. Raises ``InvalidInput``, ``TooMany``, ``NotAllowed``.
    """
    if not actor.is_known:
        raise NotAllowed(_("Only partners and the vendor may ask this."))
    _demand_claim(claim)
    families = families_by_code(family_codes)
    unknown = [index for index, code in enumerate(family_codes) if code not in families]
    if unknown:
        message = _("There is no such product family.")
        raise InvalidInput([FieldError(f"/families/{index}", "unknown_family", message) for index in unknown])
    if actor.partner_id is not None:
        spend(PER_PERSON, str(actor.user_id))
        spend(PER_PARTNER, str(actor.partner_id))
    ids = [family.pk for family in families.values()] or None
    answer = check_claim(claim=claim, family_ids=ids, partner_id=actor.partner_id, now=now)
    ConflictCheck.objects.create(
        at=now,
        partner_id=actor.partner_id,
        user_id=actor.user_id,
        door=actor.door,
        asked_name=claim.name[:250],
        asked_country=claim.country,
        asked_families=sorted(families),
        verdict=answer.verdict,
    )
    return answer


def _demand_claim(claim: CustomerClaim) -> None:
    errors: list[FieldError] = []
    if not SHORTEST_NAME <= len(claim.name.strip()) <= 250 or "\x00" in claim.name:
        length = _("A customer's name has from %(least)d to 250 characters.") % {"least": SHORTEST_NAME}
        errors.append(FieldError("/customer/name", "length", length))
    if not (len(claim.country) == 2 and claim.country.isascii() and claim.country.isupper()):
        message = _("A country has two letters, such as DE or CN.")
        errors.append(FieldError("/customer/country", "country", message))
    if errors:
        raise InvalidInput(errors)
