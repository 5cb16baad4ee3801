"""What follows from this package's events."""

from __future__ import annotations

from concord.partners.actions.invitations import send_invitation
from concord.portal.events import Consumer
from concord.portal.models import Event


def invite(event: Event, _target: str) -> None:
    """A colleague was invited: the mail goes out."""
    send_invitation(event)


CONSUMERS = (Consumer("partners.invitation", frozenset({"member.invited"}), invite),)
