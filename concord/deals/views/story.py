"""Adding and changing people, promises, objections, activities and the competitor: one form each, errors at fields."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from concord.deals.access import access_deal
from concord.deals.actions.activities import correct_activity
from concord.deals.actions.people import contact_has_left, name_competitor, save_contact, save_objection
from concord.deals.actions.promises import save_promise, settle_promise
from concord.deals.forms.activity import CorrectionForm
from concord.deals.forms.story import CompetitorForm, ContactForm, ObjectionForm, PromiseForm
from concord.deals.models import Deal
from concord.deals.queries.story import activity_for, contacts_of, story_item
from concord.deals.rules import can_add_activity, can_read_deals
from concord.deals.tables import detail_url
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotAllowed, NotThere, Refusal


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of thing that a deal's story consists of: its form, its action, and the words around it."""

    form: type[forms.Form]
    save: Callable[..., Any]
    key: str
    fields: tuple[str, ...]
    new: Any
    change: Any
    has_contacts: bool = True


_SORTS = {
    "contacts": Sort(
        ContactForm,
        save_contact,
        "contact_uuid",
        ("name", "role", "position", "email", "phone", "language", "note"),
        gettext_lazy("Add a person"),
        gettext_lazy("Change a person"),
        has_contacts=False,
    ),
    "promises": Sort(
        PromiseForm,
        save_promise,
        "promise_uuid",
        ("kind", "until_on", "text", "evidence"),
        gettext_lazy("Note a promise"),
        gettext_lazy("Change a promise"),
    ),
    "objections": Sort(
        ObjectionForm,
        save_objection,
        "objection_uuid",
        ("text", "answer"),
        gettext_lazy("Note an objection"),
        gettext_lazy("Answer or change an objection"),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(can_read_deals)
def item(request: HttpRequest, deal_uuid: uuid.UUID, sort: str, item_uuid: uuid.UUID | None = None) -> HttpResponse:
    """A new person, promise or objection, or one that is there."""
    actor = actor_of(request)
    deal = _deal_to_change(actor, deal_uuid)
    what = _SORTS.get(sort)
    if what is None:
        raise Http404
    stored = story_item(deal, sort, item_uuid) if item_uuid else None
    initial = {name: getattr(stored, name) for name in what.fields} if stored else {}
    extra: dict[str, Any] = {}
    if what.has_contacts:
        extra["contacts"] = contacts_of(deal)
        initial["contact"] = stored.contact.public_id if stored and stored.contact else ""
    form = what.form(_posted(request), initial=initial, **extra)

    def save(values: dict[str, Any]) -> None:
        key = {what.key: stored.uuid} if stored else {}
        what.save(actor=actor, deal_uuid=deal.uuid, now=timezone.now(), **key, **values)

    return _form_page(request, deal, form, what.change if stored else what.new, save)


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(can_read_deals)
def competitor(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """Against whom one sells."""
    actor = actor_of(request)
    deal = _deal_to_change(actor, deal_uuid)
    form = CompetitorForm(_posted(request), initial={"competitor": deal.competitor})

    def save(values: dict[str, Any]) -> None:
        name_competitor(actor=actor, deal_uuid=deal.uuid, now=timezone.now(), **values)

    return _form_page(request, deal, form, _("Name the competitor"), save)


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(can_read_deals)
def activity(request: HttpRequest, deal_uuid: uuid.UUID, activity_uuid: uuid.UUID) -> HttpResponse:
    """Correct an activity or its next step."""
    actor = actor_of(request)
    deal = _deal_to_change(actor, deal_uuid)
    stored = activity_for(actor, deal, activity_uuid)
    initial = {
        "text": stored.text,
        "next_step": stored.next_step,
        "next_due_at": stored.next_due_at,
        "contact": stored.contact.public_id if stored.contact else "",
    }
    form = CorrectionForm(_posted(request), initial=initial, activity=stored, contacts=contacts_of(deal))

    def save(values: dict[str, Any]) -> None:
        correct_activity(actor=actor, deal_uuid=deal.uuid, activity_uuid=stored.uuid, now=timezone.now(), **values)

    return _form_page(request, deal, form, _("Correct an activity"), save)


@require_POST
@extranet_page(can_read_deals)
def settle(request: HttpRequest, deal_uuid: uuid.UUID, item_uuid: uuid.UUID, state: str) -> HttpResponse:
    """A promise was kept, broken or withdrawn."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    try:
        settle_promise(actor=actor, deal_uuid=deal.uuid, promise_uuid=item_uuid, state=state, now=timezone.now())
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Noted."))
    return redirect(detail_url(deal))


@require_POST
@extranet_page(can_read_deals)
def left(request: HttpRequest, deal_uuid: uuid.UUID, item_uuid: uuid.UUID) -> HttpResponse:
    """A person is not with the customer any more."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    contact_has_left(actor=actor, deal_uuid=deal.uuid, contact_uuid=item_uuid, now=timezone.now())
    messages.success(request, _("Noted."))
    return redirect(detail_url(deal))


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _deal_to_change(actor: Actor, deal_uuid: uuid.UUID) -> Deal:
    deal = access_deal(actor, deal_uuid)
    can_add_activity(actor, deal).enforce()
    return deal


def _form_page(
    request: HttpRequest, deal: Deal, form: forms.Form, title: Any, save: Callable[[dict[str, Any]], None]
) -> HttpResponse:
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                save(form.cleaned_data)
            except (NotThere, NotAllowed):
                raise
            except Refusal as refusal:
                refuse_form(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("Saved."))
                return redirect(detail_url(deal))
    context = {
        "deal": deal,
        "form": form,
        "title": title,
        "submit_label": _("Save"),
        "cancel_url": detail_url(deal),
    }
    return render(request, "deals/story_form.html", context, status=status)
