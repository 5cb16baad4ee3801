"""What was done for deals: the kinds on offer, what counts as activity at the customer, and what is due."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from concord.deals.models import Activity, Deal, KindOfActivity


def kinds_on_offer() -> list[KindOfActivity]:
    """The kinds that an activity may have now; one statement."""
    return list(KindOfActivity.objects.filter(is_active=True))


def kind_of_activity(code: str) -> KindOfActivity | None:
    """A kind on offer by its code."""
    return KindOfActivity.objects.filter(code=code, is_active=True).first()


def qualified_activities(deal: Deal, since: datetime, until: datetime) -> QuerySet[Activity]:
    """Activities at the customer that count for the programme, happened in ``[since, until)``; count or list them.

    Which kinds count is set in the desk. Notes for the vendor alone never count: they are not the partner's work.
    """
    return Activity.objects.filter(
        deal=deal, kind__is_qualified=True, is_internal=False, happened_at__gte=since, happened_at__lt=until
    )
