"""Who acts. Every query and action takes an ``Actor``; none asks the request, the session or a thread."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from concord.portal import registry
from concord.portal.enums import PARTNER_ROLES, VENDOR_ROLES, Door, Role

if TYPE_CHECKING:
    from concord.portal.models import User


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, a system or the portal itself, seen through one door.

    ``partner_id`` is the partner whose rows the actor may see; ``None`` with a vendor role means the vendor,
    ``None`` without any role means a stranger who sees nothing.
    """

    door: Door
    roles: frozenset[Role] = frozenset()
    user_id: int | None = None
    partner_id: int | None = None
    client_id: str = ""
    name: str = ""
    scopes: frozenset[str] = field(default_factory=frozenset)
    is_portal: bool = False
    is_superuser: bool = False

    @property
    def is_vendor(self) -> bool:
        """Whether the actor belongs to the vendor and so sees the rows of every partner."""
        return self.is_portal or self.is_superuser or bool(self.roles & VENDOR_ROLES)

    @property
    def is_partner(self) -> bool:
        """Whether the actor belongs to a partner."""
        return self.partner_id is not None and bool(self.roles & PARTNER_ROLES)

    @property
    def sees_whole_partner(self) -> bool:
        """Whether the actor sees all rows of its partner and not only its own (administrators and systems)."""
        return bool(self.roles & {Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SYSTEM})

    @property
    def is_known(self) -> bool:
        """Whether anybody vouches for the actor at all."""
        return self.is_vendor or self.is_partner

    @property
    def sees_business(self) -> bool:
        """Whether the actor may see what partners do (deals, quotes, customers): content editors have no part in it."""
        return self.is_known and (self.is_portal or self.is_superuser or not self.roles <= {Role.CONTENT_EDITOR})

    def has_role(self, *roles: Role) -> bool:
        """Whether the actor holds one of the roles; the portal itself and superusers hold all."""
        return self.is_portal or self.is_superuser or bool(self.roles & set(roles))

    def through(self, door: Door) -> Actor:
        """The same actor through another door."""
        return replace(self, door=door)


def portal_actor(door: Door = Door.TASK) -> Actor:
    """The portal itself, for timers, imports of the demo and maintenance."""
    return Actor(door=door, name="Concord", is_portal=True)


def stranger(door: Door = Door.PUBLIC) -> Actor:
    """Nobody in particular: sees nothing."""
    return Actor(door=door)


def actor_for_user(user: User, door: Door) -> Actor:
    """The actor that a signed-in person is. One query, made by the package that knows memberships."""
    if not user.is_authenticated or not user.is_active:
        return stranger(door)
    return registry.resolve_user(user, door)
