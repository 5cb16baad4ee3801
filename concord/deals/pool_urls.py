"""Addresses of the pool's pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.deals.views import pool

app_name = "pool"

urlpatterns: list[URLPattern | URLResolver] = [
    path("pool/", pool.pool_list, name="list"),
    path("pool/mine/", pool.own_list, name="mine"),
    path("pool/<uuid:lead_uuid>/", pool.lead_page, name="lead"),
    path("pool/<uuid:lead_uuid>/do/<slug:deed>/", pool.do, name="do"),
    path("pool/<uuid:lead_uuid>/contacts/", pool.contact, name="contact"),
]
