"""Addresses of quotes, checks and special prices in the API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.pricing.api import quote_check_documents, quote_check_lines, quote_checks, quotes, special_prices

urlpatterns: list[URLPattern | URLResolver] = [
    path("quotes/", quotes.QuoteListView.as_view(), name="quote-list"),
    path("quotes/<uuid:uuid>/", quotes.QuoteDetailView.as_view(), name="quote-detail"),
    path("quotes/<uuid:uuid>/issue/", quotes.QuoteIssueView.as_view(), name="quote-issue"),
    path("quotes/<uuid:uuid>/revise/", quotes.QuoteReviseView.as_view(), name="quote-revise"),
    path("quotes/<uuid:uuid>/accept/", quotes.QuoteAcceptView.as_view(), name="quote-accept"),
    path("quotes/<uuid:uuid>/decline/", quotes.QuoteDeclineView.as_view(), name="quote-decline"),
    path("quotes/<uuid:uuid>/honour/", quotes.QuoteHonourView.as_view(), name="quote-honour"),
    path("quotes/<uuid:uuid>/withdraw/", quotes.QuoteWithdrawView.as_view(), name="quote-withdraw"),
    path("quotes/<uuid:uuid>/reprice/", quotes.QuoteRepriceView.as_view(), name="quote-reprice"),
    path("quotes/<uuid:uuid>/checks/", quote_checks.QuoteChecksView.as_view(), name="quote-checks-log"),
    path("quotes/<uuid:uuid>/pdf/", quotes.QuotePdfView.as_view(), name="quote-pdf"),
    path("quote-checks/", quote_check_documents.QuoteCheckDocumentsView.as_view(), name="quote-check-documents"),
    path("quote-checks/<str:code>/", quote_checks.QuoteCheckView.as_view(), name="quote-check"),
    path(
        "quote-checks/<str:code>/proofs/",
        quote_check_lines.QuoteCheckProofView.as_view(),
        name="quote-check-proof",
    ),
    path(
        "quote-checks/<str:code>/lines/",
        quote_check_lines.QuoteCheckLinesView.as_view(),
        name="quote-check-lines",
    ),
    path("special-prices/", special_prices.SpecialPriceListView.as_view(), name="special-price-list"),
    path("special-prices/<uuid:uuid>/", special_prices.SpecialPriceDetailView.as_view(), name="special-price-detail"),
    path(
        "special-prices/<uuid:uuid>/approve/",
        special_prices.SpecialPriceApproveView.as_view(),
        name="special-price-approve",
    ),
    path(
        "special-prices/<uuid:uuid>/reject/",
        special_prices.SpecialPriceRejectView.as_view(),
        name="special-price-reject",
    ),
]
