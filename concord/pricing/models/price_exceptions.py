"""Conflicts and exceptions of prices that the vendor looks into: each thing once, however often it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer, Partner
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet
from concord.pricing.enums import ExceptionKind, ExceptionState
from concord.pricing.models.catalogue import Product
from concord.pricing.models.quote import Quote
from concord.pricing.models.rules import SpecialPrice

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class PriceExceptionQuerySet(ScopedQuerySet["PriceException"]):
    """The queue is the vendor's; partners see nothing of it."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        return self if actor.is_vendor and actor.sees_business else self.none()


class PriceException(ScopedModel, PublicModel):
    """A refused attempt at another price, a request against a promise, a repricing, or a line that has drifted.

    It holds what whoever asked named, never what is promised to somebody else.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=ExceptionKind.choices)
    state = models.CharField(_("state"), max_length=12, choices=ExceptionState.choices, default=ExceptionState.OPEN)
    #: SHA-256 of what makes two of them the same
    sameness = models.CharField(max_length=64, editable=False)
    times = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"))
    last_at = models.DateTimeField(_("last"))
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="+")
    end_customer = models.ForeignKey(EndCustomer, null=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+")
    quote = models.ForeignKey(Quote, null=True, on_delete=models.SET_NULL, related_name="+")
    special_price = models.ForeignKey(SpecialPrice, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    unit_price = models.DecimalField(_("asked unit price"), max_digits=18, decimal_places=6, null=True)
    quantity = models.PositiveIntegerField(_("from quantity"), null=True)
    #: what a check found
    finding = models.CharField(_("finding"), max_length=200, blank=True)
    opened_by = models.BigIntegerField(_("opened by"), null=True, editable=False)
    opened_by_name = models.CharField(_("opened by"), max_length=150, blank=True)
    closed_by = models.BigIntegerField(_("closed by"), null=True, editable=False)
    closed_by_name = models.CharField(_("closed by"), max_length=150, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    objects = PriceExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("price exception")
        verbose_name_plural = _("price exceptions")
        ordering = ["-last_at", "-pk"]
        indexes = [models.Index(fields=["state", "-last_at"], name="price_exception_queue")]
        constraints = [
            models.UniqueConstraint(
                fields=["sameness"], condition=Q(state=ExceptionState.OPEN), name="price_exception_once"
            ),
            models.CheckConstraint(
                condition=Q(state=ExceptionState.OPEN, closed_at__isnull=True)
                | (~Q(state=ExceptionState.OPEN) & Q(closed_at__isnull=False) & ~Q(reason="")),
                name="price_exception_closed_with_reason",
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="price_exception_happened"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"
