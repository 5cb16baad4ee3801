"""Filters of the pool; they stay in the address, and none of them looks at what is hidden from the reader."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from concord.deals.models import Lead, LeadSource
from concord.deals.pool_enums import CompanySize, LeadState
from concord.deals.queries.leads import search_leads
from concord.partners.models import Partner, ProductFamily
from concord.portal.countries import country_choices
from concord.portal.desk import desk_actor
from concord.portal.middleware import actor_of
from concord.portal.models import User


class PoolFilter(django_filters.FilterSet):
    """The extranet's list: text, country, family, size."""

    q = django_filters.CharFilter(label=_("Search"), method="by_text")
    country = django_filters.ChoiceFilter(
        label=_("Country"), field_name="customer_country", choices=country_choices, empty_label=_("Any country")
    )
    family = django_filters.ModelChoiceFilter(
        label=_("Product family"),
        queryset=ProductFamily.objects.all(),
        to_field_name="code",
        method="with_family",
        empty_label=_("Any family"),
    )
    size = django_filters.ChoiceFilter(
        label=_("Size of the company"),
        choices=[(size.value, size.label) for size in CompanySize if size.value],
        empty_label=_("Any size"),
    )

    class Meta:
        model = Lead
        fields: list[str] = []

    def by_text(self, leads: QuerySet[Lead], _name: str, text: str) -> QuerySet[Lead]:
        """City, sector and summary; of one's own also the names."""
        return search_leads(leads, actor_of(self.request), text)

    def with_family(self, leads: QuerySet[Lead], _name: str, family: ProductFamily) -> QuerySet[Lead]:
        """Those about a family, and those that name none."""
        return leads.filter(Q(families=family) | Q(families__isnull=True)).distinct()


def _partners(request: HttpRequest | None) -> QuerySet[Partner]:
    if request is None or not isinstance(request.user, User):
        return Partner.objects.none()
    return Partner.objects.visible_to(desk_actor(request.user))


class DeskLeadFilter(WagtailFilterSet):
    """The desk's list: state, source, who holds it, family."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=LeadState.choices)
    source = django_filters.ModelChoiceFilter(label=_("Source"), queryset=LeadSource.objects.all())
    partner = django_filters.ModelChoiceFilter(label=_("Partner"), queryset=_partners)
    families = django_filters.ModelChoiceFilter(label=_("Product family"), queryset=ProductFamily.objects.all())

    class Meta:
        model = Lead
        fields: list[str] = []
