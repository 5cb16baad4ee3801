"""Refusals as the pages of quotes show them: the sentence, the lines concerned, the ways out."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext

from concord.portal.refusals import InvalidInput, Refusal
from concord.pricing.actions.commitments import PriceConflict
from concord.pricing.actions.outliving import OutlivesPrice
from concord.pricing.actions.shown_prices import DraftChanged, PricesChanged, shown_of
from concord.pricing.enums import WayOut
from concord.pricing.models import Quote
from concord.pricing.price_tokens import seal


def told(quote: Quote, refusal: Refusal) -> dict[str, Any]:
    """A refusal as the page shows it: the sentence, the lines concerned, the ways out as links and buttons."""
    told: dict[str, Any] = {"title": str(refusal), "lines": [], "ways": []}
    here = [str(quote.uuid)]
    if isinstance(refusal, InvalidInput):
        told["lines"] = [str(error.message) for error in refusal.errors]
    if isinstance(refusal, PricesChanged):
        told["lines"] = [change_text(one) for one in refusal.details["changes"]]
        if not isinstance(refusal, DraftChanged):  # that page shows what there is now
            told["ways"] = [_post(gettext("Take the prices of now"), "pricing:quote-take", here, "refresh")]
    if isinstance(refusal, OutlivesPrice):
        told["lines"] = [
            gettext("%(sku)s: until %(until)s. %(reason)s")
            % {"sku": one["sku"], "until": one["until"], "reason": one["detail"]}
            for one in refusal.details["lines"]
        ]
        if refusal.last_day is not None:
            label = gettext("Issue it until %(day)s") % {"day": refusal.last_day.isoformat()}
            fields = {"shorten": "1", "price_token": seal(shown_of(quote, list(quote.lines.all()), now=timezone.now()))}
            told["ways"] = [_post(label, "pricing:quote-issue", here, "calendar") | {"fields": fields}]
    if isinstance(refusal, PriceConflict):
        told["lines"] = [_conflict(one) for one in refusal.details["conflicts"]]
        told["ways"] = _ways(quote, refusal)
    told["text"] = " ".join(told["lines"])
    return told


def change_text(one: dict[str, Any]) -> str:
    """A line whose price moved, with both amounts; or one that came or went."""
    if not one["shown"]:
        return gettext("%(sku)s: not shown before, now %(now)s") % {"sku": one["sku"], "now": _amount(one["now"])}
    if not one["now"]:
        return gettext("%(sku)s: shown %(shown)s, no longer there") % {
            "sku": one["sku"],
            "shown": _amount(one["shown"]),
        }
    if one.get("shown_quantity", one.get("quantity")) != one.get("quantity"):
        return gettext("%(sku)s: shown %(before)s × %(shown)s, now %(after)s × %(now)s") % {
            "sku": one["sku"],
            "before": one["shown_quantity"],
            "shown": _amount(one["shown"]),
            "after": one["quantity"],
            "now": _amount(one["now"]),
        }
    return gettext("%(sku)s: shown %(shown)s, now %(now)s") % {
        "sku": one["sku"],
        "shown": _amount(one["shown"]),
        "now": _amount(one["now"]),
    }


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
