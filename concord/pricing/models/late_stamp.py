"""Documents that were signed while the time stamp authority was away, and the version that has its stamp."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.pricing.models.quote import Quote


class LateStamp(models.Model):
    """A time stamp that is still to be had, or came later. The document without it stays where it is, beside this."""

    quote = models.OneToOneField(Quote, on_delete=models.CASCADE, related_name="late_stamp")
    #: when the authority is asked again
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    #: what the authority did the last time, for the vendor's technicians
    last_error = models.CharField(max_length=200, blank=True)
    pdf = models.FileField(_("document"), upload_to="quotes/%Y/%m/", blank=True, editable=False)
    pdf_hash = models.CharField(max_length=64, blank=True, editable=False)
    #: the moment that the authority says, and its name
    stamped_at = models.DateTimeField(null=True)
    authority = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("late time stamp")
        verbose_name_plural = _("late time stamps")
        constraints = [
            models.CheckConstraint(
                condition=Q(pdf_hash="", stamped_at__isnull=True) | (~Q(pdf_hash="") & Q(stamped_at__isnull=False)),
                name="late_stamp_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="late_stamp_due", condition=Q(pdf_hash="")),
            models.Index(fields=["pdf_hash"], name="late_stamp_by_hash", condition=~Q(pdf_hash="")),
        ]

    def __str__(self) -> str:
        return self.pdf_hash or self.last_error
