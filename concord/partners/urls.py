"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.partners.views import company

app_name = "partners"

urlpatterns: list[URLPattern | URLResolver] = [
    path("company/", company.company, name="company"),
    path("company/people/invite/", company.invite, name="invite"),
    path("company/people/<uuid:member_uuid>/role/", company.change_role, name="change-role"),
    path("company/people/<uuid:member_uuid>/deactivate/", company.deactivate, name="deactivate"),
    path("company/people/<uuid:member_uuid>/reactivate/", company.reactivate, name="reactivate"),
    path("company/people/<uuid:member_uuid>/invite-again/", company.invite_again, name="invite-again"),
    path("company/api-clients/new/", company.create_client, name="create-client"),
    path("company/api-clients/<uuid:client_uuid>/secret/", company.renew_secret, name="renew-secret"),
    path("company/api-clients/<uuid:client_uuid>/revoke/", company.revoke_client, name="revoke-client"),
]
