"""Fetching for doors: what is not there and what is not the reader's are the same."""

from __future__ import annotations

import uuid
from datetime import datetime

from concord.documents.models import Collateral
from concord.documents.queries.library import entitled_to
from concord.portal.actor import Actor
from concord.portal.refusals import NotThere


def access_collateral(*, actor: Actor, public_id: uuid.UUID, now: datetime) -> Collateral:
    """A document that the actor is entitled to. Raises ``NotThere``."""
    found = entitled_to(actor=actor, now=now).select_related("minimum_tier").filter(uuid=public_id).first()
    if found is None:
        raise NotThere
    return found
