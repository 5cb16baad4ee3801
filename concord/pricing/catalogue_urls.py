"""Addresses of the pages of prices and stock."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.pricing.views import price_check

urlpatterns: list[URLPattern | URLResolver] = [
    path("prices/", price_check.price_check, name="check"),
    path("prices/products/", price_check.product_lookup, name="product-lookup"),
    path("prices/receipt/", price_check.price_receipt, name="receipt"),
    path("prices/export/", price_check.price_export, name="export"),
]
