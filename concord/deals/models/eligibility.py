"""Which registrations the programme takes: rules that the channel manager writes, and the vendor's own customers."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import RegistrationType, RuleKind
from concord.partners.models import EndCustomer, NamedInTwoLanguages, ProductFamily, Tier
from concord.portal.models import PublicModel


class EligibilityRule(PublicModel, NamedInTwoLanguages):
    """One rule: what it asks (``kind`` with its parameters), of which registrations, and when it holds.

    An empty condition fits every registration. ``months`` looks back from today; empty means without limit.
    """

    kind = models.CharField(_("rule"), max_length=16, choices=RuleKind.choices)
    minimum_amount = models.DecimalField(
        _("minimum amount"), max_digits=18, decimal_places=2, null=True, blank=True,
        help_text=_("Only for a minimum value. Registrations in other currencies are not measured by it."),
    )  # fmt: skip
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("Only for a minimum value."))
    months = models.PositiveSmallIntegerField(
        _("months to look back"), null=True, blank=True,
        help_text=_("Only for rules about earlier purchases. Empty: without limit."),
    )  # fmt: skip
    days_before = models.PositiveSmallIntegerField(
        _("days before the tender closes"), null=True, blank=True,
        help_text=_("Only for public tenders: how many days before its closing a tender may still be registered."),
    )  # fmt: skip
    types = ArrayField(
        models.CharField(max_length=16, choices=RegistrationType.choices),
        verbose_name=_("types of registration"), default=list, blank=True,
    )  # fmt: skip
    countries = ArrayField(
        models.CharField(max_length=2), verbose_name=_("customer's countries"), default=list, blank=True
    )
    families = models.ManyToManyField(ProductFamily, verbose_name=_("product families"), blank=True, related_name="+")
    tiers = models.ManyToManyField(Tier, verbose_name=_("tiers"), blank=True, related_name="+")
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("eligibility rule")
        verbose_name_plural = _("eligibility rules")
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                name="eligibility_validity_in_order",
                condition=Q(valid_from__isnull=True) | Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("The rule must end after it begins."),
            ),
            models.CheckConstraint(
                name="eligibility_minimum_value",
                condition=Q(kind=RuleKind.MINIMUM_VALUE, minimum_amount__gt=0, currency__regex="^[A-Z]{3}$")
                | (~Q(kind=RuleKind.MINIMUM_VALUE) & Q(minimum_amount__isnull=True, currency="")),
                violation_error_message=_("A minimum value needs an amount above 0 and a currency; other rules none."),
            ),
            models.CheckConstraint(
                name="eligibility_months",
                condition=Q(months__isnull=True)
                | Q(
                    kind__in=[RuleKind.NEVER_BOUGHT, RuleKind.HAS_BOUGHT, RuleKind.WON_BEFORE],
                    months__gte=1,
                    months__lte=240,
                ),
                violation_error_message=_("Only rules about earlier purchases look back, from 1 to 240 months."),
            ),
            models.CheckConstraint(
                name="eligibility_days_before",
                condition=Q(days_before__isnull=True) | Q(kind=RuleKind.TENDER_OPEN, days_before__lte=365),
                violation_error_message=_("Only rules about tenders count days before closing, at most 365."),
            ),
        ]

    def holds_at(self, moment: datetime) -> bool:
        """Whether the rule is in force then."""
        begun = self.valid_from is None or self.valid_from <= moment
        return self.is_active and begun and (self.valid_until is None or moment < self.valid_until)


class VendorAccount(PublicModel):
    """A customer that the vendor's own team works with: partners cannot register it while a rule says so."""

    end_customer = models.OneToOneField(EndCustomer, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("customer of the vendor's own team")
        verbose_name_plural = _("customers of the vendor's own team")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.end_customer_id)
