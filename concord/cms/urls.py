"""Addresses of home, search and programme, and of what browsers ask for."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from django.views.generic import RedirectView

from concord.cms.views.enquiries import enquiry, enquiry_thanks
from concord.cms.views.home import home
from concord.cms.views.machines import manifest, robots
from concord.cms.views.pages import programme
from concord.cms.views.pictures import rendition
from concord.cms.views.search import search

app_name = "cms"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("search/", search, name="search"),
    path("programme/", programme, name="programme"),
    path("enquire/<slug:slug>/", enquiry, name="enquiry"),
    path("enquire/<slug:slug>/thanks/", enquiry_thanks, name="enquiry-thanks"),
    path("media/images/<path:name>", rendition, name="rendition"),
    path("robots.txt", robots, name="robots"),
    path("manifest.webmanifest", manifest, name="manifest"),
    path("favicon.ico", RedirectView.as_view(url="/static/portal/favicon.svg"), name="favicon"),
]
