"""Merging in the desk: both records side by side, what moves, what stands in the way; and the way back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from concord.partners.access import access_customer, access_merge
from concord.partners.actions.merging import merge_customers
from concord.partners.actions.unmerging import undo_merge
from concord.partners.forms.merging import MergeForm
from concord.partners.models import EndCustomer
from concord.partners.queries.merging import preview_merge
from concord.portal.desk import desk_actor, needs_role
from concord.portal.enums import Role
from concord.portal.models import User
from concord.portal.refusals import NotThere, Refusal

_COMPARED = ("legal_name", "short_name", "country", "registration_number", "website", "city", "address", "sector")


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the comparison."""

    label: str
    survivor: str
    absorbed: str

    @property
    def differs(self) -> bool:
        """Whether both say something, and not the same."""
        return bool(self.survivor and self.absorbed and self.survivor != self.absorbed)


def _facts(survivor: EndCustomer, absorbed: EndCustomer) -> Sequence[Fact]:
    facts = [
        Fact(str(EndCustomer._meta.get_field(name).verbose_name), getattr(survivor, name), getattr(absorbed, name))  # type: ignore[union-attr]
        for name in _COMPARED
    ]
    names = [", ".join(name.name for name in one.names.order_by("kind", "name")) for one in (survivor, absorbed)]
    facts.append(Fact(_("Names"), *names))
    since = [str(one.created_at.date()) for one in (survivor, absorbed)]
    facts.append(Fact(_("Known since"), *since))
    return facts


@require_http_methods(["GET", "POST"])
@needs_role(Role.CHANNEL_MANAGER)
def merge(request: HttpRequest, customer_uuid: uuid.UUID, other_uuid: uuid.UUID) -> HttpResponse:
    """Show what a merge would do, and do it. The first customer of the address survives."""
    assert isinstance(request.user, User)
    actor = desk_actor(request.user)
    try:
        survivor, absorbed = access_customer(actor, customer_uuid), access_customer(actor, other_uuid)
    except NotThere as refusal:
        raise Http404 from refusal
    if survivor.pk == absorbed.pk:
        messages.warning(request, _("They are one record already."))
        return redirect("customers:inspect", survivor.pk)
    form = MergeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            merge_customers(
                actor=actor,
                survivor_uuid=survivor.uuid,
                absorbed_uuids=[absorbed.uuid],
                now=timezone.now(),
                reason=form.cleaned_data["reason"],
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("Merged. The way back stands in the history below."))
            return redirect("customers:inspect", survivor.pk)
    context: dict[str, Any] = {
        "survivor": survivor,
        "absorbed": absorbed,
        "facts": _facts(survivor, absorbed),
        "preview": preview_merge(survivor=survivor, absorbed=absorbed, now=timezone.now()),
        "form": form,
    }
    return render(request, "partners/desk/merge.html", context, status=409 if form.errors else 200)


@require_POST
@needs_role(Role.CHANNEL_MANAGER)
def undo(request: HttpRequest, merge_uuid: uuid.UUID) -> HttpResponse:
    """Take a merge back."""
    assert isinstance(request.user, User)
    actor = desk_actor(request.user)
    try:
        found = access_merge(actor, merge_uuid)
    except NotThere as refusal:
        raise Http404 from refusal
    try:
        undo_merge(actor=actor, merge_uuid=merge_uuid, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The merge is undone: both records stand as they stood before."))
    return redirect("customers:inspect", found.survivor_id)
