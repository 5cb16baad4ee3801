"""Addresses of the floor's own pages: health for load balancers, and the API's document."""

from __future__ import annotations

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from health_check.views import HealthCheckView

from concord.portal.ui.views import brand_css, brand_logo, choose_language
from concord.portal.views import live

urlpatterns = [
    path("setlang/", choose_language, name="set_language"),
    path("brand.css", brand_css, name="brand-css"),
    path("brand/logo.png", brand_logo, name="brand-logo"),
    path("health/live/", live, name="health-live"),
    path(
        "health/ready/",
        HealthCheckView.as_view(checks=["health_check.checks.Database", "health_check.checks.Cache"]),
        name="health-ready",
    ),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
]
