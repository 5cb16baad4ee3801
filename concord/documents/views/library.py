"""The library: a list to search in, and one page for each document."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from concord.documents.access import access_collateral
from concord.documents.forms.library import LibraryFilterForm
from concord.documents.queries.library import downloads_of, entitled_to, library
from concord.documents.tables import LibraryTable
from concord.documents.views.doors import for_library_readers
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotThere

_PAGE = 25


@require_safe
@for_library_readers
def library_page(request: HttpRequest) -> HttpResponse:
    """What the reader is entitled to, searched and filtered by the address."""
    actor, now = actor_of(request), timezone.now()
    form = LibraryFilterForm(request.GET, actor=actor)
    filters = form.filters
    rows = library(actor=actor, now=now, filters=filters)
    searching = bool(filters.text or filters.kind or filters.family or filters.language)
    if searching or entitled_to(actor=actor, now=now).exists():
        empty: dict[str, str] = {
            "title": _("Nothing in the library fits."),
            "text": _("Try fewer or other words, or take a filter away."),
            "icon": "search-off",
            "url": request.path,
            "action": _("Show everything"),
        }
    else:
        empty = {
            "title": _("There are no documents for you yet."),
            "text": _("Data sheets, manuals and brochures of your product families will stand here."),
            "icon": "books",
        }
    table = LibraryTable(rows, caption=_("Documents"), empty=empty)
    RequestConfig(request, paginate={"per_page": _PAGE}).configure(table)
    return render(request, "documents/library.html", {"table": table, "form": form, "searching": searching})


@require_safe
@for_library_readers
def detail_page(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """One document: what it is, for whom, and its download."""
    actor, now = actor_of(request), timezone.now()
    try:
        document = access_collateral(actor=actor, public_id=public_id, now=now)
    except NotThere as refusal:
        raise Http404 from refusal
    downloads = downloads_of(actor=actor, collateral=document)
    crumbs = [(_("Library"), reverse("documents:library"))]
    return render(request, "documents/detail.html", {"document": document, "downloads": downloads, "crumbs": crumbs})
