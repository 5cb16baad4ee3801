"""End customers in the desk: found by any spelling, with their twins and what people said of them."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from concord.partners.access import access_customer
from concord.partners.actions.customers import record_verdict
from concord.partners.actions.groups import set_parent
from concord.partners.actions.programme import save_customer
from concord.partners.desk.merging import merge, undo
from concord.partners.desk.paging import MOST_COUNTED, LongListPaginator
from concord.partners.desk.recorded import RecordedViewSet
from concord.partners.enums import Verdict
from concord.partners.forms.desk import CustomerForm
from concord.partners.models import EndCustomer
from concord.partners.queries.customers import MANY, around_customer, search_customers
from concord.partners.queries.merging import merges_of
from concord.portal.actor import Actor
from concord.portal.desk import ScopedIndexView, ScopedInspectView, desk_actor, needs_role
from concord.portal.enums import Role
from concord.portal.models import User
from concord.portal.refusals import InvalidInput, NotThere, Refusal


def _write_customer(actor: Actor, customer: EndCustomer, form: Any) -> EndCustomer:
    return save_customer(actor=actor, customer=customer, changed=form.changed_data)


class CustomerIndexView(ScopedIndexView):
    """Customers that were not merged away, searched as matching would."""

    results_template_name = "partners/desk/customers_results.html"

    @property
    def is_searchable(self) -> bool:
        """The search is our own."""
        return True

    def get_base_queryset(self) -> models.QuerySet[Any]:
        """Scoped and alive."""
        return super().get_base_queryset().alive()  # type: ignore[attr-defined,no-any-return]

    def search_queryset(self, queryset: Any) -> Any:
        """By name in any spelling, number or site."""
        return search_customers(queryset, self.search_query) if self.search_query else queryset

    def get_paginator(self, queryset: Any, per_page: int, **options: Any) -> LongListPaginator:
        """Counted up to where a search is cut."""
        most = MANY if self.search_query else MOST_COUNTED
        return LongListPaginator(queryset, per_page, most=most, **options)


class CustomerInspectView(ScopedInspectView):
    """One customer: names, partners that have to do with it, likely twins."""

    template_name = "partners/desk/customer.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The record and what hangs on it."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        assert isinstance(self.request.user, User)
        actor = desk_actor(self.request.user)
        return {
            **context,
            "customer": self.object,
            "around": around_customer(actor=actor, customer=self.object),
            "merges": merges_of(self.object),
            "may_judge": actor.has_role(Role.CHANNEL_MANAGER),
        }


@require_POST
@needs_role(Role.CHANNEL_MANAGER)
def group(request: HttpRequest, customer_uuid: uuid.UUID, other_uuid: uuid.UUID, relation: str) -> HttpResponse:
    """Make a customer part of another one's group (``subsidiary``), or take it out (``apart``)."""
    assert isinstance(request.user, User)
    parent = other_uuid if relation == "subsidiary" else None
    try:
        customer = set_parent(actor=desk_actor(request.user), customer_uuid=customer_uuid, parent_uuid=parent)
    except NotThere as refusal:
        raise Http404 from refusal
    except Refusal as refusal:
        errors = refusal.errors if isinstance(refusal, InvalidInput) else ()
        messages.error(request, " ".join(str(one.message) for one in errors) or str(refusal.message))
        return redirect("customers:index")
    messages.success(request, _("The group is noted: its companies are kept apart."))
    return redirect("customers:inspect", customer.pk)


@require_POST
@needs_role(Role.CHANNEL_MANAGER)
def judge(request: HttpRequest, customer_uuid: str, other_uuid: str, verdict: str) -> HttpResponse:
    """Remember that two customers are the same, or are not."""
    assert isinstance(request.user, User)
    actor = desk_actor(request.user)
    try:
        customer = access_customer(actor, customer_uuid)
        other = access_customer(actor, other_uuid)
    except NotThere:
        messages.error(request, _("Not found."))
        return redirect("customers:index")
    if customer.pk == other.pk or verdict not in {Verdict.SAME, Verdict.DIFFERENT}:
        messages.error(request, _("Two customers can be the same, or different."))
    else:
        record_verdict(
            actor=actor, left_id=customer.pk, right_id=other.pk, verdict=Verdict(verdict), now=timezone.now()
        )
        messages.success(request, _("Remembered: it wins over the score from now on."))
    return redirect("customers:inspect", customer.pk)


class CustomerViewSet(RecordedViewSet):
    """End customers. New ones come from registrations and feeds, so there is no form for them here."""

    model = EndCustomer
    name = "customers"
    icon = "home"
    menu_label = gettext_lazy("End customers")
    write = staticmethod(_write_customer)
    index_view_class = CustomerIndexView
    inspect_view_class = CustomerInspectView
    list_display = ["legal_name", "country", "city", "registration_number", "website"]
    list_filter = ["country"]
    ordering = ["sort_key"]
    list_export = ["legal_name", "short_name", "country", "registration_number", "website", "city", "external_id"]
    inspect_view_fields = [
        "legal_name",
        "short_name",
        "country",
        "registration_number",
        "website",
        "city",
        "address",
        "sector",
        "external_id",
    ]

    def get_form_class(self, for_update: bool = False) -> type[CustomerForm]:
        """The record's own form."""
        return CustomerForm

    def get_urlpatterns(self) -> list[Any]:
        """Wagtail's own, the verdict on two, merging them and the way back."""
        own = [
            path("<uuid:customer_uuid>/<uuid:other_uuid>/merge/", merge, name="merge"),
            path("<uuid:customer_uuid>/<uuid:other_uuid>/group/<slug:relation>/", group, name="group"),
            path("merges/<uuid:merge_uuid>/undo/", undo, name="undo-merge"),
            path("<uuid:customer_uuid>/<uuid:other_uuid>/<slug:verdict>/", judge, name="judge"),
        ]
        return [*super().get_urlpatterns(), *own]
