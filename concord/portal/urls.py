"""The addresses of the portal. Every package brings its own by string; pages of the CMS come last."""

from __future__ import annotations

from allauth.idp.oidc import views as token_views
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from wagtail.admin.auth import require_admin_access

from concord.portal.api.root import NothingHereView
from concord.portal.api.tokens import token
from concord.portal.desk_history import SiteHistoryView
from concord.portal.views import desk_sign_in_page

api_v1: list[URLPattern | URLResolver] = [
    path("", include("concord.portal.api.urls")),
    path("", include("concord.partners.api.urls")),
    path("", include("concord.pricing.api.urls")),
    path("", include("concord.deals.api.urls")),
    path("<path:rest>", NothingHereView.as_view(), name="nothing-here"),
]

# Wagtail's own sign-in and password pages would pass by second factors and throttles: allauth's take their place.
desk_sign_in: list[URLPattern | URLResolver] = [
    path("desk/login/", desk_sign_in_page, name="desk-sign-in"),
    path("desk/logout/", RedirectView.as_view(pattern_name="account_logout")),
    path("desk/password_reset/", RedirectView.as_view(pattern_name="account_reset_password")),
]

# The report looks up what its entries are about, and has to say that it does so beyond the scope.
desk_history: list[URLPattern | URLResolver] = [
    path("desk/reports/site-history/", require_admin_access(SiteHistoryView.as_view())),
    path("desk/reports/site-history/results/", require_admin_access(SiteHistoryView.as_view(results_only=True))),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *desk_sign_in,
    *desk_history,
    path("desk/", include("wagtail.admin.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/oauth/token", token, name="api-token"),
    path("api/oauth/revoke", token_views.revoke, name="api-revoke"),
    path("", include("allauth.idp.urls")),
    path("api/v1/", include((api_v1, "api"))),
    path("", include("concord.portal.page_urls")),
    path("", include("concord.partners.urls")),
    path("", include("concord.documents.urls")),
    path("", include("concord.pricing.urls")),
    path("", include("concord.deals.urls")),
    path("", include("concord.deals.pool_urls")),
    path("", include("concord.cms.urls")),
    path("", include("concord.cms.page_urls")),
]
