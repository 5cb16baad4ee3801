"""What the nightly checks found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.portal.models.base import PublicModel


class CheckRun(PublicModel):
    """One check of the whole database: when, over how much, and what was wrong. Of many findings the first are kept."""

    class Kind(models.TextChoices):
        """What was checked."""

        INVARIANTS = "invariants", _("Rules of the database")
        DRIFT = "drift", _("Prices of live quotes")

    kind = models.CharField(_("check"), max_length=16, choices=Kind.choices)
    started_at = models.DateTimeField(_("begun"))
    finished_at = models.DateTimeField(_("finished"))
    #: rules, or quote lines
    examined = models.PositiveIntegerField(_("examined"))
    findings = models.PositiveIntegerField(_("findings"))
    #: ``[{"rule": …, "subject": …, "what": …}]``, never a price or a rival's name
    listed = models.JSONField(default=list)

    class Meta:
        verbose_name = _("check of the database")
        verbose_name_plural = _("checks of the database")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["kind", "-started_at"], name="check_run_last")]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d}: {self.findings}"
