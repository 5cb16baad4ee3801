"""Addresses of catalogue, prices, price lists and stock in the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.pricing.api.catalogue import ProductListView, ProductView
from concord.pricing.api.price_checks import PriceCheckView
from concord.pricing.api.price_list_contents import ImpactProductsView, ImpactQuotesView, ImpactView, PricesView
from concord.pricing.api.price_lists import (
    PriceListsView,
    PublishView,
    RestoreView,
    UnscheduleView,
    VersionsView,
    VersionView,
)
from concord.pricing.api.stock import StockView

_LIST = "price-lists/<str:price_list>/versions/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("products/", ProductListView.as_view(), name="products"),
    path("products/<path:sku>/", ProductView.as_view(), name="product"),
    path("price-checks/", PriceCheckView.as_view(), name="price-checks"),
    path("price-lists/", PriceListsView.as_view(), name="price-lists"),
    path(_LIST, VersionsView.as_view(), name="price-list-versions"),
    path(f"{_LIST}<int:number>/", VersionView.as_view(), name="price-list-version"),
    path(f"{_LIST}<int:number>/publish/", PublishView.as_view(), name="price-list-publish"),
    path(f"{_LIST}<int:number>/restore/", RestoreView.as_view(), name="price-list-restore"),
    path(f"{_LIST}<int:number>/unschedule/", UnscheduleView.as_view(), name="price-list-unschedule"),
    path(f"{_LIST}<int:number>/impact/", ImpactView.as_view(), name="price-list-impact"),
    path(f"{_LIST}<int:number>/impact/products/", ImpactProductsView.as_view(), name="price-list-impact-products"),
    path(f"{_LIST}<int:number>/impact/quotes/", ImpactQuotesView.as_view(), name="price-list-impact-quotes"),
    path("price-lists/<str:price_list>/prices/", PricesView.as_view(), name="price-list-prices"),
    path("stock/", StockView.as_view(), name="stock"),
]
