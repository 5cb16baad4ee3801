"""What ``manage.py check --database default`` says of the keys that customers are found by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, register
from django.core.checks import Warning as CheckWarning

from concord.partners.queries.matching_keys import stale_version


@register(Tags.database)
def keys_are_those_of_the_matcher(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """A release that makes keys otherwise finds hardly a customer by the old ones, without an error."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        version = stale_version(alias)
        if version is not None:
            found.append(
                CheckWarning(
                    f"The keys that customers are found by were made by another version of the matcher ({version}).",
                    hint="Run manage.py refresh_matching_keys once the new release runs everywhere.",
                    id="partners.W001",
                )
            )
    return found
