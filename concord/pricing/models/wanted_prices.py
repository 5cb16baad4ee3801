"""Which prices a partner wanted for an item at a customer: what keeps others' prices from being narrowed down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.partners.models import Partner
from concord.portal.scoping import ScopedModel, ScopedQuerySet
from concord.pricing.models.catalogue import Product

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class WantedPriceQuerySet(ScopedQuerySet["WantedPrice"]):
    """The log is the vendor's; partners see nothing of it."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        return self if actor.is_vendor and actor.sees_business else self.none()


class WantedPrice(ScopedModel):
    """One amount that was wanted, once however often. ``is_compared``: among the first of its day.

    The customer is kept by number alone: the log neither moves with a merge nor stands in its way.
    """

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    customer_number = models.BigIntegerField()
    unit_price = models.DecimalField(_("asked unit price"), max_digits=18, decimal_places=6)
    is_compared = models.BooleanField()
    at = models.DateTimeField(_("at"))

    objects = WantedPriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("wanted price")
        verbose_name_plural = _("wanted prices")
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "customer_number", "product", "unit_price"], name="wanted_price_once"
            ),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="wanted_price_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.product_id}"
