"""Filters of lists, named after fields."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q

from concord.partners.enums import PartnerStatus
from concord.partners.models import EndCustomer, Partner
from concord.partners.queries.customers import search_customers


class CustomerFilter(filters.FilterSet):
    """End customers."""

    search = filters.CharFilter(method="find", label="Part of a name in any spelling, a number or a site")
    country = filters.CharFilter(lookup_expr="iexact")
    city = filters.CharFilter(lookup_expr="iexact")
    external_id = filters.CharFilter(lookup_expr="exact")
    registration_number = filters.CharFilter(lookup_expr="iexact")

    class Meta:
        model = EndCustomer
        fields = ("country", "city", "external_id", "registration_number")

    def find(self, customers: Any, _name: str, text: str) -> Any:
        """As the desk finds them."""
        return search_customers(customers, text)


class PartnerFilter(filters.FilterSet):
    """Partners."""

    search = filters.CharFilter(method="find", label="Part of the name or code")
    status = filters.ChoiceFilter(choices=PartnerStatus.choices)
    tier = filters.CharFilter(field_name="tier__code", lookup_expr="iexact")
    country = filters.CharFilter(lookup_expr="iexact")
    family = filters.CharFilter(field_name="families__code", lookup_expr="iexact")

    class Meta:
        model = Partner
        fields = ("status", "tier", "country")

    def find(self, partners: Any, _name: str, text: str) -> Any:
        """By name or code."""
        return partners.filter(Q(name__icontains=text) | Q(code__icontains=text))
