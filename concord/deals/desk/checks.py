"""Who asks the pre-check how often: many checks and few registrations look like fishing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.deals.queries.checks import alarm, checks_by_partner
from concord.portal.desk import DeskPage
from concord.portal.enums import Role


class ChecksView(DeskPage):
    """Checks and registrations of the window that the alarm looks at, by partner and person."""

    roles = (Role.CHANNEL_MANAGER,)
    template_name = "deals/desk/checks.html"
    header_icon = "search"
    above = (("registrations:queue", gettext_lazy("Registrations")),)

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Pre-checks")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One row a partner."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        bell = alarm()
        since = timezone.now() - timedelta(days=bell.days)
        context["rows"] = checks_by_partner(self.actor, since=since, alarm=bell)
        context["alarm"], context["days"] = bell, bell.days
        return context
