"""A person's calendar: the page that makes and revokes its address, and the feed under it."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from icalendar import Calendar, Event

from concord.deals.actions.calendar import hash_of, make_calendar_feed, note_read, revoke_calendar_feed
from concord.deals.queries.calendar import Appointment, appointments, has_feed, live_feed
from concord.deals.rules import can_read_deals
from concord.portal.actor import actor_for_user
from concord.portal.doors import extranet_page
from concord.portal.enums import Door
from concord.portal.limits import Limit, TooMany, spend
from concord.portal.middleware import actor_of

#: calendars ask every few minutes; whoever guesses addresses asks more often
_READS = Limit("calendar", 60, timedelta(hours=1))
_GUESSES = Limit("calendar-guess", 60, timedelta(hours=1))


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(can_read_deals)
def settings_page(request: HttpRequest) -> HttpResponse:
    """The address of one's own calendar; a new one is shown this once."""
    actor = actor_of(request)
    address = ""
    if request.method == "POST":
        secret = make_calendar_feed(actor=actor, now=timezone.now())
        address = f"{settings.WAGTAILADMIN_BASE_URL.rstrip('/')}{reverse('deals:calendar-feed', args=[secret])}"
    response = render(request, "deals/calendar.html", {"feed": has_feed(actor.user_id or 0), "address": address})
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@extranet_page(can_read_deals)
def revoke(request: HttpRequest) -> HttpResponse:
    """The address leads nowhere from now on."""
    revoke_calendar_feed(actor=actor_of(request), now=timezone.now())
    messages.success(request, _("The address is revoked."))
    return redirect("deals:calendar")


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar under its secret address; whoever knows the address reads it, and a wrong one is not there."""
    digest = hash_of(secret)
    try:
        found = live_feed(digest)
        if found is None:
            spend(_GUESSES, str(get_adapter(request).get_client_ip(request)))
            raise Http404
        spend(_READS, digest)
    except TooMany as refusal:
        return HttpResponse(status=429, headers={"Retry-After": str(refusal.retry_after), "Cache-Control": "no-store"})
    actor = actor_for_user(found.user, Door.EXTRANET)
    if not actor.is_known or not can_read_deals(actor):
        raise Http404
    now = timezone.now()
    with translation.override(found.user.language):
        content = _calendar(appointments(actor, now=now), now)
    note_read(feed_id=found.pk, now=now)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _calendar(entries: list[Appointment], now: datetime) -> bytes:
    root = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    calendar = Calendar()
    calendar.add("prodid", "-//Concord//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("Deals"))
    for one in entries:
        event = Event()
        event.add("uid", f"{one.key}@concord")
        event.add("dtstamp", now)
        event.add("dtstart", one.starts)
        if one.ends is not None:
            event.add("dtend", one.ends)
        event.add("summary", one.title)
        event.add("url", f"{root}{one.path}")
        calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content
