"""Background work of prices and quotes. Each task is safe to repeat and to lose: the next beat does it again."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from concord.portal.actor import portal_actor
from concord.portal.invariants import check_due
from concord.portal.locking import Space, try_lock
from concord.portal.models import CheckRun
from concord.portal.work import unit_of_work
from concord.pricing.actions.drift import check_drift
from concord.pricing.actions.late_stamps import stamp_documents
from concord.pricing.actions.price_lists import turn_versions
from concord.pricing.actions.quote_checks import forget_checks
from concord.pricing.actions.quote_proofs import forget_proofs
from concord.pricing.actions.quotes import expire_quotes


@shared_task(ignore_result=True)
def expire_issued_quotes() -> int:
    """Mark the quotes whose last local day is over; how many. Their promises ended by themselves."""
    done = 0
    while batch := expire_quotes(now=timezone.now()):
        done += batch
    return done


@shared_task(ignore_result=True)
def turn_price_list_versions() -> int:
    """Say which versions of price lists came into force or ended; how many. Their prices did so by themselves."""
    return turn_versions(actor=portal_actor(), now=timezone.now())


@shared_task(ignore_result=True, time_limit=7_200)
def check_drift_nightly() -> int:
    """Replay all live quotes once a night, later when the night was missed; how many findings."""
    started = timezone.now()
    with unit_of_work():
        # A night's look may take longer than the beat: the next one finds somebody at it.
        if not check_due(CheckRun.Kind.DRIFT, now=started) or not try_lock(Space.CHECK, 2):
            return 0
        return check_drift(actor=portal_actor(), now=started).findings


@shared_task(ignore_result=True)
def stamp_late_documents() -> int:
    """Ask again for time stamps that documents could not get when they were signed; how many got theirs."""
    return stamp_documents(now=timezone.now())


@shared_task(ignore_result=True)
def forget_quote_checks() -> int:
    """Delete what the log of the public check need not keep any longer; how many rows. What is left, the next beat."""
    before, done = timezone.now() - timedelta(days=settings.QUOTE_CHECKS_KEPT_DAYS), 0
    while batch := forget_checks(before=before):
        done += batch
    return done


@shared_task(ignore_result=True)
def forget_mail_proofs() -> int:
    """Delete proofs of mail that are over; how many."""
    return forget_proofs(now=timezone.now())
