"""What was done for a deal, and what is due next."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.deals.models.people import DealContact
from concord.deals.models.registration import Deal
from concord.partners.models import NamedInTwoLanguages
from concord.portal.models import PublicModel


class KindOfActivity(PublicModel, NamedInTwoLanguages):
    """A kind of activity, configurable in the desk. Qualified ones keep a protection alive."""

    code = models.SlugField(_("code"), max_length=24, unique=True)
    icon = models.CharField(_("icon"), max_length=40, default="notes", editable=False)
    is_qualified = models.BooleanField(
        _("qualified"), default=False, help_text=_("Counts when the programme asks for activity at the customer.")
    )
    is_appointment = models.BooleanField(
        _("appointment"), default=False, help_text=_("Its next steps stand in the calendar as an appointment.")
    )
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("kind of activity")
        verbose_name_plural = _("kinds of activity")
        ordering = ["code"]


class Activity(PublicModel):
    """Something that was done, with the next step, when it is due and who has it."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="activities")
    kind = models.ForeignKey(
        KindOfActivity,
        to_field="code",
        db_column="kind",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("kind"),
    )
    happened_at = models.DateTimeField(_("when"))
    text = models.TextField(_("what"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    contact = models.ForeignKey(
        DealContact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("with whom")
    )
    is_internal = models.BooleanField(_("for the vendor only"), default=False)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_due_at = models.DateTimeField(_("due"), null=True, blank=True)
    next_done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    #: who has the next step; moves with a handover, while ``by`` stays
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-happened_at"]
        indexes = [
            models.Index(fields=["deal", "-happened_at"], name="activity_of_deal"),
            models.Index(
                fields=["responsible", "next_due_at"],
                name="step_of_person",
                condition=models.Q(next_done_at__isnull=True) & ~models.Q(next_step=""),
            ),
            models.Index(
                fields=["deal", "next_due_at"],
                name="step_of_deal",
                condition=models.Q(next_done_at__isnull=True) & ~models.Q(next_step=""),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
