"""The OpenAPI document shows the public API only."""

from __future__ import annotations

from typing import Any

from drf_standardized_errors.openapi import AutoSchema


class ProblemAutoSchema(AutoSchema):
    """Documents the problem details of every operation."""


def only_public_api(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Keep ``/api/v1/`` and leave the desk's internal addresses out."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/")]
