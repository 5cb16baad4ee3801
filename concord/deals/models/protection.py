"""Protections: an end customer and a family belong to one deal for a period. The database excludes overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import CheckVerdict
from concord.deals.models.registration import Deal
from concord.partners.models import EndCustomer, Partner, ProductFamily
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class ProtectionQuerySet(ScopedQuerySet["Protection"]):
    """Protections: the vendor sees all, a partner its own."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        return self if actor.is_vendor else self.filter(partner_id=actor.partner_id)


class Protection(ScopedModel, PublicModel):
    """What approving a deal gives for one family, from then until its end."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="protections")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="protections")
    end_customer = models.ForeignKey(EndCustomer, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, related_name="+")
    period = DateTimeRangeField(_("period"))

    objects = ProtectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("protection")
        verbose_name_plural = _("protections")
        constraints = [
            ExclusionConstraint(
                name="one_protection",
                expressions=[
                    ("end_customer", RangeOperators.EQUAL),
                    ("family", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__lower_inf=False, period__upper_inf=False),
                name="protection_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.end_customer_id} {self.family_id} {self.period}"


class ConflictCheck(models.Model):
    """One pre-check: who asked for what, and what was answered. It can be used to fish, so it is counted and shown."""

    at = models.DateTimeField(_("at"))
    partner_id = models.BigIntegerField(_("partner"), null=True)
    user_id = models.BigIntegerField(_("user"), null=True)
    door = models.CharField(_("door"), max_length=16)
    asked_name = models.CharField(_("asked for"), max_length=250)
    asked_country = models.CharField(_("country"), max_length=2, blank=True)
    asked_families = ArrayField(models.CharField(max_length=64), verbose_name=_("families"), default=list)
    verdict = models.CharField(_("verdict"), max_length=12, choices=CheckVerdict.choices)

    class Meta:
        verbose_name = _("conflict check")
        verbose_name_plural = _("conflict checks")
        indexes = [models.Index(fields=["partner_id", "-at"], name="check_of_partner")]

    def __str__(self) -> str:
        return f"{self.asked_name}: {self.verdict}"
