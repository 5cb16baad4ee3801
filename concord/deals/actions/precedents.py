"""Publishing a judgement for everybody, without names."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import locked_deal, subject_of
from concord.deals.models import Appeal, Precedent
from concord.deals.protection_enums import AppealState
from concord.deals.queries.appeals import names_in
from concord.deals.rules import can_decide
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import record
from concord.portal.refusals import FieldError, InvalidInput, NotThere, WrongState
from concord.portal.work import action

_LONGEST = {"title": 200, "title_zh": 200, "text": 4_000, "text_zh": 4_000}


@action
def publish_precedent(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    title: str,
    text: str,
    now: datetime,
    title_zh: str = "",
    text_zh: str = "",
) -> Precedent:
    """Publish what an appeal decided; published again, the words are replaced.

    Locks the deal. Checks role, that the appeal was judged, the lengths, and that no text holds the name of a partner
    at this customer, of its people, or of the customer. Writes the precedent. Records ``deal.precedent_published`` for
    the vendor alone. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``InvalidInput``.
    """
    can_decide(actor).enforce()
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    appeal = Appeal.objects.unscoped("the deal was fetched through its scope").filter(deal=deal).first()
    if appeal is None:
        raise NotThere
    if appeal.state == AppealState.OPEN:
        allowed = [AppealState.UPHELD, AppealState.OVERTURNED]
        raise WrongState(state=appeal.state, allowed=allowed, message=_("This appeal has not been judged yet."))
    values = {"title": title.strip(), "title_zh": title_zh.strip(), "text": text.strip(), "text_zh": text_zh.strip()}
    _demand_sayable(appeal, values)
    precedent, _is_new = Precedent.objects.update_or_create(
        appeal=appeal,
        defaults={**values, "outcome": appeal.state, "published_on": now.date(), "published_by_id": actor.user_id},
    )
    record(
        "deal.precedent_published",
        actor=actor,
        subject=subject_of(deal),
        payload={"precedent": precedent.uuid},
        visibility=Visibility.INTERNAL,
    )
    return precedent


def _demand_sayable(appeal: Appeal, values: dict[str, str]) -> None:
    errors = [
        FieldError(f"/{name}", "required", _("Say what was decided.")) for name in ("title", "text") if not values[name]
    ]
    names = names_in(appeal)
    for name, said in values.items():
        if len(said) > _LONGEST[name] or "\x00" in said:
            most = {"most": _LONGEST[name]}
            errors.append(FieldError(f"/{name}", "max_length", _("At most %(most)d characters.") % most))
        elif any(one.casefold() in said.casefold() for one in names):
            errors.append(FieldError(f"/{name}", "names", _("This names a partner, a person or the customer.")))
    if errors:
        raise InvalidInput(errors)
