"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.deals.views import (
    brief,
    calendar,
    detail,
    emergency,
    evidence,
    handover,
    lists,
    protection,
    registration,
    story,
)

app_name = "deals"

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendar/", calendar.settings_page, name="calendar"),
    path("calendar/revoke/", calendar.revoke, name="calendar-revoke"),
    path("calendar/<str:secret>.ics", calendar.feed, name="calendar-feed"),
    path("deals/closed/", emergency.closed, name="closed"),
    path("handover/<uuid:member_uuid>/", handover.handover, name="handover"),
    path("deals/", lists.deal_list, name="list"),
    path("deals/new/", registration.create, name="create"),
    path("deals/check/", registration.check, name="check"),
    path("deals/products/", registration.suggest, name="products"),
    path("deals/lines/", registration.preview, name="lines"),
    path("deals/<uuid:deal_uuid>/", detail.detail, name="detail"),
    path("deals/<uuid:deal_uuid>/history/", detail.history, name="history"),
    path("deals/<uuid:deal_uuid>/edit/", registration.edit, name="edit"),
    path("deals/<uuid:deal_uuid>/activities/", detail.note, name="note"),
    path("deals/<uuid:deal_uuid>/steps/<uuid:activity_uuid>/done/", detail.step_done, name="step-done"),
    path("deals/<uuid:deal_uuid>/evidence/", evidence.attach, name="evidence"),
    path("deals/<uuid:deal_uuid>/evidence/<uuid:evidence_uuid>/", evidence.download, name="evidence-file"),
    path("deals/<uuid:deal_uuid>/activities/<uuid:activity_uuid>/", story.activity, name="activity"),
    path("deals/<uuid:deal_uuid>/break-glass/", emergency.open_one, name="break-glass"),
    path("deals/<uuid:deal_uuid>/brief/", brief.brief, name="brief"),
    path("deals/<uuid:deal_uuid>/brief.pdf", brief.brief_pdf, name="brief-pdf"),
    path("deals/<uuid:deal_uuid>/competitor/", story.competitor, name="competitor"),
    path("deals/<uuid:deal_uuid>/story/<slug:sort>/", story.item, name="story-new"),
    path("deals/<uuid:deal_uuid>/story/<slug:sort>/<uuid:item_uuid>/", story.item, name="story-item"),
    path("deals/<uuid:deal_uuid>/contacts/<uuid:item_uuid>/left/", story.left, name="contact-left"),
    path("deals/<uuid:deal_uuid>/promises/<uuid:item_uuid>/<slug:state>/", story.settle, name="promise-settle"),
    path("deals/<uuid:deal_uuid>/do/<slug:deed>/", detail.do, name="do"),
    path("deals/<uuid:deal_uuid>/ask/<slug:what>/", protection.ask, name="ask"),
    path("precedents/", protection.precedent_list, name="precedents"),
]
