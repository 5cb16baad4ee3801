"""What is done with a quote at the push of a button. A refusal comes back on the quote's page with its ways out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotThere, Refusal
from concord.pricing.access import access_quote
from concord.pricing.actions import quotes as actions
from concord.pricing.actions.quotes import QuoteLineInput
from concord.pricing.actions.shown_prices import read_shown
from concord.pricing.models import Quote
from concord.pricing.rules.quotes import sees_quotes
from concord.pricing.views.quote_refusals import told
from concord.pricing.views.quotes import render_quote_page

Done = Callable[[Quote], str]


def _nothing_more(_request: HttpRequest) -> dict[str, Any]:
    return {}


def _button(
    act: Callable[..., Quote], done: Done, more: Callable[[HttpRequest], dict[str, Any]] = _nothing_more
) -> Callable[..., HttpResponseBase]:
    """A view that calls one action on a quote and goes to the quote that comes out of it.

    ``more`` says what else the action is told of the form.
    """

    @require_POST
    @extranet_page(sees_quotes)
    def view(request: HttpRequest, uuid: UUID) -> HttpResponse:
        actor = actor_of(request)
        quote = access_quote(actor, uuid)
        try:
            result = act(actor=actor, quote_uuid=quote.uuid, now=timezone.now(), **more(request))
        except NotThere:
            raise
        except Refusal as refusal:
            return render_quote_page(
                request, access_quote(actor, uuid), refusal=told(quote, refusal), status=refusal.status
            )
        messages.success(request, done(result))
        return HttpResponseRedirect(reverse("pricing:quote-detail", args=[result.uuid]))

    return view


def _take_prices(*, actor: Any, quote_uuid: UUID, now: Any) -> Quote:
    """A draft without wanted prices, at the prices in force."""
    quote = access_quote(actor, quote_uuid)
    lines = [QuoteLineInput(line.sku, line.quantity) for line in quote.lines.all()]
    return actions.edit_draft(actor=actor, quote_uuid=quote_uuid, lines=lines, valid_until=quote.valid_until, now=now)


def _as_shown(request: HttpRequest) -> dict[str, Any]:
    """What the page showed, so that a draft that was changed in another window is not issued unseen."""
    token = request.POST.get("price_token", "")[:200_000]
    return {"shorten": request.POST.get("shorten") == "1", "shown": read_shown(token) if token else None}


quote_issue = _button(
    actions.issue_quote,
    lambda quote: gettext("Quote %(number)s is issued.") % vars(quote),
    _as_shown,
)
quote_honour = _button(
    actions.honour_quote,
    lambda quote: gettext("Quote %(number)s is honoured and accepted.") % vars(quote),
    lambda request: {"note": request.POST.get("note", "")[:500]},
)
quote_accept = _button(actions.accept_quote, lambda quote: gettext("Quote %(number)s is accepted.") % vars(quote))
quote_decline = _button(actions.decline_quote, lambda quote: gettext("Quote %(number)s is declined.") % vars(quote))
quote_withdraw = _button(actions.withdraw_quote, lambda quote: gettext("Quote %(number)s is withdrawn.") % vars(quote))
quote_discard = _button(actions.discard_draft, lambda quote: gettext("The draft is put away."))
quote_revise = _button(actions.revise_quote, lambda quote: gettext("Revision %(revision)s is begun.") % vars(quote))
quote_reprice = _button(actions.reprice, lambda quote: gettext("The prices in force hold from now on."))
quote_take = _button(_take_prices, lambda quote: gettext("The draft has the prices in force."))
