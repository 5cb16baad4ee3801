"""Special prices: who has to approve how much, what each of them decided, and how much of a capped one is used."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.portal.enums import Role
from concord.portal.models import PublicModel
from concord.pricing.models.quote import Quote
from concord.pricing.models.rules import SpecialPrice


class ApprovalLevel(PublicModel):
    """Who approves special prices down to so many percent below the price in force. Beyond the deepest level: both."""

    down_to_percent = models.DecimalField(_("down to percent below the price in force"), max_digits=6, decimal_places=3)
    by_channel_manager = models.BooleanField(_("a channel manager approves"), default=False)
    by_pricing_manager = models.BooleanField(_("a pricing manager approves"), default=True)
    decide_within_hours = models.PositiveSmallIntegerField(_("hours to decide"), default=48)

    class Meta:
        verbose_name = _("approval level")
        verbose_name_plural = _("approval levels")
        ordering = ["down_to_percent"]
        constraints = [
            models.UniqueConstraint(fields=["down_to_percent"], name="approval_level_once"),
            models.CheckConstraint(
                condition=Q(down_to_percent__gte=0, down_to_percent__lte=100), name="approval_level_percent"
            ),
            models.CheckConstraint(
                condition=Q(by_channel_manager=True) | Q(by_pricing_manager=True), name="approval_level_somebody"
            ),
            models.CheckConstraint(condition=Q(decide_within_hours__gte=1), name="approval_level_hours"),
        ]

    def __str__(self) -> str:
        return f"{self.down_to_percent.normalize():f} %"


class SpecialPriceStep(models.Model):
    """One approval that a request needs; decided by one person."""

    special_price = models.ForeignKey(SpecialPrice, on_delete=models.CASCADE, related_name="steps")
    place = models.PositiveSmallIntegerField(_("place"))
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    is_approved = models.BooleanField(_("approved"), null=True)
    decided_by = models.BigIntegerField(_("decided by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    note = models.CharField(_("note on the decision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["special_price", "place"]
        constraints = [
            models.UniqueConstraint(fields=["special_price", "place"], name="special_price_step_once"),
            # One person is not two approvals.
            models.UniqueConstraint(
                fields=["special_price", "decided_by"],
                condition=Q(decided_by__isnull=False),
                name="special_price_four_eyes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.special_price_id} {self.place}"


class SpecialPriceUse(models.Model):
    """How many a quote takes of a capped special price: reserved until it ends, used for good once it is accepted."""

    special_price = models.ForeignKey(SpecialPrice, on_delete=models.PROTECT, related_name="uses")
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="special_price_uses")
    quantity = models.PositiveIntegerField(_("quantity"))
    since = models.DateTimeField(_("since"))
    #: when the reservation ends by itself; empty once it is used
    until = models.DateTimeField(_("until"), null=True)
    used_at = models.DateTimeField(_("used at"), null=True)

    class Meta:
        verbose_name = _("use of a special price")
        verbose_name_plural = _("uses of special prices")
        constraints = [
            models.UniqueConstraint(fields=["special_price", "quote"], name="special_price_use_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="special_price_use_positive"),
            models.CheckConstraint(
                condition=Q(until__isnull=False, used_at__isnull=True) | Q(until__isnull=True, used_at__isnull=False),
                name="special_price_use_reserved_or_used",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.special_price_id}: {self.quantity}"
