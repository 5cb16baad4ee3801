"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from concord.pricing.api import catalogue_urls, quote_urls

urlpatterns: list[URLPattern | URLResolver] = [
    *catalogue_urls.urlpatterns,
    *quote_urls.urlpatterns,
]
