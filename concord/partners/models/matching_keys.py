"""Of which version of the matcher the keys are that are stored with customers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MatchingKeys(models.Model):
    """One row: what all stored keys are of, and how far their refresh has come. No row: nobody knows."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    #: version of the matcher that all stored keys are of; empty until a first refresh has gone through
    version = models.PositiveIntegerField(_("version of all keys"), null=True)
    #: version that a refresh under way makes them of, and the last customer that it has looked at
    refreshing = models.PositiveIntegerField(_("being refreshed to"), null=True)
    done_to = models.BigIntegerField(_("done up to"), default=0)

    class Meta:
        verbose_name = _("version of the matching keys")
        verbose_name_plural = _("version of the matching keys")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="matching_keys_one_row")]

    def __str__(self) -> str:
        return f"{self.version}"
