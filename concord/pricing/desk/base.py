"""What the desk's own pages about prices share: who may open them."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from concord.portal.desk import DeskPage, RoleView
from concord.portal.enums import Role

MANAGERS = frozenset({Role.CHANNEL_MANAGER, Role.PRICING_MANAGER})
KEEPING = frozenset({Role.PRICING_MANAGER})


class ForRoles(RoleView):
    """A view for the managers, unless it names others."""

    roles: ClassVar[Collection[Role]] = MANAGERS


class PricePage(DeskPage):
    """A page for the managers, unless it names others."""

    roles: ClassVar[Collection[Role]] = MANAGERS
