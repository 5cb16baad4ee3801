"""Stock by warehouse, as of the moment that its source says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet
from concord.pricing.enums import DemandSource, ReservationStage
from concord.pricing.models.catalogue import Product
from concord.pricing.models.quote import Quote

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class Warehouse(PublicModel):
    """A place that goods ship from."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=120)
    country = models.CharField(_("country"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class StockLevel(models.Model):
    """What lies in one warehouse of one product. An older ``as_of`` never overwrites a newer one."""

    warehouse = models.ForeignKey(
        Warehouse, on_delete=models.PROTECT, related_name="levels", verbose_name=_("warehouse")
    )
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, related_name="stock_levels", verbose_name=_("product")
    )
    on_hand = models.PositiveIntegerField(_("on hand"), default=0)
    reserved = models.PositiveIntegerField(_("reserved"), default=0)
    as_of = models.DateTimeField(_("as of"))

    class Meta:
        verbose_name = _("stock level")
        verbose_name_plural = _("stock levels")
        constraints = [models.UniqueConstraint(fields=["warehouse", "product"], name="stock_level_once")]

    def __str__(self) -> str:
        return f"{self.warehouse_id} {self.product_id}: {self.on_hand}"

    @property
    def available(self) -> int:
        """What can be promised today, in the product's unit."""
        return max(self.on_hand - self.reserved, 0)


class IncomingStock(models.Model):
    """What is on its way into a warehouse, and when."""

    level = models.ForeignKey(StockLevel, on_delete=models.CASCADE, related_name="incoming")
    quantity = models.PositiveIntegerField(_("quantity"))
    expected_on = models.DateField(_("expected on"))

    class Meta:
        verbose_name = _("incoming stock")
        verbose_name_plural = _("incoming stock")
        constraints = [
            models.UniqueConstraint(fields=["level", "expected_on"], name="incoming_once_a_day"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="incoming_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} on {self.expected_on}"


class UnmetDemand(PublicModel):
    """What a partner asked for or quoted and could not get, by product and day: the vendor sees end users' demand."""

    source = models.CharField(
        _("how it showed"), max_length=8, choices=DemandSource.choices, default=DemandSource.ASKED
    )
    partner_id = models.BigIntegerField(_("partner"))
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="unmet_demand")
    asked_on = models.DateField(_("asked on"))
    country = models.CharField(_("country"), max_length=2, blank=True)
    quantity = models.PositiveBigIntegerField(_("asked for"))
    missing = models.PositiveBigIntegerField(_("missing"))

    class Meta:
        verbose_name = _("unmet demand")
        verbose_name_plural = _("unmet demand")
        constraints = [
            models.UniqueConstraint(fields=["partner_id", "product", "asked_on", "source"], name="demand_once_a_day"),
        ]
        indexes = [models.Index(fields=["asked_on", "product"], name="demand_by_day")]

    def __str__(self) -> str:
        return f"{self.product_id} {self.asked_on}: {self.missing}"


class StockReservationQuerySet(ScopedQuerySet["StockReservation"]):
    """Reservations: the vendor sees all, a partner those of its quotes."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        if actor.is_vendor:
            return self if actor.sees_business else self.none()
        return self.filter(quote__in=Quote.objects.visible_to(actor))


class StockReservation(ScopedModel, PublicModel):
    """Stock kept for a quote: held while it is in force, firm once it was accepted, until it is delivered or freed.

    A trigger takes the product's lock and refuses a row by which more would be reserved than the warehouses have
    (``reservation_within_stock``).
    """

    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="reservations", verbose_name=_("quote"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.PositiveIntegerField(_("quantity"))
    stage = models.CharField(_("stage"), max_length=8, choices=ReservationStage.choices, default=ReservationStage.HELD)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    objects = StockReservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("stock reservation")
        verbose_name_plural = _("stock reservations")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gte=1), name="reservation_quantity"),
            models.UniqueConstraint(fields=["quote", "product"], name="reservation_once_a_quote"),
        ]
        indexes = [
            models.Index(fields=["product", "until"], name="reservation_live", condition=Q(ended_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.quote_id} {self.product_id}: {self.quantity}"


@register_setting(icon="table")
class StockSettings(BaseGenericSetting):
    """What the programme does with stock."""

    reserves_for_quotes = models.BooleanField(
        _("keep stock for quotes"),
        default=False,
        help_text=_("A quote that is issued holds what is in stock of its lines; an accepted one keeps it firmly."),
    )
    hold_days = models.PositiveSmallIntegerField(
        _("days that a quote holds stock at most"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    firm_days = models.PositiveSmallIntegerField(
        _("days that an accepted quote keeps stock"),
        default=10,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_("By then the order stands in the feed's own reservations."),
    )
    stale_hours = models.PositiveSmallIntegerField(
        _("hours after which a count is old"),
        default=48,
        validators=[MinValueValidator(1), MaxValueValidator(2_000)],
    )

    panels = [
        FieldPanel("reserves_for_quotes"),
        FieldPanel("hold_days"),
        FieldPanel("firm_days"),
        FieldPanel("stale_hours"),
    ]

    class Meta:
        verbose_name = _("stock")
