"""The time zones that people choose from: UTC and the places of the IANA database.

What systems add under other names (`localtime`, abbreviations, old aliases) no browser knows, and nobody looks for.
"""

from __future__ import annotations

import zoneinfo

_AREAS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")


def offered_time_zones() -> list[str]:
    """Names by the alphabet, UTC first."""
    return ["UTC", *sorted(name for name in zoneinfo.available_timezones() if name.startswith(_AREAS))]
