"""Addresses of the library."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.documents.views.download import download
from concord.documents.views.library import detail_page, library_page

app_name = "documents"

urlpatterns: list[URLPattern | URLResolver] = [
    path("library/", library_page, name="library"),
    path("library/<uuid:public_id>/", detail_page, name="detail"),
    path("library/<uuid:public_id>/download/", download, name="download"),
]
