"""Prices on the home dashboard: new versions of the lists that the reader buys by."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from concord.portal.actor import Actor
from concord.pricing.queries.price_lists import news_of_lists


def new_price_lists(actor: Actor, request: HttpRequest) -> dict[str, Any] | None:
    """Versions that were published lately; left out when there are none."""
    news = news_of_lists(actor, now=timezone.now())
    return {"news": news} if news else None
