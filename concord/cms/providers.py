"""What this package, standing above all others, adds to the search across everything."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from concord.cms.queries.pages import find_pages
from concord.partners.models import EndCustomer
from concord.partners.queries.customers import find_customers
from concord.portal.actor import Actor
from concord.portal.countries import country_name
from concord.portal.enums import Role
from concord.portal.registry import SearchProvider, SearchResult


def _pages(actor: Actor, text: str, limit: int) -> Sequence[SearchResult]:
    return [
        SearchResult(
            title=page.title,
            url=page.url or "/",
            kind=page.specific_class._meta.verbose_name,
            icon="news" if page.content_type.model == "newspage" else "book",
            summary=excerpt,
        )
        for page, excerpt in find_pages(text, language=get_language() or "en", limit=limit)
    ]


def _customers(actor: Actor, text: str, limit: int) -> Sequence[SearchResult]:
    """Customers that the reader has a relation to; a click shows the deals with them."""
    if not (actor.is_partner or actor.has_role(Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)):
        return []
    rows = find_customers(actor, EndCustomer.objects.visible_to(actor).alive(), text)[:limit]
    deals = reverse("deals:list")
    return [
        SearchResult(
            title=customer.legal_name,
            url=f"{deals}?{urlencode({'q': customer.legal_name})}",
            kind=_("Customer"),
            icon="building",
            summary=" · ".join(filter(None, [customer.city, country_name(customer.country)])),
        )
        for customer in rows
    ]


PROVIDERS = (
    SearchProvider("customers", 20, _customers),
    SearchProvider("pages", 70, _pages),
)
