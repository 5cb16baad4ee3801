"""Addresses of the API that belong to no package."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.portal.api.events import EventFeedView
from concord.portal.api.imports import ImportListView, ImportMappingView, ImportRejectionsView, ImportView
from concord.portal.api.root import RootView

urlpatterns: list[URLPattern | URLResolver] = [
    path("", RootView.as_view(), name="root"),
    path("events/", EventFeedView.as_view(), name="events"),
    path("imports/", ImportListView.as_view(), name="imports"),
    path("imports/<uuid:run_uuid>/", ImportView.as_view(), name="import-detail"),
    path("imports/<uuid:run_uuid>/rejected/", ImportRejectionsView.as_view(), name="import-rejections"),
    path("imports/<uuid:run_uuid>/mapping/", ImportMappingView.as_view(), name="import-mapping"),
]
