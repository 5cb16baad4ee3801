"""How a deal looks in templates: `{% load deals %}`."""

from __future__ import annotations

from django import template

from concord.deals.models import Deal
from concord.deals.rules import state_label
from concord.portal.ui.looks import Look, look_of

register = template.Library()


@register.simple_tag
def deal_state(deal: Deal) -> Look:
    """The look of a deal's state: tone, icon and word."""
    return look_of(deal.state, kind="deal", label=state_label(deal))
