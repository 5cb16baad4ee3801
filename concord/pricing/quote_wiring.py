"""What quotes tell the floor when the apps are ready."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.invariants.guards import guarding_triggers
from concord.portal.ui.looks import Look, register_looks
from concord.portal.work import register_constraint
from concord.pricing import consumers
from concord.pricing.actions.benefits import benefit_held
from concord.pricing.actions.commitments import price_refused
from concord.pricing.actions.special_price_uses import SpecialPriceUsedUp
from concord.pricing.actions.special_prices import special_price_tied
from concord.pricing.desk import quotes as _desk  # noqa: F401 - its hooks register themselves
from concord.pricing.enums import QUOTE_EVENT_LABELS, CheckVerdict, DocumentVerdict
from concord.pricing.queries.quotes import quotes_listed


def wire_quotes() -> None:
    """Refusals of the database, names of events, looks of states, the menu, and the worker's part."""
    register_constraint("one_registration_benefit", benefit_held)
    register_constraint("one_price", price_refused)
    register_constraint("one_currency", price_refused)
    register_constraint("special_price_cap", SpecialPriceUsedUp)
    guarding_triggers.add("pricing_specialpriceuse special_price_cap")
    register_constraint("one_special_price", special_price_tied)
    registry.event_labels.update(QUOTE_EVENT_LABELS)
    register_looks(
        "quote",
        {
            "issued": Look("ok", "shield-check", pgettext_lazy("state", "In force")),
        },
    )
    register_looks("check", {CheckVerdict.UNKNOWN.value: Look("bad", "alert-triangle", CheckVerdict.UNKNOWN.label)})
    register_looks(
        "paper",
        {
            DocumentVerdict.ORIGINAL.value: Look("ok", "file-check", DocumentVerdict.ORIGINAL.label),
            DocumentVerdict.APPENDED.value: Look("bad", "alert-triangle", DocumentVerdict.APPENDED.label),
            DocumentVerdict.EDITED.value: Look("bad", "alert-triangle", DocumentVerdict.EDITED.label),
            DocumentVerdict.RESAVED.value: Look("warn", "alert-triangle", DocumentVerdict.RESAVED.label),
            DocumentVerdict.NOT_OURS.value: Look("bad", "circle-x", DocumentVerdict.NOT_OURS.label),
            DocumentVerdict.UNREADABLE.value: Look("muted", "file-x", DocumentVerdict.UNREADABLE.label),
        },
    )
    registry.menu_items.append(
        registry.MenuItem(
            label=_("Quotes"),
            url_name="pricing:quote-list",
            icon="file-invoice",
            order=50,
            also=("/special-prices/",),
            allowed=lambda actor: actor.sees_business and not actor.roles <= {Role.CONTENT_EDITOR},
        )
    )
    registry.subject_urls["quote"] = lambda uuid: reverse("pricing:quote-detail", args=[uuid])
    registry.search_providers.append(registry.SearchProvider("quotes", 30, _search))
    consumers.register()


def _search(actor: Actor, text: str, limit: int) -> list[registry.SearchResult]:
    """Quotes by number, customer or product, for the search across everything."""
    return [
        registry.SearchResult(
            title=f"{quote.number} · {quote.customer_name}",
            url=reverse("pricing:quote-detail", args=[quote.uuid]),
            kind=_("Quote"),
            icon="file-invoice",
            summary=str(quote.get_status_display()),
        )
        for quote in quotes_listed(actor, search=text, now=timezone.now())[:limit]
    ]
