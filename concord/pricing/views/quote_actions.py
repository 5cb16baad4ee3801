"""What is done with a quote at the push of a button. A refusal comes back on the quote's page with its ways out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from concord.portal.doors import extranet_page
from concord.portal.middleware import actor_of
from concord.portal.refusals import InvalidInput, NotThere, Refusal
from concord.pricing.access import access_quote
from concord.pricing.actions import quotes as actions
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.actions.issuing import PricesChanged
from concord.pricing.actions.quotes import QuoteLineInput
from concord.pricing.enums import WayOut
from concord.pricing.models import Quote
from concord.pricing.rules.quotes import sees_quotes
from concord.pricing.views.quotes import render_quote_page

Done = Callable[[Quote], str]


def _button(act: Callable[..., Quote], done: Done) -> Callable[..., HttpResponseBase]:
    """A view that calls one action on a quote and goes to the quote that comes out of it."""

    @require_POST
    @extranet_page(sees_quotes)
    def view(request: HttpRequest, uuid: UUID) -> HttpResponse:
        actor = actor_of(request)
        quote = access_quote(actor, uuid)
        try:
            result = act(actor=actor, quote_uuid=quote.uuid, now=timezone.now())
        except NotThere:
            raise
        except Refusal as refusal:
            return render_quote_page(
                request, access_quote(actor, uuid), refusal=_told(quote, refusal), status=refusal.status
            )
        messages.success(request, done(result))
        return HttpResponseRedirect(reverse("pricing:quote-detail", args=[result.uuid]))

    return view


def _take_prices(*, actor: Any, quote_uuid: UUID, now: Any) -> Quote:
    """A draft without wanted prices, at the prices in force."""
    quote = access_quote(actor, quote_uuid)
    lines = [QuoteLineInput(line.sku, line.quantity) for line in quote.lines.all()]
    return actions.edit_draft(actor=actor, quote_uuid=quote_uuid, lines=lines, valid_until=quote.valid_until, now=now)


quote_issue = _button(actions.issue_quote, lambda quote: gettext("Quote %(number)s is issued.") % vars(quote))
quote_accept = _button(actions.accept_quote, lambda quote: gettext("Quote %(number)s is accepted.") % vars(quote))
quote_decline = _button(actions.decline_quote, lambda quote: gettext("Quote %(number)s is declined.") % vars(quote))
quote_withdraw = _button(actions.withdraw_quote, lambda quote: gettext("Quote %(number)s is withdrawn.") % vars(quote))
quote_discard = _button(actions.discard_draft, lambda quote: gettext("The draft is put away."))
quote_revise = _button(actions.revise_quote, lambda quote: gettext("Revision %(revision)s is begun.") % vars(quote))
quote_reprice = _button(actions.reprice, lambda quote: gettext("The prices in force hold from now on."))
quote_take = _button(_take_prices, lambda quote: gettext("The draft has the prices in force."))


def _told(quote: Quote, refusal: Refusal) -> dict[str, Any]:
    """A refusal as the page shows it: the sentence, the lines concerned, the ways out as links and buttons."""
    told: dict[str, Any] = {"title": str(refusal), "lines": [], "ways": []}
    here = [str(quote.uuid)]
    if isinstance(refusal, InvalidInput):
        told["lines"] = [str(error.message) for error in refusal.errors]
    if isinstance(refusal, PricesChanged):
        told["lines"] = [
            gettext("%(sku)s: shown %(shown)s, now %(now)s")
            % {"sku": one["sku"], "shown": _amount(one["shown"]), "now": _amount(one["now"])}
            for one in refusal.details["changes"]
        ]
        told["ways"] = [_post(gettext("Take the prices of now"), "pricing:quote-take", here, "refresh")]
    if isinstance(refusal, PriceConflict):
        told["lines"] = [_conflict(one) for one in refusal.details["conflicts"]]
        told["ways"] = _ways(quote, refusal)
    told["text"] = " ".join(told["lines"])
    return told


def _conflict(one: dict[str, Any]) -> str:
    names = {"sku": one["sku"], "requested": _amount(one["requested"])}
    if one.get("promised") and one.get("until"):
        return gettext("%(sku)s: %(requested)s was asked for; %(promised)s is promised until %(until)s.") % {
            **names,
            "promised": _amount(one["promised"]),
            "until": one["until"],
        }
    if one.get("promised"):
        return gettext("%(sku)s: %(requested)s was asked for; the price in force is %(promised)s.") % {
            **names,
            "promised": _amount(one["promised"]),
        }
    return gettext("%(sku)s: %(requested)s was asked for, which is not the price in force for this customer.") % names


def _ways(quote: Quote, refusal: PriceConflict) -> list[dict[str, Any]]:
    here = [str(quote.uuid)]
    possible = {way for one in refusal.details["conflicts"] for way in one["ways_out"]}
    ways = []
    if WayOut.TAKE_PROMISED_PRICE in possible:
        ways.append(_post(WayOut.TAKE_PROMISED_PRICE.label, "pricing:quote-take", here, "check"))
    if WayOut.ASK_SPECIAL_PRICE in possible:
        for one in refusal.details["conflicts"]:
            url = reverse("pricing:special-price-new", args=here) + f"?sku={one['sku']}"
            label = f"{WayOut.ASK_SPECIAL_PRICE.label} ({one['sku']})"
            ways.append({"label": label, "url": url, "icon": "discount"})
    if WayOut.REPRICE in possible:
        ways.append(_post(WayOut.REPRICE.label, "pricing:quote-reprice", here, "refresh"))
    if WayOut.REGISTER_DEAL in possible:
        try:
            register = reverse("deals:create")
        except NoReverseMatch:
            return ways
        ways.append({"label": str(WayOut.REGISTER_DEAL.label), "url": register, "icon": "file-plus"})
    return ways


def _post(label: Any, name: str, args: list[str], icon: str) -> dict[str, Any]:
    return {"label": str(label), "url": reverse(name, args=args), "method": "post", "icon": icon, "fields": {}}


def _amount(money: dict[str, str]) -> str:
    return f"{money['amount']} {money['currency']}"
