"""Filters of lists; they stay in the address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from concord.deals.enums import RegistrationType, ReviewStatus, SalesStage
from concord.deals.models import Deal
from concord.partners.models import Partner, ProductFamily, Tier
from concord.portal.desk import desk_actor
from concord.portal.models import User


def _partners(request: HttpRequest | None) -> QuerySet[Partner]:
    if request is None or not isinstance(request.user, User):
        return Partner.objects.none()
    return Partner.objects.visible_to(desk_actor(request.user))


class QueueFilter(WagtailFilterSet):
    """The desk's queue: whose, in which family, how urgent, with likely twins or without."""

    partner = django_filters.ModelChoiceFilter(label=_("Partner"), queryset=_partners)
    partner__tier = django_filters.ModelChoiceFilter(label=_("Tier"), queryset=Tier.objects.all())
    family = django_filters.ModelChoiceFilter(
        label=_("Product family"), queryset=ProductFamily.objects.all(), method="with_family"
    )
    clock = django_filters.ChoiceFilter(
        label=_("Answer"),
        choices=[("overdue", _("Overdue")), ("due_soon", _("Due soon")), ("in_time", _("In time"))],
        method="by_clock",
    )
    twins = django_filters.ChoiceFilter(
        label=_("Likely twins"), choices=[("yes", _("With twins")), ("no", _("Without twins"))], method="by_twins"
    )

    class Meta:
        model = Deal
        fields: list[str] = []

    def with_family(self, deals: QuerySet[Deal], _name: str, family: ProductFamily) -> QuerySet[Deal]:
        """Those that ask for a family."""
        return deals.filter(families__family=family)

    def by_clock(self, deals: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """By how urgent the answer is."""
        now = timezone.now()
        soon = now + timedelta(hours=4)
        if value == "overdue":
            return deals.filter(answer_due_at__lte=now)
        if value == "due_soon":
            return deals.filter(answer_due_at__gt=now, answer_due_at__lte=soon)
        return deals.filter(answer_due_at__gt=soon)

    def by_twins(self, deals: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """With likely twins or without."""
        return deals.filter(twins__isnull=value != "yes").distinct()


class DealReportFilter(WagtailFilterSet):
    """All deals in the desk."""

    partner = django_filters.ModelChoiceFilter(label=_("Partner"), queryset=_partners)
    review_status = django_filters.ChoiceFilter(label=_("Review"), choices=ReviewStatus.choices)
    sales_stage = django_filters.ChoiceFilter(label=_("Stage"), choices=SalesStage.choices)
    type = django_filters.ChoiceFilter(label=_("Type"), choices=RegistrationType.choices)

    class Meta:
        model = Deal
        fields: list[str] = []


class DealFilter(django_filters.FilterSet):
    """The extranet's list: text, state of the review, stage of the sale, mine or the company's."""

    q = django_filters.CharFilter(label=_("Search"), method="by_text")
    review_status = django_filters.ChoiceFilter(
        label=_("Review"), choices=ReviewStatus.choices, empty_label=_("Any review")
    )
    sales_stage = django_filters.ChoiceFilter(label=_("Stage"), choices=SalesStage.choices, empty_label=_("Any stage"))
    whose = django_filters.ChoiceFilter(
        label=_("Whose"),
        choices=[("mine", _("Mine"))],
        empty_label=_("The whole company's"),
        method="by_owner",
    )

    class Meta:
        model = Deal
        fields: list[str] = []

    def by_text(self, deals: QuerySet[Deal], _name: str, text: str) -> QuerySet[Deal]:
        """Title or customer."""
        return deals.filter(Q(title__icontains=text) | Q(customer_name__icontains=text))

    def by_owner(self, deals: QuerySet[Deal], _name: str, value: str) -> QuerySet[Deal]:
        """The reader's own."""
        request: Any = self.request
        return deals.filter(owner_id=request.user.pk) if value == "mine" else deals


__all__ = ["DealFilter", "DealReportFilter", "QueueFilter"]
