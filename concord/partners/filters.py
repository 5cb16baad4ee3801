"""Filters of lists, named after fields."""

from __future__ import annotations

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from concord.partners.enums import PartnerStatus
from concord.partners.models import ApiClient, EndCustomer, Member, Partner
from concord.partners.queries.customers import find_customers
from concord.portal.api.authentication import api_actor
from concord.portal.desk import desk_actor
from concord.portal.models import User


def _partners_for(request: HttpRequest) -> Any:
    user = request.user
    return Partner.objects.visible_to(desk_actor(user)).order_by("name") if isinstance(user, User) else None


class MemberFilter(WagtailFilterSet):
    """People in the desk."""

    partner = filters.ModelChoiceFilter(queryset=_partners_for, label=_("Partner"))

    class Meta:
        model = Member
        fields = ("role", "partner")


class ApiClientFilter(WagtailFilterSet):
    """API clients in the desk."""

    partner = filters.ModelChoiceFilter(queryset=_partners_for, label=_("Partner"))

    class Meta:
        model = ApiClient
        fields = ("partner",)


class CustomerFilter(filters.FilterSet):
    """End customers."""

    search = filters.CharFilter(method="find", label="Part of a name in any spelling, a number or a site")
    country = filters.CharFilter(lookup_expr="iexact")
    city = filters.CharFilter(lookup_expr="iexact")
    external_id = filters.CharFilter(method="of_vendor", label="Id in another system, for the vendor alone")
    registration_number = filters.CharFilter(lookup_expr="iexact")

    class Meta:
        model = EndCustomer
        fields = ("country", "city", "external_id", "registration_number")

    def find(self, customers: Any, _name: str, text: str) -> Any:
        """The vendor's systems as the desk finds them, a partner's by what it is shown."""
        return find_customers(api_actor(self.request), customers, text)

    def of_vendor(self, customers: Any, _name: str, number: str) -> Any:
        """The id in the vendor's own systems: nobody else finds anything by it."""
        return customers.filter(external_id=number) if api_actor(self.request).is_vendor else customers.none()


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
