"""The append-only log of facts, its public order, and the work that follows from it.

The database writes ``at``, ``sequence``, ``previous_hash`` and ``hash`` in a trigger (see the migrations), refuses
UPDATE, DELETE and TRUNCATE, and the application's role holds no grant for them either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from concord.portal.enums import Door, OutboxState, Visibility
from concord.portal.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class EventQuerySet(ScopedQuerySet["Event"]):
    """Events: the vendor sees all but what a partner's people keep to themselves, a partner its own meant for it."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may read."""
        if actor.is_vendor:
            return self.exclude(visibility=Visibility.OWN) if actor.sees_business else self.none()
        return self.filter(partner_id=actor.partner_id, visibility__in=[Visibility.PARTNER, Visibility.OWN])

    def about(self, subject_type: str, subject_uuid: object) -> Self:
        """One subject's chain, oldest first."""
        return self.filter(subject_type=subject_type, subject_uuid=subject_uuid).order_by("sequence")


class Event(ScopedModel):
    """One fact. ``payload`` is the exact text that the hash covers: JSON, without prices of other partners."""

    uuid = models.UUIDField(_("public id"), unique=True, editable=False, db_default=RawSQL("uuidv7()", ()))
    at = models.DateTimeField(_("at"), editable=False, db_default=RawSQL("clock_timestamp()", ()))
    verb = models.CharField(_("what happened"), max_length=64)
    subject_type = models.CharField(_("subject type"), max_length=32)
    subject_uuid = models.UUIDField(_("subject"))
    sequence = models.PositiveIntegerField(_("sequence"), editable=False, db_default=0)
    actor_user_id = models.BigIntegerField(_("user"), null=True)
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    actor_client = models.CharField(_("client"), max_length=100, blank=True)
    door = models.CharField(_("door"), max_length=16, choices=Door.choices)
    partner_id = models.BigIntegerField(_("partner"), null=True)
    visibility = models.CharField(_("visibility"), max_length=16, choices=Visibility.choices)
    payload = models.TextField(_("payload"), default="{}")
    previous_hash = models.BinaryField(_("previous hash"), editable=False, db_default=b"")
    hash = models.BinaryField(_("hash"), editable=False, db_default=b"")

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_uuid", "sequence"], name="event_sequence_once"),
        ]
        indexes = [models.Index(fields=["partner_id", "-id"], name="event_of_partner")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} #{self.sequence}"


class EventPosition(models.Model):
    """The public order of events, given by the sealer alone, with a root that covers everything before it."""

    event = models.OneToOneField(Event, on_delete=models.PROTECT, primary_key=True, related_name="sealed")
    position = models.BigIntegerField(_("position"), unique=True)
    root = models.BinaryField(_("running root"))
    sealed_at = models.DateTimeField(_("sealed at"), db_default=RawSQL("clock_timestamp()", ()))

    class Meta:
        verbose_name = _("event position")
        verbose_name_plural = _("event positions")

    def __str__(self) -> str:
        return str(self.position)


class OutboxItem(models.Model):
    """One event on its way to one target. The row is the truth; a task is only a nudge to look at it."""

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="outbox")
    target = models.CharField(_("target"), max_length=100)
    state = models.CharField(_("state"), max_length=8, choices=OutboxState.choices, default=OutboxState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("outbox item")
        verbose_name_plural = _("outbox items")
        constraints = [models.UniqueConstraint(fields=["event", "target"], name="outbox_once_per_target")]
        indexes = [
            models.Index(fields=["next_at"], name="outbox_waiting", condition=models.Q(state=OutboxState.WAITING)),
        ]

    def __str__(self) -> str:
        return f"{self.target} ← {self.event_id}"


class IdempotencyKey(models.Model):
    """The first answer to a request, written in the same transaction as the work, kept for at least 24 hours."""

    owner = models.CharField(_("owner"), max_length=160)
    key = models.CharField(_("key"), max_length=255)
    fingerprint = models.BinaryField(_("fingerprint"))
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    headers = models.JSONField(_("headers"), default=dict)
    body = models.BinaryField(_("body"), default=b"")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["owner", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_age")]

    def __str__(self) -> str:
        return self.key


class RateLimit(models.Model):
    """One limited key: the theoretical arrival time of the generic cell rate algorithm (GCRA)."""

    key = models.CharField(_("key"), max_length=200, primary_key=True)
    arrival_at = models.DateTimeField(_("theoretical arrival"))

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")

    def __str__(self) -> str:
        return self.key


class ImportMark(models.Model):
    """The last large file of a kind that was stored whole, and how what is stored looked after it: fingerprints."""

    kind = models.CharField(_("kind"), max_length=32)
    #: what the file is about, where a kind has several: a price list
    subject = models.CharField(max_length=64, blank=True)
    file = models.CharField(max_length=80)
    state = models.CharField(max_length=200)
    rows = models.PositiveIntegerField(_("rows"))
    #: what the import would say of the same file again
    told = models.JSONField(default=dict)
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("fingerprint of an import")
        verbose_name_plural = _("fingerprints of imports")
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="import_mark_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class ImportRun(ScopedModel):
    """One import: who started it, how far it is, what it did. The file stays with the run."""

    class State(models.TextChoices):
        """Where an import stands."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    uuid = models.UUIDField(_("public id"), unique=True, editable=False, db_default=RawSQL("gen_random_uuid()", ()))
    kind = models.CharField(_("kind"), max_length=32)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    dry_run = models.BooleanField(_("dry run"), default=False)
    accept_good_rows = models.BooleanField(_("take good rows although others are rejected"), default=False)
    options = models.JSONField(_("options"), default=dict, blank=True)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=255)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    partner_id = models.BigIntegerField(_("partner"), null=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    rejections = models.FileField(_("rejected rows"), upload_to="imports/%Y/%m/", blank=True)
    #: what of the file becomes what; ``imports.mapping`` says it in the reader's language
    mapping = models.JSONField(_("mapping"), default=list, blank=True)
    message = models.CharField(_("message"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class ImportRunQuerySet(ScopedQuerySet["ImportRun"]):
        """Imports: the vendor sees all, a partner its own."""

        def visible(self, actor: Actor) -> Self:
            """Narrow to what the actor may see."""
            return self if actor.is_vendor else self.filter(partner_id=actor.partner_id)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"
