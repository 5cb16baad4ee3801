"""What deals bring to the desk."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from concord.deals.desk.eligibility import EligibilityViewSet
from concord.deals.desk.home import QueuePanel
from concord.deals.desk.lead_sources import LeadSourceViewSet
from concord.deals.desk.leads_viewset import LeadsViewSet
from concord.deals.desk.protection_home import ProtectionPanel
from concord.deals.desk.protections import ClosingDayViewSet, ProtectionsViewSet
from concord.deals.desk.reasons import ReasonCodeViewSet
from concord.deals.desk.viewset import ForDealReaders, KindOfActivityViewSet, RegistrationsViewSet


@hooks.register("register_admin_viewset")
def registrations() -> RegistrationsViewSet:
    """The queue and the workbench."""
    return RegistrationsViewSet()


@hooks.register("register_admin_viewset")
def reason_codes() -> ReasonCodeViewSet:
    """The reason codes."""
    return ReasonCodeViewSet(add_to_settings_menu=True)


@hooks.register("register_admin_viewset")
def leads() -> LeadsViewSet:
    """The leads and the report on their sources."""
    return LeadsViewSet()


@hooks.register("register_admin_viewset")
def lead_sources() -> LeadSourceViewSet:
    """The sources of leads."""
    return LeadSourceViewSet(add_to_settings_menu=True)


@hooks.register("register_admin_menu_item")
def leads_entry() -> MenuItem:
    """Every lead."""
    return ForDealReaders(_("Leads"), reverse("leads:index"), name="leads", icon_name="user", order=130)


@hooks.register("register_admin_viewset")
def kinds_of_activity() -> KindOfActivityViewSet:
    """The kinds of activity."""
    return KindOfActivityViewSet(add_to_settings_menu=True)


@hooks.register("register_admin_viewset")
def eligibility_rules() -> EligibilityViewSet:
    """The rules of eligibility."""
    return EligibilityViewSet(add_to_settings_menu=True)


@hooks.register("register_admin_viewset")
def protections() -> ProtectionsViewSet:
    """Extensions, stops of the clock, appeals, what ends soon."""
    return ProtectionsViewSet()


@hooks.register("register_admin_viewset")
def closing_days() -> ClosingDayViewSet:
    """The vendor's own closing days."""
    return ClosingDayViewSet(add_to_settings_menu=True)


@hooks.register("register_admin_menu_item")
def protections_entry() -> MenuItem:
    """What protections wait for."""
    return ForDealReaders(
        _("Protections"), reverse("protections:index"), name="protections", icon_name="calendar-check", order=115
    )


@hooks.register("construct_homepage_panels")
def protections_on_home(request: HttpRequest, panels: list[Any]) -> None:
    """What protections wait for."""
    panels.append(ProtectionPanel())


@hooks.register("register_admin_menu_item")
def queue_entry() -> MenuItem:
    """Registrations that wait."""
    return ForDealReaders(
        _("Registrations"), reverse("registrations:queue"), name="registrations", icon_name="tasks", order=110
    )


@hooks.register("register_admin_menu_item")
def deals_entry() -> MenuItem:
    """Every deal."""
    return ForDealReaders(
        _("All deals"), reverse("registrations:all"), name="all-deals", icon_name="list-ul", order=120
    )


@hooks.register("construct_homepage_panels")
def queue_on_home(request: HttpRequest, panels: list[Any]) -> None:
    """The queue and its clocks."""
    panels.append(QueuePanel())


@hooks.register("insert_global_admin_css")
def workbench_style() -> SafeString:
    """The workbench's own styles."""
    return format_html('<link rel="stylesheet" href="{}">', static("deals/desk.css"))
