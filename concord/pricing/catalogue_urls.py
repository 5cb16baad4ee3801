"""Addresses of the pages of prices and stock."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.pricing.views import bill_of_materials, price_check, price_lists, products

urlpatterns: list[URLPattern | URLResolver] = [
    path("prices/", price_check.price_check, name="check"),
    path("prices/products/", price_check.product_lookup, name="product-lookup"),
    path("prices/products/<uuid:product_uuid>/", products.product_detail, name="product"),
    path("prices/products/<uuid:product_uuid>/picture/", products.product_picture, name="product-picture"),
    path("prices/bill/", bill_of_materials.bill_of_materials, name="bill"),
    path("prices/receipt/", price_check.price_receipt, name="receipt"),
    path("prices/lists/", price_lists.price_list_index, name="price-lists"),
    path("prices/lists/<uuid:list_uuid>/", price_lists.price_list_page, name="price-list"),
    path("prices/export/", price_check.price_export, name="export"),
]
