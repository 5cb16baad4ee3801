"""What was done for a deal, what is due next, and what was promised to the customer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ActivityKind
from concord.deals.models.registration import Deal
from concord.portal.models import PublicModel


class Activity(PublicModel):
    """Something that was done, with the next step and when it is due."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="activities")
    kind = models.CharField(_("kind"), max_length=8, choices=ActivityKind.choices, default=ActivityKind.NOTE)
    happened_at = models.DateTimeField(_("when"))
    text = models.TextField(_("what"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    is_internal = models.BooleanField(_("for the vendor only"), default=False)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_due_at = models.DateTimeField(_("due"), null=True, blank=True)
    next_done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-happened_at"]

    def __str__(self) -> str:
        return self.text[:60]
