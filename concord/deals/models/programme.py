"""The programme's terms as they are set in the desk, and the vendor's own closing days."""

from __future__ import annotations

import zoneinfo
from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from concord.deals.models.registration import Deal
from concord.deals.protection_enums import EscalationLevel
from concord.portal.models import PublicModel


def installed(name: str, usual: Any) -> Any:
    """What the installation's settings say of a term, else what is usual."""
    return getattr(settings, "PROGRAMME_TERMS", {}).get(name, usual)


def _number(label: Any, name: str, usual: int, most: int, text: Any = "", least: int = 1) -> Any:
    return models.PositiveSmallIntegerField(
        label,
        default=partial(installed, name, usual),
        validators=[MinValueValidator(least), MaxValueValidator(most)],
        help_text=text,
    )


def _person(label: Any, text: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=label,
        help_text=text,
        limit_choices_to={"is_active": True, "member__role": "channel_manager"},
    )


@register_setting(icon="calendar-check")
class ProgrammeSettings(BaseGenericSetting):
    """How fast the vendor answers, how long an approval protects, who decides when it is disputed."""

    answer_within_hours = _number(_("answer within working hours"), "answer_within_hours", 24, 400)
    escalate_before_hours = _number(
        _("tell the escalation person so many working hours before"), "escalate_before_hours", 4, 200, least=0
    )
    escalation_person = _person(_("escalation person"), _("Is told of answers that are nearly due or overdue."))
    opens_at_hour = _number(_("opens at hour"), "opens_at_hour", 9, 23, least=0)
    closes_at_hour = _number(_("closes at hour"), "closes_at_hour", 18, 24)
    works_on_monday = models.BooleanField(_("works on Monday"), default=True)
    works_on_tuesday = models.BooleanField(_("works on Tuesday"), default=True)
    works_on_wednesday = models.BooleanField(_("works on Wednesday"), default=True)
    works_on_thursday = models.BooleanField(_("works on Thursday"), default=True)
    works_on_friday = models.BooleanField(_("works on Friday"), default=True)
    works_on_saturday = models.BooleanField(_("works on Saturday"), default=False)
    works_on_sunday = models.BooleanField(_("works on Sunday"), default=False)
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default=partial(installed, "time_zone", "UTC"),
        help_text=_("Such as Europe/Berlin or Asia/Shanghai."),
    )
    calendar_country = models.CharField(
        _("public holidays of"),
        max_length=2,
        blank=True,
        default=partial(installed, "calendar_country", ""),
        help_text=_("Two letters such as DE or CN; empty: no public holidays."),
    )
    calendar_region = models.CharField(
        _("region"),
        max_length=8,
        blank=True,
        default=partial(installed, "calendar_region", ""),
        help_text=_("For holidays of a part of the country, such as BY for Bavaria."),
    )
    protection_days = _number(_("days that an approval protects"), "protection_days", 90, 1_000)
    activity_every_days = _number(_("days between tests of activity"), "activity_every_days", 30, 400)
    qualified_activities = _number(
        _("qualified activities that a test asks for"), "qualified_activities", 2, 50, _("0: no test."), least=0
    )
    grace_days = _number(_("days of grace after a test that was not passed"), "grace_days", 7, 100)
    extension_days = _number(_("days of an extension"), "extension_days", 30, 400)
    extensions = _number(_("extensions at most"), "extensions", 3, 20, least=0)
    hard_end_days = _number(
        _("days after which every protection ends"), "hard_end_days", 180, 2_000, _("Whatever was extended.")
    )
    most_hold_days = _number(
        _("days that the clock may stand still in all"),
        "most_hold_days",
        60,
        400,
        _("0: the clock never stands still."),
        least=0,
    )
    warn_before_end_days = _number(_("first warning, days before the end"), "warn_before_end_days", 14, 200)
    second_warning_days = _number(_("second warning, days before the end"), "second_warning_days", 7, 200)
    last_warning_days = _number(_("last warning, days before the end"), "last_warning_days", 1, 200)
    appeal_within_working_days = _number(_("appeal within working days"), "appeal_within_working_days", 5, 60)
    judge_within_working_days = _number(_("judge within working days"), "judge_within_working_days", 10, 120)
    readiness_at_least = _number(
        _("readiness that a deal should have, points of 100"),
        "readiness_at_least",
        40,
        100,
        _("Below it, a deal is shown red and its protection is not extended."),
        least=0,
    )
    quiet_after_days = _number(_("days after which a deal counts as quiet"), "quiet_after_days", 14, 400)
    neutral_person = _person(_("neutral person"), _("Judges appeals, except against decisions of his or her own."))
    deputy_person = _person(_("deputy"), _("Judges appeals against decisions of the neutral person."))

    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("answer_within_hours"), FieldPanel("escalate_before_hours")]),
                FieldPanel("escalation_person"),
            ],
            _("Answers"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("opens_at_hour"), FieldPanel("closes_at_hour"), FieldPanel("time_zone")]),
                FieldRowPanel([FieldPanel("calendar_country"), FieldPanel("calendar_region")]),
                FieldRowPanel(
                    [
                        FieldPanel(f"works_on_{day}")
                        for day in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
                    ]
                ),
            ],
            _("The vendor's working hours"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("protection_days"), FieldPanel("hard_end_days")]),
                FieldRowPanel([FieldPanel("extension_days"), FieldPanel("extensions"), FieldPanel("most_hold_days")]),
                FieldRowPanel(
                    [FieldPanel("activity_every_days"), FieldPanel("qualified_activities"), FieldPanel("grace_days")]
                ),
                FieldRowPanel([FieldPanel("readiness_at_least"), FieldPanel("quiet_after_days")]),
                FieldRowPanel(
                    [
                        FieldPanel("warn_before_end_days"),
                        FieldPanel("second_warning_days"),
                        FieldPanel("last_warning_days"),
                    ]
                ),
            ],
            _("Protection"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("appeal_within_working_days"), FieldPanel("judge_within_working_days")]),
                FieldRowPanel([FieldPanel("neutral_person"), FieldPanel("deputy_person")]),
            ],
            _("Appeals"),
        ),
    ]

    class Meta:
        verbose_name = _("terms of the programme")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(opens_at_hour__lt=models.F("closes_at_hour"), closes_at_hour__lte=24),
                name="programme_day",
            ),
            models.CheckConstraint(
                condition=models.Q(hard_end_days__gte=models.F("protection_days")), name="programme_hard_end"
            ),
        ]

    @property
    def working_days(self) -> tuple[int, ...]:
        """The days on which the vendor works, Monday as 0."""
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        return tuple(number for number, day in enumerate(days) if getattr(self, f"works_on_{day}"))

    def clean(self) -> None:
        """Refuse a zone or calendar that does not exist; what contradicts the other terms is refused with them."""
        errors: dict[str, Any] = {}
        if self.time_zone not in zoneinfo.available_timezones():
            errors["time_zone"] = _("There is no such time zone.")
        self.calendar_country = self.calendar_country.strip().upper()
        self.calendar_region = self.calendar_region.strip().upper()
        if errors:
            raise ValidationError(errors)
        for check in settings_checks:
            check(self)


#: what else a change has to pass: rules that know the arithmetic of the terms put themselves here
settings_checks: list[Any] = []


class ClosingDay(PublicModel):
    """A day on which the vendor does not work, besides weekends and public holidays."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("closing day")
        verbose_name_plural = _("closing days")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}".strip()


class AnswerEscalation(models.Model):
    """An answer that was told to the escalation person: once for each due moment and level."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="escalations")
    due_at = models.DateTimeField(_("due at"))
    level = models.CharField(_("level"), max_length=8, choices=EscalationLevel.choices)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["deal", "due_at", "level"], name="escalated_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.level}"
