"""The company's own page: its record and tier, colleagues, and API clients."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.partners.access import access_api_client, access_member, access_own_partner
from concord.partners.actions import api_clients, members
from concord.partners.forms.company import ApiClientForm, InvitationForm, RoleForm
from concord.partners.queries import company as queries
from concord.partners.rules import can_manage_members
from concord.portal.actor import Actor
from concord.portal.countries import country_name
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.enums import Role
from concord.portal.middleware import actor_of
from concord.portal.refusals import Refusal


def _has_company(actor: Actor) -> bool:
    return actor.is_partner


def _runs_company(actor: Actor) -> bool:
    return bool(actor.is_partner and can_manage_members(actor=actor, partner_id=actor.partner_id))


@require_safe
@extranet_page(_has_company)
def company(request: HttpRequest) -> HttpResponse:
    """The record, what the tier gives, colleagues; administrators see API clients too."""
    actor = actor_of(request)
    partner = access_own_partner(actor)
    may_manage = _runs_company(actor)
    context = {
        "partner": partner,
        "families": partner.families.all(),
        "country": country_name(partner.country),
        "territories": ", ".join(sorted(map(country_name, partner.territories))),
        "tiers": queries.tiers_for(partner=partner, now=timezone.now()),
        "colleagues": queries.colleagues(actor=actor, partner=partner),
        "may_manage": may_manage,
        "api_clients": queries.api_clients(actor=actor, partner=partner) if may_manage else [],
    }
    return render(request, "partners/company.html", context)


@require_http_methods(["GET", "POST"])
@extranet_page(_runs_company)
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a colleague; the link to choose a password comes by mail."""
    actor = actor_of(request)
    partner = access_own_partner(actor)
    form = InvitationForm(request.POST or None, initial={"language": partner.language, "role": Role.SELLER})
    if request.method == "POST" and form.is_valid():
        facts = {**form.cleaned_data, "role": Role(form.cleaned_data["role"])}
        try:
            members.meter_invitations(actor=actor)
            members.invite_member(actor=actor, partner=partner, **facts)
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            text = _("%(name)s gets a mail with a link to choose a password.") % {"name": facts["name"]}
            messages.success(request, text)
            return redirect("partners:company")
    return _form_page(request, "partners/invite.html", form, _("Send the invitation"))


@require_http_methods(["GET", "POST"])
@extranet_page(_runs_company)
def change_role(request: HttpRequest, member_uuid: uuid.UUID) -> HttpResponse:
    """Give a colleague another role."""
    actor = actor_of(request)
    member = access_member(actor, member_uuid)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        try:
            members.change_role(actor=actor, member=member, role=Role(form.cleaned_data["role"]))
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            messages.success(request, _("%(name)s has a new role.") % {"name": member.user.name})
            return redirect("partners:company")
    return _form_page(request, "partners/role.html", form, _("Change the role"), member=member)


@require_POST
@extranet_page(_runs_company)
def deactivate(request: HttpRequest, member_uuid: uuid.UUID) -> HttpResponse:
    """Take a colleague's access away at once."""
    actor = actor_of(request)
    member = access_member(actor, member_uuid)
    return _carry_out(
        request,
        lambda: members.deactivate_member(actor=actor, member=member),
        _("%(name)s has no access any more.") % {"name": member.user.name},
    )


@require_POST
@extranet_page(_runs_company)
def reactivate(request: HttpRequest, member_uuid: uuid.UUID) -> HttpResponse:
    """Give a colleague access again."""
    actor = actor_of(request)
    member = access_member(actor, member_uuid)
    return _carry_out(
        request,
        lambda: members.reactivate_member(actor=actor, member=member),
        _("%(name)s has access again.") % {"name": member.user.name},
    )


@require_POST
@extranet_page(_runs_company)
def invite_again(request: HttpRequest, member_uuid: uuid.UUID) -> HttpResponse:
    """Send the invitation once more."""
    actor = actor_of(request)
    member = access_member(actor, member_uuid)
    return _carry_out(
        request,
        lambda: (members.meter_invitations(actor=actor), members.invite_again(actor=actor, member=member)),
        _("The invitation is on its way to %(email)s.") % {"email": member.user.email},
    )


@require_http_methods(["GET", "POST"])
@extranet_page(_runs_company)
def create_client(request: HttpRequest) -> HttpResponse:
    """Make an API client; the answer shows its secret, this once."""
    actor = actor_of(request)
    partner = access_own_partner(actor)
    form = ApiClientForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            client, secret = api_clients.create_api_client(actor=actor, partner=partner, **form.cleaned_data)
        except Refusal as refusal:
            refuse_form(form, refusal)
        else:
            return render(request, "partners/secret.html", {"api_client": client, "secret": secret})
    return _form_page(request, "partners/api_client.html", form, _("Create the client"))


@require_POST
@extranet_page(_runs_company)
def renew_secret(request: HttpRequest, client_uuid: uuid.UUID) -> HttpResponse:
    """Replace a secret; the answer shows the new one, this once."""
    actor = actor_of(request)
    client = access_api_client(actor, client_uuid)
    try:
        secret = api_clients.renew_secret(actor=actor, api_client=client)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("partners:company")
    return render(request, "partners/secret.html", {"api_client": client, "secret": secret})


@require_POST
@extranet_page(_runs_company)
def revoke_client(request: HttpRequest, client_uuid: uuid.UUID) -> HttpResponse:
    """End a client for good."""
    actor = actor_of(request)
    client = access_api_client(actor, client_uuid)
    return _carry_out(
        request,
        lambda: api_clients.revoke_api_client(actor=actor, api_client=client, now=timezone.now()),
        _("%(name)s can no longer call the API.") % {"name": client.name},
    )


def _carry_out(request: HttpRequest, change: Callable[[], object], said: str) -> HttpResponseRedirect:
    try:
        change()
    except members.WorkRemains as refusal:
        messages.error(request, str(refusal))
        return redirect(refusal.address or "partners:company")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("partners:company")


def _form_page(request: HttpRequest, template: str, form: Form, submit_label: str, **context: object) -> HttpResponse:
    refused = form.is_bound and not form.is_valid()
    return render(
        request,
        template,
        {"form": form, "submit_label": submit_label, "cancel_url": reverse("partners:company"), **context},
        status=422 if refused else 200,
    )
