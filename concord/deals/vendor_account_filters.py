"""Filters of the list of customers of the vendor's own team; they stay in the address."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from concord.deals.models import VendorAccount
from concord.portal.countries import country_choices


class VendorAccountFilter(WagtailFilterSet):
    """By country, and since when."""

    country = django_filters.ChoiceFilter(
        label=_("Country"), field_name="end_customer__country", choices=country_choices
    )
    created_at = django_filters.DateFromToRangeFilter(label=_("Since"))

    class Meta:
        model = VendorAccount
        fields: list[str] = []
