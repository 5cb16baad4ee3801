"""What the desk's home says of documents that wait for their time stamp."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from wagtail import hooks
from wagtail.admin.ui.components import Component

from concord.portal.desk import desk_actor
from concord.portal.enums import Role
from concord.pricing.queries.late_stamps import WaitingStamps, waiting_stamps


class LateStampsPanel(Component):
    """For those who answer for quotes; below what is amiss with the certificate."""

    order = 56
    template_name = "pricing/desk/late_stamps_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """One statement for those whom it concerns."""
        concerned = desk_actor(parent_context["request"].user).has_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER)
        return {"waiting": waiting_stamps() if concerned else WaitingStamps(0)}


@hooks.register("construct_homepage_panels")
def late_stamps_on_home(request: HttpRequest, panels: list[Any]) -> None:
    """Shown while any document waits."""
    panels.append(LateStampsPanel())
