"""How a deal looks in templates: `{% load deals %}`."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from concord.deals.enums import FINAL_STAGES
from concord.deals.models import Deal, Lead
from concord.deals.pool_tables import lead_title
from concord.deals.rules import state_label
from concord.portal import registry
from concord.portal.countries import country_name
from concord.portal.ui.looks import Look, look_of

register = template.Library()
register.filter("country_name", country_name)


@register.simple_tag
def deal_state(deal: Deal) -> Look:
    """The look of a deal's state: tone, icon and word."""
    return look_of(deal.state, kind="deal", label=state_label(deal))


@register.simple_tag
def deal_crumbs(deal: Deal | None = None) -> list[tuple[str, str]]:
    """What lies above a page: the list of deals, and the deal itself where the page is a part of it."""
    above = [(gettext("Deals"), reverse("deals:list"))]
    if deal is not None:
        above.append((deal.customer_name, reverse("deals:detail", args=[deal.uuid])))
    return above


@register.simple_tag
def deal_quote_url(deal: Deal) -> str:
    """Where a quote of this deal's story is begun; empty where there is nobody to quote yet, or the sale is over.

    A registration that was not approved gives no benefit; the price in force is quoted all the same.
    """
    if deal.end_customer_id is None or deal.sales_stage in FINAL_STAGES:
        return ""
    try:
        return f"{reverse('pricing:quote-new')}?story=deal:{deal.uuid}"
    except NoReverseMatch:
        return ""


@register.simple_tag
def quote_url(public_id: object) -> str:
    """The page of a quote, as its package has registered it."""
    address = registry.subject_urls.get("quote")
    return address(str(public_id)) if address else ""


@register.simple_tag
def library_url() -> str:
    """The library, where there is one."""
    try:
        return reverse("documents:library")
    except NoReverseMatch:
        return ""


@register.simple_tag
def lead_name(lead: Lead) -> str:
    """What a lead is called before and after its customer may be read."""
    return lead_title(lead)
