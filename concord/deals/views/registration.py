"""Registering: the form, the pre-check while typing, products as they are pasted."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.deals.access import access_deal
from concord.deals.actions.changes import change_registration
from concord.deals.actions.checks import SHORTEST_NAME, check_conflict
from concord.deals.actions.drafts import checked_lines, create_registration
from concord.deals.actions.locked import as_read_at
from concord.deals.actions.submission import submit_registration
from concord.deals.enums import Deed, ReviewStatus
from concord.deals.forms.lines import line_message, read_lines
from concord.deals.forms.registration import RegistrationForm, refuse_registration
from concord.deals.models import Deal
from concord.deals.protection.window import until_month
from concord.deals.queries.partners import own_partner
from concord.deals.rules import can_edit, demand_state
from concord.deals.tables import detail_url
from concord.partners.queries.twins import CustomerClaim
from concord.portal.actor import Actor
from concord.portal.doors import extranet_page
from concord.portal.limits import TooMany
from concord.portal.middleware import actor_of
from concord.portal.refusals import Conflict, InvalidInput, NotAllowed, NotThere, Refusal
from concord.pricing.queries.catalogue import search_products

_SUGGESTED = 8


def _registers(actor: Actor) -> bool:
    return actor.is_partner


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(_registers)
def create(request: HttpRequest) -> HttpResponse:
    """A new registration: saved as a draft, or submitted at once."""
    actor = actor_of(request)
    partner = own_partner(actor)
    data = request.POST if request.method == "POST" else None
    form = RegistrationForm(data, country=partner.country, currency=partner.currency)
    if data is None or not form.is_valid():
        return _show(request, form, None)
    key = uuid.UUID(form.cleaned_data["idempotency_key"])
    before = _sent_before(actor, key)
    if before is not None:
        return redirect(detail_url(before))
    try:
        deal = create_registration(actor=actor, registration=form.registration(), now=timezone.now(), public_id=key)
    except Refusal as refusal:
        # Two clicks at once: the second one waited for the first and finds its deal now.
        before = _sent_before(actor, key)
        if before is not None:
            return redirect(detail_url(before))
        refuse_registration(form, refusal)
        return _show(request, form, None, status=refusal.status)
    return _saved(request, deal, form)


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(_registers)
def edit(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """A draft, or what the vendor asked to complete."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    can_edit(actor, deal).enforce()
    try:
        demand_state(Deed.EDIT, deal)
    except Conflict as refusal:
        messages.warning(request, str(refusal.message))
        return redirect(detail_url(deal))
    data = request.POST if request.method == "POST" else None
    form = RegistrationForm(data, deal=deal)
    if data is None or not form.is_valid():
        return _show(request, form, deal)
    try:
        deal = change_registration(
            actor=actor,
            deal_uuid=deal.uuid,
            registration=form.registration(),
            now=timezone.now(),
            expect=as_read_at(form.cleaned_data["version"]) if form.cleaned_data["version"] else None,
        )
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        refuse_registration(form, refusal)
        return _show(request, form, deal, status=refusal.status)
    return _saved(request, deal, form)


def _sent_before(actor: Actor, key: uuid.UUID) -> Deal | None:
    """The form's key is the deal's public id: sent twice, it leads to the same deal."""
    try:
        return access_deal(actor, key)
    except NotThere:
        return None


def _saved(request: HttpRequest, deal: Deal, form: RegistrationForm) -> HttpResponse:
    """After saving: on to the deal's page; submitted as well when that button was used."""
    if deal.decided_at is not None and deal.review_status == ReviewStatus.SUBMITTED:
        messages.success(request, _("Saved. What you changed needs a new answer; your protection stands meanwhile."))
        return redirect(detail_url(deal))
    if deal.review_status == ReviewStatus.APPROVED:
        messages.success(request, _("Saved."))
        return redirect(detail_url(deal))
    if "submit" not in request.POST:
        messages.success(request, _("Saved. Submit the registration when it is complete."))
        return redirect(detail_url(deal))
    try:
        submit_registration(actor=actor_of(request), deal_uuid=deal.uuid, now=timezone.now())
    except (NotThere, NotAllowed):
        raise
    except Refusal as refusal:
        # What was typed is kept as a draft; the form goes on from there.
        refuse_registration(form, refusal)
        return _show(request, form, deal, status=refusal.status, refusal=refusal, is_kept=True)
    messages.success(request, _("Submitted. The vendor answers within its working hours; you will see it here."))
    return redirect(detail_url(deal))


def _show(
    request: HttpRequest,
    form: RegistrationForm,
    deal: Deal | None,
    *,
    status: int = 0,
    refusal: Refusal | None = None,
    is_kept: bool = False,
) -> HttpResponse:
    own = refusal.details.get("deal") if refusal else None
    context = {
        "form": form,
        "deal": deal,
        "is_kept": is_kept,
        # The draft that exists now is changed when the form is sent again, instead of a second one being written.
        "form_action": reverse("deals:edit", args=[deal.uuid]) if deal else "",
        "version": _version_of(form, deal, is_kept=is_kept),
        "own_duplicate": own,
        "idempotency": form.data.get("idempotency_key", ""),
        "is_returned": deal is not None and deal.review_status == "returned",
    }
    code = status or (422 if form.is_bound else 200)
    return render(request, "deals/registration.html", context, status=code)


def _version_of(form: RegistrationForm, deal: Deal | None, *, is_kept: bool) -> str:
    """Which version of the deal the reader has before the eyes: the one typed over, unless it was saved just now."""
    shown = str(form.data.get("version", "")) if form.is_bound and not is_kept else ""
    return shown or (deal.updated_at.isoformat() if deal else "")


@require_POST
@extranet_page(_registers)
def check(request: HttpRequest) -> HttpResponse:
    """The pre-check while typing: the verdict beside the field, never whose the customer is."""
    posted = request.POST
    name = posted.get("customer_name", "").strip()
    if len(name) < max(SHORTEST_NAME, 3):
        return render(request, "deals/parts/verdict.html", {"answer": None})
    claim = CustomerClaim(
        name=name,
        country=posted.get("customer_country", ""),
        city=posted.get("customer_city", "").strip(),
        registration_number=posted.get("customer_registration_number", "").strip(),
        website=posted.get("customer_website", "").strip(),
    )
    try:
        families = _families_typed(posted.get("lines", ""))
        answer = check_conflict(actor=actor_of(request), claim=claim, family_codes=families, now=timezone.now())
    except TooMany as refusal:
        return render(request, "deals/parts/verdict.html", {"refusal": refusal}, status=429)
    except InvalidInput as refusal:
        return render(request, "deals/parts/verdict.html", {"refusal": refusal}, status=422)
    month = until_month(answer.protected_until) if answer.protected_until else None
    return render(request, "deals/parts/verdict.html", {"answer": answer, "month": month})


def _families_typed(text: str) -> list[str]:
    lines, _errors = read_lines(text)
    try:
        products = checked_lines(lines)
    except InvalidInput:
        return []
    return sorted({product.family.code for product in products.values()})


@require_safe
@extranet_page(_registers)
def suggest(request: HttpRequest) -> HttpResponse:
    """Products by part of a number or name."""
    text = request.GET.get("product", "").strip()
    products = search_products(text, limit=_SUGGESTED) if len(text) >= 2 else []
    return render(request, "deals/parts/suggestions.html", {"products": products, "text": text})


@require_POST
@extranet_page(_registers)
def preview(request: HttpRequest) -> HttpResponse:
    """The pasted lines as the catalogue knows them, and what is wrong with each."""
    lines, errors = read_lines(request.POST.get("lines", ""))
    products = {}
    try:
        products = checked_lines(lines)
    except InvalidInput as refusal:
        for error in refusal.errors:
            parts = error.pointer.strip("/").split("/")
            number = int(parts[1]) + 1 if len(parts) > 1 else 0
            errors.append(line_message(number, str(error.message)) if number else str(error.message))
    rows = [(products[line.sku], line.quantity) for line in lines if line.sku in products]
    families = sorted({product.family.display_name for product, _quantity in rows})
    context = {"rows": rows, "errors": errors, "families": families, "pieces": sum(number for _one, number in rows)}
    return render(request, "deals/parts/lines.html", context)
