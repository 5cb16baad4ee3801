"""Eligibility rules and the vendor's own customers, as the channel manager keeps them."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from concord.deals.actions.eligibility import save_eligibility_rule, set_vendor_account
from concord.deals.desk.base import DeskPage, RoleView
from concord.deals.forms.eligibility import EligibilityRuleForm
from concord.deals.models import EligibilityRule, VendorAccount
from concord.partners.desk.recorded import RecordedViewSet
from concord.portal.actor import Actor
from concord.portal.enums import Role
from concord.portal.refusals import NotThere, Refusal

_SHOWN = 500


def _write(actor: Actor, rule: EligibilityRule, form: Any) -> EligibilityRule:
    values = form.cleaned_data
    return save_eligibility_rule(
        actor=actor, rule=rule, families=values["families"], tiers=values["tiers"], now=timezone.now()
    )


class EligibilityViewSet(RecordedViewSet):
    """The rules: what they ask, of whom, and since when."""

    model = EligibilityRule
    name = "eligibility_rules"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Eligibility rules")
    write = staticmethod(_write)
    list_display = ["name", "kind", "is_active", "valid_from", "valid_until"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "name_zh"]

    def get_form_class(self, for_update: bool = False) -> type[EligibilityRuleForm]:
        """The rule's own form."""
        return EligibilityRuleForm


class VendorAccountsView(DeskPage):
    """The customers that the vendor's own team works with. They are named on the workbench."""

    roles = (Role.CHANNEL_MANAGER,)
    template_name = "deals/desk/vendor_accounts.html"
    header_icon = "group"

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Customers of the vendor's own team")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The newest first."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["accounts"] = VendorAccount.objects.select_related("end_customer", "by")[:_SHOWN]
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
        deal = request.POST.get("deal", "")
        return HttpResponseRedirect(_bench(deal) or reverse("registrations:vendor_accounts"))


def _bench(deal: str) -> str:
    try:
        return reverse("registrations:bench", args=[uuid.UUID(deal)])
    except ValueError:
        return ""
