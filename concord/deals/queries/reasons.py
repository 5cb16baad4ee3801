"""The reason codes on offer."""

from __future__ import annotations

from concord.deals.enums import ReasonKind
from concord.deals.models import ReasonCode


def reasons_for(kind: ReasonKind) -> list[ReasonCode]:
    """What can be chosen for a kind of decision, the usual reason first: in the order in which they were set up."""
    return list(ReasonCode.objects.filter(kind=kind, is_active=True).order_by("pk"))


def reasons_by_kind(*kinds: ReasonKind) -> dict[str, list[ReasonCode]]:
    """What can be chosen for several kinds of decision; one statement, none for no kind."""
    found: dict[str, list[ReasonCode]] = {kind.value: [] for kind in kinds}
    if found:
        for reason in ReasonCode.objects.filter(kind__in=list(found), is_active=True).order_by("pk"):
            found[reason.kind].append(reason)
    return found


def reason_named(kind: ReasonKind, code: str) -> ReasonCode | None:
    """A reason code on offer, or ``None``."""
    return ReasonCode.objects.filter(kind=kind, code=code, is_active=True).first()
