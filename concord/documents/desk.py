"""What the desk's home says of the signature on documents, where something is amiss with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from wagtail.admin.ui.components import Component

from concord.documents.queries.signing import SigningState, signing_state
from concord.portal.desk import desk_actor
from concord.portal.enums import Role


class SigningPanel(Component):
    """For those who answer for quotes: no certificate, one that nobody knows, or one that runs out."""

    order = 55
    template_name = "documents/desk/signing_panel.html"

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        """No statement: the certificate is a file."""
        user = parent_context["request"].user
        concerned = user.is_superuser or desk_actor(user).has_role(Role.PRICING_MANAGER, Role.CHANNEL_MANAGER)
        return {"state": signing_state(now=timezone.now()) if concerned else SigningState(None, ())}
