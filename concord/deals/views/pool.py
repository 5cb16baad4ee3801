"""The pool in the extranet: what is free, what is ours, one lead and what can be done with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from concord.deals.access import access_lead
from concord.deals.actions.leads_claiming import claim_lead, release_lead
from concord.deals.actions.leads_follow_up import convert_lead, note_contact
from concord.deals.actions.leads_locked import NotFree, lead_as_read_at
from concord.deals.actions.leads_routing import accept_lead, decline_lead
from concord.deals.forms.leads import ContactForm, GiveBackForm
from concord.deals.models import Lead
from concord.deals.pool_enums import LeadDeed, LeadState, ReleaseReason
from concord.deals.pool_filters import PoolFilter
from concord.deals.pool_rules import can_read_pool, possible_lead_deeds
from concord.deals.pool_tables import LeadRows, OwnLeadTable, PoolTable, lead_link, lead_title
from concord.deals.queries.leads import contacts_of, is_revealed, leads_for, room_of, sortable, with_due
from concord.deals.queries.partners import own_partner
from concord.deals.views.lists import EXPORTS, export_table
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotAllowed, NotThere, Refusal


@require_safe
@extranet_page(can_read_pool)
def pool_list(request: HttpRequest) -> HttpResponse:
    """What is free to claim."""
    actor = actor_of(request)
    free = leads_for(actor).filter(state=LeadState.POOL)
    return _list(request, actor, free, PoolTable, is_pool=True)


@require_safe
@extranet_page(can_read_pool)
def own_list(request: HttpRequest) -> HttpResponse:
    """What the reader's company was offered or holds, the first due at the top."""
    actor = actor_of(request)
    own = sortable(with_due(leads_for(actor))).exclude(state__in=[LeadState.POOL, LeadState.NEW, LeadState.WITHDRAWN])
    return _list(request, actor, own, OwnLeadTable, is_pool=False)


def _list(
    request: HttpRequest, actor: Actor, leads: QuerySet[Lead], kind: type[OwnLeadTable | PoolTable], *, is_pool: bool
) -> HttpResponse:
    found = PoolFilter(request.GET, queryset=leads, request=request)
    table = kind(LeadRows(found.qs))
    if not is_pool and not (actor.sees_whole_partner or actor.is_vendor):
        table.exclude = ("owner",)
    RequestConfig(request, paginate={"per_page": 50}).configure(table)
    export = request.GET.get("_export", "")
    if export in EXPORTS:
        return export_table(table, export, name="pool" if is_pool else "leads")
    context = {
        "table": table,
        "filter": found,
        "is_pool": is_pool,
        "is_vendor": actor.is_vendor,
        "is_filtered": any(request.GET.get(name) for name in found.form.fields),
        "has_any": leads.exists(),
        "export_formats": list(EXPORTS),
        "tabs": _tabs(actor, is_pool=is_pool),
        "room": room_of(own_partner(actor), now=timezone.now()) if actor.is_partner else None,
    }
    return render(request, "deals/pool.html", context)


def _tabs(actor: Actor, *, is_pool: bool) -> list[dict[str, Any]]:
    own = _("Ours") if actor.is_partner else _("With partners")
    return [
        {"label": _("Free to claim"), "url": reverse("pool:list"), "active": is_pool, "icon": "lifebuoy"},
        {"label": own, "url": reverse("pool:mine"), "active": not is_pool, "icon": "user-check"},
    ]


@require_safe
@extranet_page(can_read_pool)
def lead_page(request: HttpRequest, lead_uuid: uuid.UUID) -> HttpResponse:
    """One lead: as much of it as the reader may see, its clock, and the buttons."""
    return _page(request, access_lead(actor_of(request), lead_uuid))


def _page(
    request: HttpRequest, lead: Lead, *, contact_form: ContactForm | None = None, status: int = 200
) -> HttpResponse:
    actor = actor_of(request)
    deeds = {deed.value: True for deed in possible_lead_deeds(actor, lead)}
    held = is_revealed(actor, lead)
    context = {
        "lead": lead,
        "title": lead_title(lead),
        "crumbs": [(_("Pool"), reverse("pool:list"))],
        "deeds": deeds,
        "is_revealed": held,
        "is_overdue": lead.follow_up_by is not None and lead.follow_up_by < timezone.now(),
        "contacts": contacts_of(lead) if held else [],
        "contact_form": contact_form or ContactForm(),
        "decline_form": GiveBackForm(prefix="decline", auto_id="decline_%s"),
        "release_form": GiveBackForm(prefix="release", auto_id="release_%s"),
        "version": lead.updated_at.isoformat(),
        "is_vendor": actor.is_vendor,
    }
    return render(request, "deals/lead.html", context, status=status)


def _claim(actor: Actor, lead_uuid: uuid.UUID, request: HttpRequest) -> str:
    claim_lead(actor=actor, lead_uuid=lead_uuid, now=timezone.now())
    return _("The lead is yours. Get in touch before the deadline.")


def _accept(actor: Actor, lead_uuid: uuid.UUID, request: HttpRequest) -> str:
    accept_lead(actor=actor, lead_uuid=lead_uuid, now=timezone.now(), expect=_as_shown(request))
    return _("The lead is yours. Get in touch before the deadline.")


def _decline(actor: Actor, lead_uuid: uuid.UUID, request: HttpRequest) -> str:
    reason = request.POST.get("decline-reason", ReleaseReason.OTHER.value)
    decline_lead(actor=actor, lead_uuid=lead_uuid, now=timezone.now(), reason=reason, expect=_as_shown(request))
    return _("Declined. You will not be offered this lead again.")


def _release(actor: Actor, lead_uuid: uuid.UUID, request: HttpRequest) -> str:
    reason = request.POST.get("release-reason", ReleaseReason.OTHER.value)
    release_lead(actor=actor, lead_uuid=lead_uuid, now=timezone.now(), reason=reason, expect=_as_shown(request))
    return _("Released. The lead is back in the pool.")


def _as_shown(request: HttpRequest) -> Any:
    return lead_as_read_at(request.POST.get("version", ""))


_DEEDS: dict[str, Callable[[Actor, uuid.UUID, HttpRequest], str]] = {
    LeadDeed.CLAIM.value: _claim,
    LeadDeed.ACCEPT.value: _accept,
    LeadDeed.DECLINE.value: _decline,
    LeadDeed.RELEASE.value: _release,
}


@require_POST
@extranet_page(can_read_pool)
def do(request: HttpRequest, lead_uuid: uuid.UUID, deed: str) -> HttpResponse:
    """One of the buttons of a lead's page."""
    actor = actor_of(request)
    if deed == LeadDeed.CONVERT.value:
        return _convert(request, actor, lead_uuid)
    if deed not in _DEEDS:
        raise Http404
    try:
        messages.success(request, _DEEDS[deed](actor, lead_uuid, request))
    except NotFree as refusal:
        # Whoever was faster, and whether the lead is there at all, sounds the same; the pool has others.
        messages.warning(request, str(refusal.message))
        return redirect("pool:list")
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("pool:lead", lead_uuid)
    return redirect("pool:mine") if deed in {LeadDeed.DECLINE, LeadDeed.RELEASE} else redirect("pool:lead", lead_uuid)


def _convert(request: HttpRequest, actor: Actor, lead_uuid: uuid.UUID) -> HttpResponse:
    try:
        deal = convert_lead(actor=actor, lead_uuid=lead_uuid, now=timezone.now(), expect=_as_shown(request))
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
        return redirect("pool:lead", lead_uuid)
    messages.success(request, _("The registration is filled in from the lead. Add the products and submit it."))
    return redirect("deals:edit", deal.uuid)


@require_POST
@extranet_page(can_read_pool)
def contact(request: HttpRequest, lead_uuid: uuid.UUID) -> HttpResponse:
    """Note what was done; refused, the page comes back with what was typed."""
    actor = actor_of(request)
    lead = access_lead(actor, lead_uuid)
    form = ContactForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            note_contact(actor=actor, lead_uuid=lead_uuid, text=form.cleaned_data["text"], now=timezone.now())
        except (NotThere, NotAllowed):
            raise
        except Refusal as refusal:
            refuse_form(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("Noted."))
            return redirect(lead_link(lead))
    return _page(request, lead, contact_form=form, status=status)
