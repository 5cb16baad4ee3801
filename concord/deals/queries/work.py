"""What was done for deals: the kinds on offer, what counts as activity at the customer, and what is due."""

from __future__ import annotations

from datetime import datetime

from django.db.models import OuterRef, QuerySet

from concord.deals.models import Activity, Deal, KindOfActivity


def kind_of_activity(code: str) -> KindOfActivity | None:
    """A kind on offer by its code."""
    return KindOfActivity.objects.filter(code=code, is_active=True).first()


def qualified_activities(deal: Deal, since: datetime | OuterRef, until: datetime) -> QuerySet[Activity]:
    """Activities at the customer that count for the programme, happened in ``[since, until)``; count or list them.

    Which kinds count is set in the desk. Notes for the vendor alone never count: they are not the partner's work.
    """
    return Activity.objects.filter(
        deal=deal, kind__is_qualified=True, is_internal=False, happened_at__gte=since, happened_at__lt=until
    )
