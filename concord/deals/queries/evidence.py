"""The files of a deal, as their reader may see them."""

from __future__ import annotations

import uuid

from django.db.models import Count

from concord.deals.models import Deal, Evidence
from concord.portal.actor import Actor


def evidence_of(actor: Actor, deal: Deal, *, about: uuid.UUID | None = None) -> list[Evidence]:
    """A deal's evidence, oldest first, with how often each was fetched (``fetched``); ``about`` one record alone."""
    found = Evidence.objects.visible_to(actor).filter(deal=deal)
    if about is not None:
        found = found.filter(about=about)
    return list(found.select_related("by").annotate(fetched=Count("downloads")).order_by("at", "pk"))
