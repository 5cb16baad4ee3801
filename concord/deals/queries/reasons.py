"""The reason codes on offer."""

from __future__ import annotations

from concord.deals.enums import ReasonKind
from concord.deals.models import ReasonCode


def reasons_for(kind: ReasonKind) -> list[ReasonCode]:
    """What can be chosen for a kind of decision, the usual reason first: in the order in which they were set up."""
    return list(ReasonCode.objects.filter(kind=kind, is_active=True).order_by("pk"))


def reason_named(kind: ReasonKind, code: str) -> ReasonCode | None:
    """A reason code on offer, or ``None``."""
    return ReasonCode.objects.filter(kind=kind, code=code, is_active=True).first()
