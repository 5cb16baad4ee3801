"""Two revisions of a quote, line by line."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.pricing.access import access_quote
from concord.pricing.queries.quotes import revisions_of
from concord.pricing.queries.revisions import compare_revisions
from concord.pricing.rules.quotes import sees_quotes


@require_GET
@extranet_page(sees_quotes)
def quote_compare(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What changed from another revision (``?with=`` its number, else the one before) to this one."""
    actor = actor_of(request)
    quote = access_quote(actor, uuid)
    others = [one for one in revisions_of(actor, quote) if one.pk != quote.pk]
    wanted = request.GET.get("with", "")
    if wanted.isdecimal():
        others_wanted = [one for one in others if str(one.revision) == wanted]
    else:
        others_wanted = [one for one in others if one.revision < quote.revision] or others
    if not others_wanted and (others or wanted):
        raise Http404
    other = others_wanted[0] if others_wanted else None
    former, latter = sorted((other or quote, quote), key=lambda one: one.revision)
    context = {
        "quote": quote,
        "comparison": compare_revisions(former, latter) if other else None,
        "others": others,
        "other": other,
        "crumbs": [
            (gettext("Quotes"), reverse("pricing:quote-list")),
            (quote.number, reverse("pricing:quote-detail", args=[quote.uuid])),
        ],
    }
    return render(request, "pricing/quote_compare.html", context)
