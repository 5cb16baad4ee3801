"""What this package brings to the desk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from concord.partners.desk.api_clients import ApiClientViewSet
from concord.partners.desk.customers import CustomerViewSet
from concord.partners.desk.people import MemberViewSet
from concord.partners.desk.programme import FamilyViewSet, PartnerViewSet, TierViewSet


class PartnersGroup(ViewSetGroup):
    """Everything about partners under one entry of the menu."""

    menu_label = _("Partners")
    menu_icon = "group"
    menu_order = 150
    items = (PartnerViewSet, MemberViewSet, CustomerViewSet, TierViewSet, FamilyViewSet, ApiClientViewSet)


@hooks.register("register_admin_viewset")
def partners() -> PartnersGroup:
    """Partners, people, customers, tiers, families, API clients."""
    return PartnersGroup()
