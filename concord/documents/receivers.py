"""Wagtail's own pages of the desk store and remove documents; here the log hears of it, whoever did it."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from wagtail.log_actions import get_active_log_context

from concord.documents.actions.collateral import tell_of_change, tell_of_removal
from concord.documents.models import Collateral
from concord.portal.actor import Actor, actor_for_user, portal_actor
from concord.portal.enums import Door


def _who() -> Actor:
    """The person at the desk, or the portal itself."""
    user = get_active_log_context().user
    return actor_for_user(user, Door.DESK) if user is not None else portal_actor()


def _stored(sender: type[Collateral], instance: Collateral, raw: bool = False, **kwargs: Any) -> None:
    # Size and hash that Wagtail fills in afterwards are no change of the document.
    if raw or set(kwargs.get("update_fields") or ["all"]) <= {"file_size", "file_hash"}:
        return
    tell_of_change(actor=_who(), collateral=instance)


def _removed(sender: type[Collateral], instance: Collateral, **kwargs: Any) -> None:
    tell_of_removal(actor=_who(), collateral=instance)


def connect() -> None:
    """Listen. Called when apps are ready."""
    post_save.connect(_stored, sender=Collateral, dispatch_uid="documents.stored")
    post_delete.connect(_removed, sender=Collateral, dispatch_uid="documents.removed")
