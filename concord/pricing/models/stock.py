"""Stock by warehouse, as of the moment that its source says."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.portal.models import PublicModel
from concord.pricing.models.catalogue import Product


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

    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT, related_name="levels")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="stock_levels")
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
    """What a partner asked for and could not get, by product and day: the vendor's view of end users' demand."""

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
            models.UniqueConstraint(fields=["partner_id", "product", "asked_on"], name="demand_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.asked_on}: {self.missing}"
