"""Evidence on a deal's page: handing in a file, and fetching one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from concord.deals.access import access_deal, access_evidence
from concord.deals.actions.evidence import attach_evidence, record_evidence_download
from concord.deals.forms.evidence import EvidenceForm
from concord.deals.rules import can_attach, can_read_deals
from concord.deals.tables import detail_url
from concord.documents.views.serving import send_file
from concord.portal.doors import extranet_page, refuse_form
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotAllowed, NotThere, Refusal


@require_POST
@extranet_page(can_read_deals)
def attach(request: HttpRequest, deal_uuid: uuid.UUID) -> HttpResponse:
    """Keep a file; refused, the form comes back with the reason and what was typed."""
    actor = actor_of(request)
    deal = access_deal(actor, deal_uuid)
    can_attach(actor, deal).enforce()
    form = EvidenceForm(request.POST, request.FILES, is_vendor=actor.is_vendor)
    status = 422
    if form.is_valid():
        values = dict(form.cleaned_data)
        try:
            attach_evidence(actor=actor, deal_uuid=deal.uuid, upload=values.pop("file"), now=timezone.now(), **values)
        except (NotThere, NotAllowed):
            raise
        except Refusal as refusal:
            refuse_form(form, refusal)
            status = refusal.status
        else:
            messages.success(request, _("The file is kept with the deal."))
            return redirect(detail_url(deal))
    return render(request, "deals/evidence.html", {"deal": deal, "evidence_form": form}, status=status)


@require_safe
@extranet_page(can_read_deals)
def download(request: HttpRequest, deal_uuid: uuid.UUID, evidence_uuid: uuid.UUID) -> HttpResponseBase:
    """The file, for whoever may see the deal. Counted; a HEAD request is not."""
    actor = actor_of(request)
    evidence = access_evidence(actor, access_deal(actor, deal_uuid), evidence_uuid)
    is_get = request.method == "GET"
    if is_get:
        record_evidence_download(actor=actor, evidence=evidence, now=timezone.now())
    return send_file(evidence.file, name=evidence.name, extension=evidence.extension, with_content=is_get)
