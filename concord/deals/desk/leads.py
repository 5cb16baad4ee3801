"""Leads in the desk: the list, one lead with everything that can be done with it, entering and changing."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views import generic

from concord.deals.access import access_lead
from concord.deals.actions.leads_claiming import assign_lead, withdraw_lead
from concord.deals.actions.leads_receiving import change_lead, create_lead
from concord.deals.actions.leads_routing import free_lead, route_lead
from concord.deals.desk.lists import texts_harmless
from concord.deals.forms.leads import AssignForm, LeadForm, refuse_lead
from concord.deals.models import Lead
from concord.deals.pool_enums import OPEN_LEAD_STATES, LeadState
from concord.deals.pool_filters import DeskLeadFilter
from concord.deals.queries.lead_candidates import partners_named, weighed_partners
from concord.deals.queries.lead_protection import NOBODY, is_kept_from
from concord.deals.queries.leads import contacts_of, leads_for
from concord.partners.models import Member
from concord.portal.actor import Actor
from concord.portal.desk import DeskPage, RoleView, desk_actor
from concord.portal.enums import Role
from concord.portal.refusals import NotThere, Refusal
from concord.portal.ui.desk_columns import MomentColumn
from concord.portal.ui.looks import look_of

READERS = (Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)
_CHANGEABLE = (*OPEN_LEAD_STATES, LeadState.CLAIMED)

#: why a partner was offered a lead or not, by the codes of routing
ROUTING_WORDS = {
    "territory": gettext_lazy("Territory"),
    "home": gettext_lazy("Sits in the country"),
    "family": gettext_lazy("Authorised for the families"),
    "tier": gettext_lazy("Tier"),
    "load": gettext_lazy("Room for more leads"),
    "holder": gettext_lazy("The customer is protected for it"),
    "outside_territory": gettext_lazy("Outside its territory"),
    "family_not_authorised": gettext_lazy("Not authorised for the families"),
    "offered_before": gettext_lazy("Was offered it before"),
    "cooling_down": gettext_lazy("Had this customer and let it go"),
    "at_limit": gettext_lazy("Holds as many leads as its tier allows"),
    "protected_for_another": gettext_lazy("The customer is protected for another partner"),
}


def desk_lead_url(lead: Lead) -> str:
    """Where a lead is looked after."""
    return reverse("leads:lead", args=[lead.uuid])


class LeadStateColumn(Column):
    """Where the lead stands, as icon and word."""

    cell_template_name = "deals/desk/look_cell.html"

    def get_cell_context_data(self, instance: Lead, parent_context: Any) -> dict[str, Any]:
        """The look."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        context["look"] = look_of(instance.state, kind="lead", label=instance.get_state_display())
        return context


class LeadsView(generic.IndexView):
    """Every lead."""

    model = Lead
    page_title = gettext_lazy("Leads")
    header_icon = "user"
    index_url_name = "leads:index"
    index_results_url_name = "leads:index_results"
    template_name = "deals/desk/leads.html"
    results_template_name = "deals/desk/leads_results.html"
    paginate_by = 50
    is_searchable = True
    search_fields = ["customer_name", "customer_city", "contact_name", "partner__name"]
    search_backend_name = None
    any_permission_required = ["view"]
    filterset_class = DeskLeadFilter
    default_ordering = "-pk"
    columns = [
        TitleColumn("customer_name", label=gettext_lazy("Customer"), get_url=desk_lead_url, sort_key="customer_name"),
        Column("country", label=gettext_lazy("Country"), accessor="customer_country", sort_key="customer_country"),
        LeadStateColumn("state", label=gettext_lazy("State"), sort_key="state"),
        Column("source", label=gettext_lazy("Source"), accessor="source.display_name", classname="co-words"),
        Column("quality", label=gettext_lazy("Quality"), accessor="source.quality", sort_key="source__quality"),
        Column(
            "partner",
            label=gettext_lazy("Partner"),
            accessor="partner.name",
            sort_key="partner__name",
            classname="co-words",
        ),
        MomentColumn("follow_up_by", label=gettext_lazy("Follow up by"), sort_key="follow_up_by"),
        MomentColumn("created_at", label=gettext_lazy("Received"), sort_key="pk"),
    ]
    export_filename = "leads"
    list_export = [
        "uuid",
        "source.code",
        "state",
        "customer_name",
        "customer_country",
        "customer_city",
        "sector",
        "partner_name",
        "owner_name",
        "created_at",
        "claimed_at",
        "contacted_at",
        "follow_up_by",
    ]
    export_headings = {
        "source.code": gettext_lazy("Source"),
        "partner_name": gettext_lazy("Partner"),
        "owner_name": gettext_lazy("Seller"),
    }
    custom_field_preprocess = texts_harmless("customer_name", "customer_city", "sector", "partner_name", "owner_name")

    def get_base_queryset(self) -> QuerySet[Lead]:
        """All leads, scoped; most have neither partner nor seller yet, and an export asks for their names."""
        rows = leads_for(desk_actor(self.request.user))
        return rows.annotate(partner_name=F("partner__name"), owner_name=F("owner__name"))


class LeadPage(DeskPage):
    """One lead: what it says, whom it was offered to, who would be next and why, and the buttons."""

    roles = READERS
    template_name = "deals/desk/lead.html"
    header_icon = "user"
    assign_form: AssignForm | None = None
    above = (("leads:index", gettext_lazy("Leads")),)

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Lead")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Everything about the lead."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        lead = _lead(self.actor, self.kwargs["lead_uuid"])
        runs = self.actor.has_role(Role.CHANNEL_MANAGER)
        context.update(
            lead=lead,
            look=look_of(lead.state, kind="lead", label=lead.get_state_display()),
            offers=lead.offers.select_related("partner").order_by("offered_at"),
            claims=lead.claims.select_related("partner", "owner").order_by("claimed_at"),
            contacts=contacts_of(lead),
            **(_ranking(lead) if lead.state in OPEN_LEAD_STATES else {}),
            is_kept=is_kept_from(lead, NOBODY, now=timezone.now()) if lead.state in OPEN_LEAD_STATES else False,
            can_edit=runs and lead.state in OPEN_LEAD_STATES,
            can_change=runs and lead.state in _CHANGEABLE,
            can_free=runs and lead.state in _CHANGEABLE and lead.state != LeadState.POOL,
            assign_form=self.assign_form or (AssignForm(actor=self.actor) if runs else None),
        )
        return context


def _lead(actor: Actor, lead_uuid: uuid.UUID) -> Lead:
    try:
        return access_lead(actor, lead_uuid)
    except NotThere as error:
        raise Http404 from error


def _ranking(lead: Lead) -> dict[str, Any]:
    """The best partners with their points, and the first of those that are ruled out with the reason."""
    weighed = weighed_partners(lead, now=timezone.now())
    partners = partners_named(weighed)
    ruled_out = [one for one in weighed if one.ruled_out]
    return {
        "candidates": [
            {
                "partner": partners[one.partner_id],
                "total": one.total,
                "points": [(ROUTING_WORDS[code], points) for code, points in one.points.items() if points],
            }
            for one in [one for one in weighed if not one.ruled_out][:12]
        ],
        "ruled_out_count": len(ruled_out),
        "ruled_out": [
            {"partner": partners[one.partner_id], "why": ROUTING_WORDS.get(one.ruled_out, "")} for one in ruled_out[:20]
        ],
    }


def _assign(actor: Actor, lead: Lead, request: HttpRequest) -> str:
    form = AssignForm(request.POST, actor=actor)
    member: Member | None = form.cleaned_data["owner"] if form.is_valid() else None
    assign_lead(actor=actor, lead_uuid=lead.uuid, owner_id=member.user_id if member else 0, now=timezone.now())
    return _("Assigned.")


def _route(actor: Actor, lead: Lead, request: HttpRequest) -> str:
    routed = route_lead(actor=actor, lead_uuid=lead.uuid, now=timezone.now())
    if routed.state == LeadState.OFFERED:
        return _("Offered to the next partner.")
    return _("No partner is left to offer it to: the lead is in the pool.")


def _free(actor: Actor, lead: Lead, request: HttpRequest) -> str:
    free_lead(actor=actor, lead_uuid=lead.uuid, now=timezone.now())
    return _("The lead is in the pool.")


def _withdraw(actor: Actor, lead: Lead, request: HttpRequest) -> str:
    withdraw_lead(actor=actor, lead_uuid=lead.uuid, now=timezone.now())
    return _("Withdrawn.")


_DEEDS: dict[str, Callable[[Actor, Lead, HttpRequest], str]] = {
    "assign": _assign,
    "route": _route,
    "free": _free,
    "withdraw": _withdraw,
}


class LeadDeedView(RoleView):
    """One of the buttons of a lead's page in the desk."""

    roles = (Role.CHANNEL_MANAGER,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, lead_uuid: uuid.UUID, desk_deed: str) -> HttpResponse:
        """Do it, and say what came of it."""
        lead = _lead(self.actor, lead_uuid)
        if desk_deed not in _DEEDS:
            raise Http404
        try:
            messages.success(request, _DEEDS[desk_deed](self.actor, lead, request))
        except NotThere as error:
            raise Http404 from error
        except Refusal as refusal:
            errors = getattr(refusal, "errors", ())
            for sentence in [str(error.message) for error in errors] or [str(refusal.message)]:
                messages.error(request, sentence)
        return HttpResponseRedirect(desk_lead_url(lead))


class LeadFormView(DeskPage):
    """A new lead; its subclass changes one that nobody holds yet."""

    roles = (Role.CHANNEL_MANAGER,)
    template_name = "deals/desk/lead_form.html"
    header_icon = "user"
    http_method_names = ["get", "head", "post"]
    form: LeadForm | None = None
    above = (("leads:index", gettext_lazy("Leads")),)

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("New lead")

    def lead(self) -> Lead | None:
        """The lead that is changed."""
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["form"] = self.form or LeadForm(lead=self.lead())
        return context

    def save(self, form: LeadForm) -> Lead:
        """Write it."""
        source = form.cleaned_data["source"]
        return create_lead(actor=self.actor, source=source, facts=form.facts(), now=timezone.now())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Save, or come back with what is wrong at its field."""
        form = LeadForm(request.POST, lead=self.lead())
        if form.is_valid():
            try:
                saved = self.save(form)
            except NotThere as error:
                raise Http404 from error
            except Refusal as refusal:
                refuse_lead(form, refusal)
            else:
                messages.success(request, _("Saved."))
                return HttpResponseRedirect(desk_lead_url(saved))
        self.form = form
        return self.render_to_response(self.get_context_data(), status=422)


class ChangeLeadView(LeadFormView):
    """Change what a lead says."""

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Change a lead")

    def lead(self) -> Lead | None:
        """The lead of the address."""
        return _lead(self.actor, self.kwargs["lead_uuid"])

    def save(self, form: LeadForm) -> Lead:
        """Write it."""
        facts = form.facts()
        return change_lead(actor=self.actor, lead_uuid=self.kwargs["lead_uuid"], facts=facts, now=timezone.now())
