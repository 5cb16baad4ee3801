"""API clients in the desk: of the vendor's own systems and of partners."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin.ui.tables import Column

from concord.partners.access import access_api_client
from concord.partners.actions.api_clients import create_api_client, renew_secret, revoke_api_client
from concord.partners.filters import ApiClientFilter
from concord.partners.forms.desk import DeskClientForm
from concord.partners.models import ApiClient, Partner
from concord.portal.desk import ScopedIndexView, ScopedInspectView, ScopedModelViewSet, desk_actor, needs_role
from concord.portal.doors import refuse_form
from concord.portal.enums import Role
from concord.portal.models import User
from concord.portal.refusals import NotThere, Refusal


class ClientIndexView(ScopedIndexView):
    """All clients, with what the columns show."""

    def get_base_queryset(self) -> models.QuerySet[Any]:
        """Scoped, newest first."""
        return super().get_base_queryset().select_related("client", "partner")


class ClientInspectView(ScopedInspectView):
    """One client, with what can be done about it."""

    template_name = "partners/desk/api_client.html"


@require_http_methods(["GET", "POST"])
@needs_role(Role.CHANNEL_MANAGER)
def create(request: HttpRequest) -> HttpResponse:
    """Make a client; the answer shows its secret, this once."""
    assert isinstance(request.user, User)
    actor = desk_actor(request.user)
    form = DeskClientForm(request.POST or None)
    partners = form.fields["partner"]
    partners.queryset = Partner.objects.visible_to(actor).order_by("name")  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            client, secret = create_api_client(actor=actor, **form.cleaned_data)
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            return _secret(request, client, secret)
    return render(request, "partners/desk/new_api_client.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@needs_role(Role.CHANNEL_MANAGER)
def renew(request: HttpRequest, client_uuid: str) -> HttpResponse:
    """Replace a secret; the answer shows the new one, this once."""
    assert isinstance(request.user, User)
    actor = desk_actor(request.user)
    try:
        client = access_api_client(actor, client_uuid)
        return _secret(request, client, renew_secret(actor=actor, api_client=client))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("api_clients:index")


@require_POST
@needs_role(Role.CHANNEL_MANAGER)
def revoke(request: HttpRequest, client_uuid: str) -> HttpResponse:
    """End a client for good."""
    assert isinstance(request.user, User)
    actor = desk_actor(request.user)
    try:
        client = access_api_client(actor, client_uuid)
        revoke_api_client(actor=actor, api_client=client, now=timezone.now())
    except NotThere:
        messages.error(request, _("Not found."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s can no longer call the API.") % {"name": client.name})
    return redirect("api_clients:index")


def _secret(request: HttpRequest, client: ApiClient, secret: str) -> HttpResponse:
    return render(request, "partners/desk/secret.html", {"api_client": client, "secret": secret})


class ApiClientViewSet(ScopedModelViewSet):
    """Systems that call the API. They are made, renewed and revoked; there is nothing to edit."""

    model = ApiClient
    name = "api_clients"
    icon = "key"
    menu_label = gettext_lazy("API clients")
    index_view_class = ClientIndexView
    inspect_view_class = ClientInspectView
    form_fields = ["name"]
    list_display = [
        "name",
        "partner",
        Column("client_id", label=gettext_lazy("Client id")),
        "created_at",
        "revoked_at",
    ]
    filterset_class = ApiClientFilter
    search_fields = ["name", "client__id", "partner__name"]
    ordering = ["-created_at"]
    inspect_view_fields = ["name", "partner", "created_at", "revoked_at"]

    def get_urlpatterns(self) -> list[Any]:
        """Wagtail's lists, and our own ways to make and to end a client."""
        kept = [one for one in super().get_urlpatterns() if one.name in {"index", "index_results", "inspect"}]
        return [
            *kept,
            path("new/", create, name="add"),
            path("<uuid:client_uuid>/renew/", renew, name="renew"),
            path("<uuid:client_uuid>/revoke/", revoke, name="revoke"),
        ]
