"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from concord.pricing import quote_urls

app_name = "pricing"

urlpatterns: list[URLPattern | URLResolver] = [*quote_urls.urlpatterns]
