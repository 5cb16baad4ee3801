"""Start-up checks: what would fail silently later is said loudly now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections


@register(Tags.database)
def trigrams_work_on_chinese(
    *,
    databases: Sequence[str] | None = None,
    **kwargs: Any,
) -> list[CheckMessage]:
    """A server with ``LC_CTYPE=C`` gives no trigrams for Chinese text, and search finds nothing, without an error."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')")
            if not cursor.fetchone()[0]:
                continue
            cursor.execute("SELECT cardinality(show_trgm('中文'))")
            if cursor.fetchone()[0] == 0:
                problems.append(
                    Error(
                        "pg_trgm finds no trigrams in Chinese text.",
                        hint="Create the cluster with --locale=C.UTF-8 (LC_CTYPE must not be C).",
                        id="portal.E001",
                    ),
                )
    return problems
