"""The customers that the vendor's own team works with: the list, finding one to add, and ending it."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from concord.deals.actions.eligibility import set_vendor_account
from concord.deals.desk.lists import texts_harmless
from concord.deals.models import VendorAccount
from concord.deals.queries.vendor_accounts import to_be_own, vendor_accounts
from concord.deals.vendor_account_filters import VendorAccountFilter
from concord.portal.desk import RoleView, desk_actor
from concord.portal.enums import Role
from concord.portal.refusals import NotThere, Refusal
from concord.portal.ui.desk_columns import MomentColumn


class EndColumn(Column):
    """The button that opens a customer to partners."""

    cell_template_name = "deals/desk/vendor_account_end.html"


class VendorAccountsView(generic.IndexView):
    """All of them, and above them a search for one to add."""

    model = VendorAccount
    page_title = gettext_lazy("Customers of the vendor's own team")
    header_icon = "group"
    index_url_name = "registrations:vendor_accounts"
    index_results_url_name = "registrations:vendor_accounts_results"
    template_name = "deals/desk/vendor_accounts.html"
    results_template_name = "deals/desk/vendor_accounts_results.html"
    paginate_by = 50
    is_searchable = True
    search_fields = ["end_customer__legal_name", "end_customer__short_name", "note"]
    search_backend_name = None
    any_permission_required = ["view"]
    filterset_class = VendorAccountFilter
    default_ordering = "-created_at"
    columns = [
        Column("customer", label=gettext_lazy("Customer"), accessor="end_customer.legal_name",
               sort_key="end_customer__legal_name"),
        Column("country", label=gettext_lazy("Country"), accessor="end_customer.country",
               sort_key="end_customer__country"),
        Column("city", label=gettext_lazy("City"), accessor="end_customer.city"),
        MomentColumn("created_at", label=gettext_lazy("Since"), sort_key="created_at"),
        Column("by_name", label=gettext_lazy("By"), sort_key="by_name"),
        Column("note", label=gettext_lazy("Note")),
        EndColumn("end", label=gettext_lazy("Actions"), accessor="pk"),
    ]  # fmt: skip
    export_filename = "vendor-accounts"
    list_export = [
        "end_customer.external_id", "end_customer.legal_name", "end_customer.country", "end_customer.city",
        "created_at", "by_name", "note",
    ]  # fmt: skip
    # The headings of the file are those that the import of the same list reads.
    export_headings = {
        "end_customer.external_id": "external_id", "end_customer.legal_name": "customer",
        "end_customer.country": "country", "end_customer.city": "city", "note": "note",
    }  # fmt: skip
    custom_field_preprocess = texts_harmless("end_customer.legal_name", "end_customer.city", "by_name", "note")

    def get_base_queryset(self) -> QuerySet[VendorAccount]:
        """Everything: customers are the vendor's to see."""
        return vendor_accounts()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The figure, and what a search for a customer to add has found."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        asked = self.request.GET.get("add", "")[:250]
        context.update(
            total=vendor_accounts().count(),
            asked=asked,
            found=to_be_own(desk_actor(self.request.user), asked),
            upload_url=reverse("imports:upload"),
            address=reverse(self.index_url_name),
        )
        return context


class SetVendorAccountView(RoleView):
    """The button on the workbench and in the list."""

    roles = (Role.CHANNEL_MANAGER,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, customer_uuid: uuid.UUID) -> HttpResponse:
        """Remember it, and go back to where the button was."""
        is_own = request.POST.get("is_own") == "yes"
        try:
            set_vendor_account(
                actor=self.actor,
                customer_uuid=customer_uuid,
                is_own=is_own,
                note=request.POST.get("note", ""),
                now=timezone.now(),
            )
        except NotThere as error:
            raise Http404 from error
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            said = _("This customer is with our own team.") if is_own else _("This customer is open to partners.")
            messages.success(request, said)
        return HttpResponseRedirect(_way_back(request))


def _way_back(request: HttpRequest) -> str:
    address = reverse("registrations:vendor_accounts")
    try:
        return reverse("registrations:bench", args=[uuid.UUID(request.POST.get("deal", ""))])
    except ValueError:
        came_from = request.POST.get("next", "")
        own = url_has_allowed_host_and_scheme(came_from, allowed_hosts=None) and came_from.startswith(address)
        return came_from if own else address
