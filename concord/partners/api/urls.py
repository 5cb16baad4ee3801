"""Addresses of the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.partners.api.customers import CustomerListView, CustomerView
from concord.partners.api.merging import CustomerMergeView, CustomerUnmergeView
from concord.partners.api.partners import PartnerListView, PartnerView

urlpatterns: list[URLPattern | URLResolver] = [
    path("customers/", CustomerListView.as_view(), name="customers"),
    path("customers/<uuid:customer_uuid>/", CustomerView.as_view(), name="customer"),
    path("customers/<uuid:customer_uuid>/merge/", CustomerMergeView.as_view(), name="customer-merge"),
    path("customers/<uuid:customer_uuid>/unmerge/", CustomerUnmergeView.as_view(), name="customer-unmerge"),
    path("partners/", PartnerListView.as_view(), name="partners"),
    path("partners/<str:code>/", PartnerView.as_view(), name="partner"),
]
