"""Secret addresses of calendars, and deals opened in an emergency."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.deals.models.registration import Deal
from concord.portal.models import PublicModel


class CalendarFeed(models.Model):
    """A person's calendar under a secret address. Only the hash of the secret is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, editable=False)
    last_read_at = models.DateTimeField(_("last read at"), null=True, editable=False)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="one_calendar_feed_a_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id}"


class EmergencyAccess(PublicModel):
    """A manager opened a deal that is not his or hers, with a reason, for a while. It ends by itself."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=500)
    begins_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_has_reason"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="emergency_ends"),
        ]
        indexes = [models.Index(fields=["deal", "user", "ends_at"], name="emergency_of_deal")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.user_id}"
