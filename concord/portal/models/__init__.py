"""The tables of the floor."""

from concord.portal.models.base import PublicModel
from concord.portal.models.brand import BrandSettings
from concord.portal.models.event import (
    Event,
    EventPosition,
    IdempotencyKey,
    ImportMark,
    ImportRun,
    OutboxItem,
    RateLimit,
)
from concord.portal.models.upkeep import CheckRun
from concord.portal.models.user import User

__all__ = [
    "BrandSettings",
    "CheckRun",
    "Event",
    "EventPosition",
    "IdempotencyKey",
    "ImportMark",
    "ImportRun",
    "OutboxItem",
    "PublicModel",
    "RateLimit",
    "User",
]
