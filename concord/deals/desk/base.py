"""What the desk's own pages about deals are made of."""

from __future__ import annotations

from concord.portal.desk import DeskPage, RoleView

__all__ = ["DeskPage", "RoleView"]
