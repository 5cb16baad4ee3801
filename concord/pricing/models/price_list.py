"""Price lists, their versions and prices."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from concord.portal.models import PublicModel
from concord.pricing.enums import PriceKind, VersionStatus
from concord.pricing.models.catalogue import Product


class PriceList(PublicModel):
    """Prices of one currency for some markets. Of several lists that hold a product, the highest priority wins."""

    code = models.SlugField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3)
    markets = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("markets"),
        default=list,
        blank=True,
        help_text=_("Countries of the partner, ISO 3166-1; empty means everywhere."),
    )
    priority = models.SmallIntegerField(_("priority"), default=0, help_text=_("Higher wins."))
    kind = models.CharField(
        _("price kind"),
        max_length=12,
        choices=[(PriceKind.CUSTOMER, PriceKind.CUSTOMER.label), (PriceKind.RECOMMENDED, PriceKind.RECOMMENDED.label)],
        default=PriceKind.CUSTOMER,
        help_text=_("Customer price where the vendor stands behind it, else recommended."),
    )

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "priority"], name="price_list_priority_once"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="price_list_currency_code"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_markets_display(self) -> str:
        """The countries, or that it is for all of them."""
        return ", ".join(self.markets) or gettext("everywhere")


class PriceListVersion(PublicModel):
    """One issue of a price list. Publishing gives its prices their validity and ends those of the version before."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=16, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True, editable=False)
    #: when it was last taken back to a draft after it had been scheduled
    called_off_at = models.DateTimeField(_("called off at"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("price list version")
        verbose_name_plural = _("price list versions")
        ordering = ["price_list", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["price_list", "number"], name="price_list_version_once"),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT) | Q(valid_from__isnull=False),
                name="published_version_has_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.price_list} v{self.number}"


class Price(models.Model):
    """The unit price of a product from a quantity on. A draft's validity is the empty period."""

    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PriceListVersion, on_delete=models.PROTECT, related_name="prices")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    minimum_quantity = models.PositiveIntegerField(_("from quantity"), default=1)
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    #: with tax, as the list's maker gave it: kept and shown, never computed, and nothing is computed from it
    gross_unit_price = models.DecimalField(
        _("unit price with tax"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    validity = DateTimeRangeField(_("validity"))

    class Meta:
        verbose_name = _("price")
        verbose_name_plural = _("prices")
        constraints = [
            models.UniqueConstraint(fields=["version", "product", "minimum_quantity"], name="price_once_in_version"),
            models.CheckConstraint(condition=Q(minimum_quantity__gte=1), name="price_from_one"),
            models.CheckConstraint(
                # NaN sorts above every number in PostgreSQL, so the upper bound keeps it out.
                condition=Q(unit_price__gt=0, unit_price__lt=10**12),
                name="price_positive",
            ),
            models.CheckConstraint(
                condition=Q(gross_unit_price__isnull=True) | Q(gross_unit_price__gt=0, gross_unit_price__lt=10**12),
                name="gross_price_positive",
            ),
            ExclusionConstraint(
                name="one_list_price",
                expressions=[
                    ("price_list", RangeOperators.EQUAL),
                    ("product", RangeOperators.EQUAL),
                    ("minimum_quantity", RangeOperators.EQUAL),
                    ("validity", RangeOperators.OVERLAPS),
                ],
                # Drafts hold nowhere: they need no place in the index, which is what a large import costs most.
                condition=Q(validity__isempty=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} ≥{self.minimum_quantity}: {self.unit_price}"
