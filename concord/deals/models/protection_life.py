"""The life of a protection: its moments, what was asked to be extended or held, and appeals against decisions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from concord.deals.models.registration import Deal, ReasonCode
from concord.deals.protection_enums import AppealState, EndCause, RequestState
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from concord.portal.actor import Actor


def _person(**extra: Any) -> Any:
    return models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", **extra)


def _reason() -> Any:
    return models.ForeignKey(ReasonCode, null=True, on_delete=models.PROTECT, related_name="+")


class OfDealQuerySet(ScopedQuerySet[Any]):
    """Rows that follow a decided deal: whoever may see the deal may see them.

    Of deals the vendor sees all but drafts, and what was decided is no draft again: nothing has to be looked up there.
    """

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        if actor.is_vendor:
            return self if actor.sees_business else self.none()
        return self.filter(deal__in=Deal.objects.visible_to(actor))


class ProtectionLife(ScopedModel, PublicModel):
    """What the moments of a deal's protection follow from; one at a time is alive.

    The numbers are the programme's as they were when it began. ``ends_at``, ``hard_end``, ``test_due_at`` and
    ``grace_until`` are derived from the others whenever one of them changes, so that lists can ask for them.
    """

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="lives")
    started_at = models.DateTimeField(_("began"))
    length = models.DurationField(_("length"))
    hard_length = models.DurationField(_("length at most"))
    test_every = models.DurationField(_("time between tests"))
    test_needs = models.PositiveSmallIntegerField(_("qualified activities that a test asks for"))
    grace = models.DurationField(_("grace"))
    warn_days = ArrayField(models.PositiveSmallIntegerField(), verbose_name=_("warnings"), default=list)
    extension = models.DurationField(_("length of an extension"))
    most_extensions = models.PositiveSmallIntegerField(_("extensions at most"))
    most_held = models.DurationField(_("stands still at most"))
    window_from = models.DateTimeField(_("test window began"))
    counted_from = models.DateTimeField(_("activities count from"))
    in_grace = models.BooleanField(_("in grace"), default=False)
    warned = models.PositiveSmallIntegerField(_("warned, days before the end"), null=True)
    kept_until = models.DateTimeField(_("kept until an answer is due"), null=True)
    cut_at = models.DateTimeField(_("ends before its time"), null=True)
    extensions = models.PositiveSmallIntegerField(_("extensions"), default=0)
    held = models.DurationField(_("stood still"), default=timedelta)
    ends_at = models.DateTimeField(_("ends"))
    hard_end = models.DateTimeField(_("ends at the latest"))
    test_due_at = models.DateTimeField(_("next test of activity"))
    grace_until = models.DateTimeField(_("grace until"), null=True)
    next_at = models.DateTimeField(_("next step"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    end_cause = models.CharField(_("why it ended"), max_length=8, choices=EndCause.choices, blank=True)

    objects = OfDealQuerySet.as_manager()

    class Meta:
        verbose_name = _("life of a protection")
        verbose_name_plural = _("lives of protections")
        constraints = [
            models.UniqueConstraint(fields=["deal"], condition=Q(ended_at__isnull=True), name="one_life"),
            models.CheckConstraint(condition=Q(ends_at__lte=F("hard_end")), name="life_within_hard_end"),
            models.CheckConstraint(condition=Q(held__lte=F("most_held")), name="life_held_at_most"),
            models.CheckConstraint(condition=Q(extensions__lte=F("most_extensions")), name="life_extended_at_most"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, end_cause="") | (Q(ended_at__isnull=False) & ~Q(end_cause="")),
                name="life_ended_with_cause",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="life_due", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["ends_at"], name="life_ending", condition=Q(ended_at__isnull=True)),
            models.Index(
                fields=["grace_until"], name="life_in_grace", condition=Q(ended_at__isnull=True, in_grace=True)
            ),
            models.Index(fields=["ends_at", "id"], name="life_listed"),
            models.Index(fields=["ended_at"], name="life_ended", condition=Q(ended_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.ends_at:%Y-%m-%d}"


class ExtensionRequest(ScopedModel, PublicModel):
    """A partner asks for more time. One of a deal waits at a time."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="extension_requests")
    state = models.CharField(_("state"), max_length=8, choices=RequestState.choices, default=RequestState.PENDING)
    note = models.TextField(_("why"))
    asked_at = models.DateTimeField(_("asked"))
    asked_by = _person()
    answer_due_at = models.DateTimeField(_("answer due"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = _person()
    reason = _reason()
    answer_note = models.TextField(_("note on the answer"), blank=True)
    #: nobody answered before the protection ended: granted by the programme itself
    by_silence = models.BooleanField(_("granted for want of an answer"), default=False)
    #: when nobody answered in time and so little was known of the deal that silence could not grant it
    lacking_at = models.DateTimeField(_("too little known when it was due"), null=True)
    ends_before = models.DateTimeField(_("end before"), null=True)
    ends_after = models.DateTimeField(_("end after"), null=True)

    objects = OfDealQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for extension")
        verbose_name_plural = _("requests for extension")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["deal"], condition=Q(state=RequestState.PENDING), name="one_pending_extension"
            ),
            models.CheckConstraint(
                condition=Q(state=RequestState.PENDING, answered_at__isnull=True)
                | (~Q(state=RequestState.PENDING) & Q(answered_at__isnull=False)),
                name="extension_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.state}"


class ProtectionHold(ScopedModel, PublicModel):
    """A time in which a protection's clock stands. Asked for by the partner, or set by the vendor."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="holds")
    life = models.ForeignKey(ProtectionLife, on_delete=models.PROTECT, related_name="holds")
    state = models.CharField(_("state"), max_length=8, choices=RequestState.choices, default=RequestState.PENDING)
    period = DateTimeRangeField(_("period"))
    cause = models.ForeignKey(ReasonCode, on_delete=models.PROTECT, related_name="+", verbose_name=_("why"))
    note = models.TextField(_("note"), blank=True)
    by_vendor = models.BooleanField(_("the vendor asks"), default=False)
    asked_at = models.DateTimeField(_("asked"))
    asked_by = _person()
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = _person()
    reason = _reason()
    answer_note = models.TextField(_("note on the answer"), blank=True)
    #: when the vendor let the clock run on before the period's planned end
    ended_at = models.DateTimeField(_("ended early"), null=True)

    objects = OfDealQuerySet.as_manager()

    class Meta:
        verbose_name = _("stop of the clock")
        verbose_name_plural = _("stops of the clock")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["deal"], condition=Q(state=RequestState.PENDING), name="one_pending_hold"),
            ExclusionConstraint(
                name="holds_apart",
                expressions=[("life", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(state=RequestState.GRANTED),
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="hold_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.period}"


class Appeal(ScopedModel, PublicModel):
    """The one appeal against a decision. Another person than the decider judges it: the database holds that."""

    deal = models.OneToOneField(Deal, on_delete=models.PROTECT, related_name="appeal")
    state = models.CharField(_("state"), max_length=10, choices=AppealState.choices, default=AppealState.OPEN)
    grounds = models.TextField(_("grounds"))
    decision = models.CharField(_("decision appealed against"), max_length=12)
    decided_at = models.DateTimeField(_("decided at"))
    decider = _person()
    filed_at = models.DateTimeField(_("filed"))
    filed_by = _person()
    due_at = models.DateTimeField(_("judgement due"))
    judge = _person(verbose_name=_("judge"))
    judged_at = models.DateTimeField(_("judged"), null=True)
    judged_by = _person()
    reason = _reason()
    judgement = models.TextField(_("reasons of the judgement"), blank=True)

    objects = OfDealQuerySet.as_manager()

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ["-filed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(judged_by__isnull=True) | Q(decider__isnull=True) | ~Q(judged_by=F("decider")),
                name="appeal_second_eyes",
            ),
            models.CheckConstraint(
                condition=Q(judge__isnull=True) | Q(decider__isnull=True) | ~Q(judge=F("decider")),
                name="appeal_neutral",
            ),
            models.CheckConstraint(
                condition=Q(state=AppealState.OPEN, judged_at__isnull=True)
                | (~Q(state=AppealState.OPEN) & Q(judged_at__isnull=False, judged_by__isnull=False)),
                name="appeal_judged_by_person",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="appeal_open", condition=Q(state=AppealState.OPEN))]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.state}"


class Precedent(PublicModel):
    """A judgement that everybody may read, without names."""

    appeal = models.OneToOneField(Appeal, on_delete=models.PROTECT, related_name="precedent")
    title = models.CharField(_("title"), max_length=200)
    title_zh = models.CharField(_("title in Chinese"), max_length=200, blank=True)
    text = models.TextField(_("text"))
    text_zh = models.TextField(_("text in Chinese"), blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=AppealState.choices)
    published_on = models.DateField(_("published"))
    published_by = _person()

    class Meta:
        verbose_name = _("precedent")
        verbose_name_plural = _("precedents")
        ordering = ["-published_on", "-pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """The title in the reader's language, else in English."""
        return (self.title_zh if _reads_chinese() else "") or self.title

    @property
    def shown_text(self) -> str:
        """The text in the reader's language, else in English."""
        return (self.text_zh if _reads_chinese() else "") or self.text


def _reads_chinese() -> bool:
    return (get_language() or "").startswith("zh")
