"""Are the keys that are stored with customers those that matching asks for today?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils.translation import gettext_lazy as _

from concord.partners.matching.candidates import KEY_VERSION
from concord.portal.invariants import Invariant, Violation

RULE = "customer_keys"

_THERE = "SELECT to_regclass('partners_matchingkeys') IS NOT NULL"
_STORED = "SELECT (SELECT version FROM partners_matchingkeys), EXISTS (SELECT FROM partners_endcustomer)"


def stale_version(using: str = DEFAULT_DB_ALIAS) -> str | None:
    """The version of the stored keys where it is another one than the matcher's (`?`: nobody knows); else ``None``.

    A database without customers, or one that is not migrated yet, has no stale keys.
    """
    if not is_migrated(using):
        return None
    with connections[using].cursor() as cursor:
        cursor.execute(_STORED)
        version, has_customers = cursor.fetchone()
    if version == KEY_VERSION or not has_customers:
        return None
    return "?" if version is None else str(version)


def is_migrated(using: str = DEFAULT_DB_ALIAS) -> bool:
    """Whether the version can be stored at all: checks run before the first migration too."""
    with connections[using].cursor() as cursor:
        cursor.execute(_THERE)
        return bool(cursor.fetchone()[0])


def _stale(_now: datetime) -> Iterable[Violation]:
    version = stale_version()
    if version is None:
        return []
    what = f"keys are of version {version}, the matcher asks for {KEY_VERSION}: run manage.py refresh_matching_keys"
    return [Violation(RULE, "partners_endcustomer", what)]


def key_invariants() -> list[Invariant]:
    """The rule of the stored keys."""
    return [Invariant(RULE, _("The keys that customers are found by are those of the matcher in use"), _stale)]
