"""What changes a list price: promotions, special prices, discounts, benefits, bonuses and floors.

Of each kind at most one rule can apply to a line; the database refuses two that could tie.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer, Partner, ProductFamily, Tier
from concord.portal.models import PublicModel
from concord.portal.periods import local_date
from concord.pricing.enums import SpecialPriceStatus
from concord.pricing.models.catalogue import Product
from concord.pricing.models.price_list import PriceList

_EQUAL, _OVERLAPS = RangeOperators.EQUAL, RangeOperators.OVERLAPS


def _percent() -> models.DecimalField:  # type: ignore[type-arg]
    return models.DecimalField(_("percent"), max_digits=6, decimal_places=3)


def _percent_check(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(condition=Q(percent__gt=0, percent__lt=100), name=name)


class Promotion(PublicModel):
    """Percent off the list price for everybody, for a product or a family, from a quantity on."""

    name = models.CharField(_("name"), max_length=120)
    price_list = models.ForeignKey(
        PriceList, on_delete=models.PROTECT, related_name="promotions", verbose_name=_("price list")
    )
    product = models.ForeignKey(
        Product, null=True, blank=True, on_delete=models.PROTECT, related_name="promotions", verbose_name=_("product")
    )
    family = models.ForeignKey(
        ProductFamily,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="promotions",
        verbose_name=_("product family"),
    )
    minimum_quantity = models.PositiveIntegerField(_("from quantity"), default=1)
    percent = _percent()
    period = DateTimeRangeField(_("period"))

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        constraints = [
            _percent_check("promotion_percent"),
            models.CheckConstraint(
                condition=Q(product__isnull=False, family__isnull=True) | Q(product__isnull=True, family__isnull=False),
                name="promotion_of_product_or_family",
            ),
            ExclusionConstraint(
                name="one_promotion_of_product",
                expressions=[
                    ("price_list", _EQUAL),
                    ("product", _EQUAL),
                    ("minimum_quantity", _EQUAL),
                    ("period", _OVERLAPS),
                ],
                condition=Q(product__isnull=False),
            ),
            ExclusionConstraint(
                name="one_promotion_of_family",
                expressions=[
                    ("price_list", _EQUAL),
                    ("family", _EQUAL),
                    ("minimum_quantity", _EQUAL),
                    ("period", _OVERLAPS),
                ],
                condition=Q(family__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpecialPrice(PublicModel):
    """A customer price granted to one end customer; it holds there through every partner."""

    end_customer = models.ForeignKey(EndCustomer, on_delete=models.PROTECT, related_name="special_prices")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="special_prices")
    requested_by = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="special_prices"
    )
    currency = models.CharField(_("currency"), max_length=3)
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    quantity = IntegerRangeField(_("quantity"))
    period = DateTimeRangeField(_("period"))
    status = models.CharField(
        _("status"), max_length=12, choices=SpecialPriceStatus.choices, default=SpecialPriceStatus.REQUESTED
    )
    #: who asked: below the floor, somebody else decides
    requested_by_user = models.BigIntegerField(_("requested by"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    #: how many may be sold at it in all; empty: as many as are asked for
    quantity_cap = models.PositiveIntegerField(_("at most"), null=True, blank=True)
    #: how far below the price in force it was when it was asked for; empty where none was in force
    depth_percent = models.DecimalField(
        _("percent below the price in force"), max_digits=6, decimal_places=3, null=True
    )
    decide_by = models.DateTimeField(_("decide by"), null=True)
    decided_by = models.BigIntegerField(_("decided by"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decision_note = models.CharField(_("note on the decision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("special price")
        verbose_name_plural = _("special prices")
        constraints = [
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="special_price_positive"),
            models.CheckConstraint(condition=Q(quantity_cap__gt=0), name="special_price_cap_positive"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="special_price_currency_code"),
            ExclusionConstraint(
                name="one_special_price",
                expressions=[
                    ("end_customer", _EQUAL),
                    ("product", _EQUAL),
                    ("currency", _EQUAL),
                    ("quantity", _OVERLAPS),
                    ("period", _OVERLAPS),
                ],
                condition=Q(status=SpecialPriceStatus.APPROVED),
            ),
        ]

    @property
    def valid_until(self) -> date:
        """The last local day of the partner that asked; the whole of it counts."""
        zone = self.requested_by.time_zone if self.requested_by else "UTC"
        return local_date(self.period.upper - timedelta(microseconds=1), zone)

    def __str__(self) -> str:
        return f"{self.end_customer_id} {self.product_id}"


class TierDiscount(PublicModel):
    """What partners of a tier pay less than the customer price, by family."""

    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="discounts", verbose_name=_("tier"))
    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="discounts", verbose_name=_("product family")
    )
    percent = _percent()
    period = DateTimeRangeField(_("period"))

    class Meta:
        verbose_name = _("tier discount")
        verbose_name_plural = _("tier discounts")
        constraints = [
            _percent_check("tier_discount_percent"),
            ExclusionConstraint(
                name="one_tier_discount",
                expressions=[("tier", _EQUAL), ("family", _EQUAL), ("period", _OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tier_id} {self.family_id} {self.percent} %"


class RegistrationDiscount(PublicModel):
    """The programme's rate: what a live protection takes off the partner net of a family."""

    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="registration_discounts", verbose_name=_("product family")
    )
    percent = _percent()
    period = DateTimeRangeField(_("period"))

    class Meta:
        verbose_name = _("registration discount")
        verbose_name_plural = _("registration discounts")
        constraints = [
            _percent_check("registration_discount_percent"),
            ExclusionConstraint(
                name="one_registration_discount", expressions=[("family", _EQUAL), ("period", _OVERLAPS)]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} {self.percent} %"


class RegistrationBenefit(PublicModel):
    """A partner's live registration at an end customer in a family, as prices see it.

    Approving a deal grants it; ending the protection ends it. It also is the *live relation* that lets a partner see
    promised and special prices of that customer.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="registration_benefits")
    end_customer = models.ForeignKey(EndCustomer, on_delete=models.PROTECT, related_name="registration_benefits")
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, related_name="registration_benefits")
    period = DateTimeRangeField(_("period"))
    #: the subject that granted it, as in the history (``deal``, its public id)
    granted_by_type = models.CharField(max_length=32)
    granted_by_uuid = models.UUIDField()

    class Meta:
        verbose_name = _("registration benefit")
        verbose_name_plural = _("registration benefits")
        constraints = [
            ExclusionConstraint(
                name="one_registration_benefit",
                expressions=[("end_customer", _EQUAL), ("family", _EQUAL), ("period", _OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.end_customer_id} {self.family_id}"


class ProgrammeBonus(PublicModel):
    """What partners of a tier get on top, whatever the family."""

    name = models.CharField(_("name"), max_length=120)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, related_name="bonuses", verbose_name=_("tier"))
    percent = _percent()
    period = DateTimeRangeField(_("period"))

    class Meta:
        verbose_name = _("programme bonus")
        verbose_name_plural = _("programme bonuses")
        constraints = [
            _percent_check("programme_bonus_percent"),
            ExclusionConstraint(name="one_programme_bonus", expressions=[("tier", _EQUAL), ("period", _OVERLAPS)]),
        ]

    def __str__(self) -> str:
        return self.name


class PriceFloor(PublicModel):
    """How much less than the list price a partner may pay in a family before somebody has to approve it."""

    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="floors", verbose_name=_("product family")
    )
    percent = _percent()
    period = DateTimeRangeField(_("period"))

    class Meta:
        verbose_name = _("price floor")
        verbose_name_plural = _("price floors")
        constraints = [
            _percent_check("price_floor_percent"),
            ExclusionConstraint(name="one_price_floor", expressions=[("family", _EQUAL), ("period", _OVERLAPS)]),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} −{self.percent} %"
