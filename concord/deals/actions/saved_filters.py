"""Filters that people at the desk keep for themselves."""

from __future__ import annotations

import uuid

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from concord.deals.models import SavedFilter
from concord.deals.rules import can_read_desk
from concord.portal.actor import Actor
from concord.portal.refusals import Conflict, InvalidInput, NotThere
from concord.portal.work import action

MOST = 30
#: places in a list, not filters of it
_PLACES = ("p", "page", "export")


@action
def save_filter(*, actor: Actor, list_name: str, name: str, query: str) -> SavedFilter:
    """Keep a list's filter under a name; the same name again replaces it.

    Locks nothing. Checks role, name and length. Writes the person's own row; records no event. Raises ``NotAllowed``,
    ``InvalidInput``, ``Conflict``.
    """
    can_read_desk(actor).enforce()
    name = name.strip()
    if not 1 <= len(name) <= 60 or "\x00" in name:
        raise InvalidInput.at("/name", "length", _("A name has from 1 to 60 characters."))
    chosen = QueryDict(query.lstrip("?")[:4000], mutable=True)
    for place in _PLACES:
        chosen.pop(place, None)
    kept = chosen.urlencode()
    if len(kept) > 1000 or list_name not in {"queue", "all"}:
        raise InvalidInput.at("/query", "too_long", _("This filter cannot be kept."))
    own = SavedFilter.objects.filter(user_id=actor.user_id or 0, list_name=list_name)
    if own.count() >= MOST and not own.filter(name=name).exists():
        raise Conflict(_("At most %(most)d filters are kept. Remove one first.") % {"most": MOST}, code="too_many")
    saved, _created = SavedFilter.objects.update_or_create(
        user_id=actor.user_id or 0, list_name=list_name, name=name, defaults={"query": kept}
    )
    return saved


@action
def remove_filter(*, actor: Actor, filter_uuid: uuid.UUID) -> None:
    """Forget one of one's own filters. Locks and records nothing. Raises ``NotThere`` for somebody else's."""
    gone, _rows = SavedFilter.objects.filter(user_id=actor.user_id or 0, uuid=filter_uuid).delete()
    if not gone:
        raise NotThere
