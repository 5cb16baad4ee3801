"""Evidence: files that prove something about a deal. They are never changed, and leave through one door alone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import EvidencePurpose
from concord.deals.models.registration import Deal
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from concord.portal.actor import Actor


def evidence_path(evidence: Evidence, name: str) -> str:
    """Where the file lies: under a name of its own that says nothing."""
    return f"evidence/{uuid.uuid4()}.{name.rsplit('.', 1)[-1].casefold()}"


class EvidenceQuerySet(ScopedQuerySet["Evidence"]):
    """Evidence follows its deal; what is for the vendor alone stays with the vendor."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        found = self.filter(deal__in=Deal.objects.visible_to(actor))
        return found if actor.is_vendor else found.filter(is_internal=False)


class Evidence(ScopedModel, PublicModel):
    """One file. ``about`` names the record it proves something for (an appeal, a promise), where it is not the deal."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="evidence")
    purpose = models.CharField(_("what it proves"), max_length=16, choices=EvidencePurpose.choices)
    about = models.UUIDField(_("about"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to=evidence_path, max_length=120)
    name = models.CharField(_("name"), max_length=200)
    note = models.CharField(_("note"), max_length=500, blank=True)
    extension = models.CharField(_("kind"), max_length=8)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    is_internal = models.BooleanField(_("for the vendor only"), default=False)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1), name="evidence_not_empty"),
            models.CheckConstraint(condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="evidence_hash"),
            models.UniqueConstraint(
                fields=["deal", "purpose", "about", "is_internal", "sha256"],
                nulls_distinct=False,
                name="evidence_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EvidenceDownload(models.Model):
    """One download: which file, by whom, through which door."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="downloads")
    user_id = models.BigIntegerField(_("user"), null=True)
    door = models.CharField(_("door"), max_length=16)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("download of evidence")
        verbose_name_plural = _("downloads of evidence")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.at:%Y-%m-%d}"
