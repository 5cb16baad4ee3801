"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from concord.pricing import catalogue_urls, quote_urls

app_name = "pricing"

urlpatterns: list[URLPattern | URLResolver] = [*catalogue_urls.urlpatterns, *quote_urls.urlpatterns]
