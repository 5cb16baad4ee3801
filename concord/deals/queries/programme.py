"""The terms of the programme in force: what was set in the desk, else what the installation says."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from concord.deals.models import ClosingDay, ProgrammeSettings
from concord.deals.protection.terms import ProgrammeTerms, contradictions
from concord.deals.protection.working_time import has_calendar

_SET_ELSEWHERE = {"working_days", "closing_days", "most_lines"}
_NAMES = tuple(one.name for one in fields(ProgrammeTerms) if one.name not in _SET_ELSEWHERE)


def programme_terms() -> ProgrammeTerms:
    """The terms in force; one small statement, two where nothing was ever set in the desk."""
    closing_days = ClosingDay.objects.order_by("day").values("day")
    row: Any = ProgrammeSettings.objects.annotate(closed_on=ArraySubquery(closing_days)).order_by("pk").first()
    values = dict(getattr(settings, "PROGRAMME_TERMS", {}))
    if row is not None:
        values |= _values_of(row)
    days = row.closed_on if row is not None else closing_days.values_list("day", flat=True)
    return ProgrammeTerms.read({**values, "closing_days": tuple(days)})


def installed_terms() -> ProgrammeTerms:
    """The terms that the installation's settings give, for a look at the start of the portal: no statement."""
    return ProgrammeTerms.read(getattr(settings, "PROGRAMME_TERMS", {}))


def demand_consistent(row: ProgrammeSettings) -> None:
    """Refuse terms that contradict each other, at their fields. Raises ``ValidationError``."""
    if not has_calendar(row.calendar_country, ""):
        raise ValidationError({"calendar_country": _("There is no calendar of public holidays for this country.")})
    if not has_calendar(row.calendar_country, row.calendar_region):
        raise ValidationError({"calendar_region": _("There is no calendar of public holidays for this region.")})
    unchecked = object.__new__(ProgrammeTerms)
    for one in fields(ProgrammeTerms):
        object.__setattr__(unchecked, one.name, _values_of(row).get(one.name, one.default))
    found = contradictions(unchecked)
    if found:
        known = {one.name for one in ProgrammeSettings._meta.get_fields()}
        message = _("This contradicts another of the programme's terms.")
        names = {"working_days": "works_on_monday", "deputy_person_id": "deputy_person"}
        places = {names.get(name, name) for name in found}
        raise ValidationError({place if place in known else "__all__": message for place in places})


def _values_of(row: ProgrammeSettings) -> dict[str, Any]:
    return {**{name: getattr(row, name) for name in _NAMES}, "working_days": row.working_days}
