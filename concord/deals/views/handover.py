"""Handing a person's work over, with everything that hangs on it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.deals.actions.handover import hand_over_person
from concord.deals.forms.handover import HandoverForm
from concord.deals.queries.handover import open_work_of, successors_of
from concord.deals.rules import can_hand_over_person, can_read_deals
from concord.partners.access import access_member
from concord.partners.rules import can_manage_members
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotAllowed, NotThere, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@extranet_page(can_read_deals)
def handover(request: HttpRequest, member_uuid: uuid.UUID) -> HttpResponse:
    """One person's work, and who takes it over."""
    actor = actor_of(request)
    member = access_member(actor, member_uuid)
    can_hand_over_person(actor, member).enforce()
    work = open_work_of(member.user_id)
    may_deactivate = bool(can_manage_members(actor=actor, partner_id=member.partner_id)) and (
        actor.user_id != member.user_id
    )
    form = HandoverForm(
        request.POST if request.method == "POST" else None,
        people=successors_of(member),
        deals=work.deals,
        may_deactivate=may_deactivate,
        is_vendor=actor.is_vendor,
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            values = form.cleaned_data
            try:
                hand_over_person(
                    actor=actor,
                    member=member,
                    default=uuid.UUID(values["successor"]),
                    by_deal=form.plan(),
                    note=values["note"],
                    tell_customer=values["tell_customer"],
                    then_deactivate=values.get("then_deactivate", False),
                    now=timezone.now(),
                )
            except (NotThere, NotAllowed):
                raise
            except Refusal as refusal:
                refuse_form(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("Handed over. The successors get a mail with the briefs."))
                return redirect("partners:company" if actor.is_partner else "deals:list")
    context = {
        "member": member,
        "work": work,
        "form": form,
        "deal_fields": [form[name] for name in form.deal_fields],
        "submit_label": _("Hand over"),
    }
    return render(request, "deals/handover.html", context, status=status)
