"""Addresses of the pages of quotes and of the public check."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.pricing.views import (
    quote_actions,
    quote_check_forms,
    quote_checks,
    quote_forms,
    quote_revisions,
    quotes,
    special_prices,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("quotes/", quotes.quote_list, name="quote-list"),
    path("quotes/new/", quote_forms.quote_new, name="quote-new"),
    path("quotes/<uuid:uuid>/", quotes.quote_detail, name="quote-detail"),
    path("quotes/<uuid:uuid>/edit/", quote_forms.quote_edit, name="quote-edit"),
    path("quotes/<uuid:uuid>/document/", quotes.quote_document_state, name="quote-document"),
    path("quotes/<uuid:uuid>/pdf/", quotes.quote_pdf, name="quote-pdf"),
    path("quotes/<uuid:uuid>/issue/", quote_actions.quote_issue, name="quote-issue"),
    path("quotes/<uuid:uuid>/accept/", quote_actions.quote_accept, name="quote-accept"),
    path("quotes/<uuid:uuid>/decline/", quote_actions.quote_decline, name="quote-decline"),
    path("quotes/<uuid:uuid>/honour/", quote_actions.quote_honour, name="quote-honour"),
    path("quotes/<uuid:uuid>/withdraw/", quote_actions.quote_withdraw, name="quote-withdraw"),
    path("quotes/<uuid:uuid>/discard/", quote_actions.quote_discard, name="quote-discard"),
    path("quotes/<uuid:uuid>/revise/", quote_actions.quote_revise, name="quote-revise"),
    path("quotes/<uuid:uuid>/reprice/", quote_actions.quote_reprice, name="quote-reprice"),
    path("quotes/<uuid:uuid>/take/", quote_actions.quote_take, name="quote-take"),
    path("quotes/<uuid:uuid>/special-price/", special_prices.special_price_new, name="special-price-new"),
    path("quotes/<uuid:uuid>/special-price/chain/", special_prices.special_price_chain, name="special-price-chain"),
    path("quotes/<uuid:uuid>/compare/", quote_revisions.quote_compare, name="quote-compare"),
    path("special-prices/", special_prices.special_price_list, name="special-price-list"),
    path("check/", quote_checks.quote_check, name="quote-check"),
    path("check/documents/", quote_check_forms.quote_check_papers, name="quote-check-papers"),
    path("check/lines/", quote_check_forms.quote_check_lines, name="quote-check-lines"),
    path("check/mail/", quote_check_forms.quote_check_one_time_code, name="quote-check-mail"),
    path("check/<str:code>/", quote_checks.quote_check, name="quote-check-code"),
]
