"""What is sold."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from concord.documents.models import Collateral
from concord.partners.models import ProductFamily
from concord.portal.models import PublicModel
from concord.pricing.enums import Lifecycle, ProductDocumentKind


class Product(PublicModel):
    """One thing to sell. The catalogue is the same for everybody; prices are not."""

    sku = models.CharField(_("SKU"), max_length=64, unique=True)
    manufacturer_part_number = models.CharField(_("manufacturer part number"), max_length=120, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=120, blank=True)
    name = models.CharField(_("name"), max_length=300)
    name_zh = models.CharField(_("name in Chinese"), max_length=300, blank=True)
    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, related_name="products", verbose_name=_("product family")
    )
    unit = models.CharField(_("unit"), max_length=16, default="pcs")
    pack_size = models.PositiveIntegerField(_("pack size"), default=1)
    minimum_order_quantity = models.PositiveIntegerField(_("minimum order quantity"), default=1)
    order_multiple = models.PositiveIntegerField(_("order multiple"), default=1)
    description = models.TextField(_("description"), blank=True)
    status = models.CharField(_("lifecycle"), max_length=16, choices=Lifecycle.choices, default=Lifecycle.ACTIVE)
    last_buy_on = models.DateField(
        _("last buy date"), null=True, blank=True, help_text=_("The last day on which it can be ordered.")
    )
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="predecessors",
        verbose_name=_("successor"),
    )
    #: SKU, part number (also without dashes and blanks), names and maker in one lower-case text for the trigram index
    search_key = models.TextField(editable=False, blank=True)
    #: SKU and part number as compared: letters and digits alone, lower case. Neither need be unique.
    sku_key = models.CharField(max_length=64, editable=False, blank=True, db_index=True)
    part_key = models.CharField(max_length=120, editable=False, blank=True, db_index=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["sku"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pack_size__gte=1, minimum_order_quantity__gte=1, order_multiple__gte=1),
                name="product_quantities_positive",
            ),
            models.UniqueConstraint(Upper("sku"), name="product_sku_once_whatever_case"),
        ]
        indexes = [GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="product_search_key")]

    def __str__(self) -> str:
        return self.sku

    @property
    def display_name(self) -> str:
        """The name in the reader's language, else in English."""
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh if chinese else "") or self.name

    @property
    def is_orderable(self) -> bool:
        """Whether it can still be ordered."""
        return self.status != Lifecycle.ENDED


class SearchWord(models.Model):
    """A word that occurs in the catalogue, so that a typing error finds the word that was meant.

    A trigger on products keeps it, whichever door writes them. Words stay when their last product goes.
    """

    word = models.CharField(_("word"), max_length=64, primary_key=True)

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        indexes = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="search_word_trigrams")]

    def __str__(self) -> str:
        return self.word


class ProductSubstitute(PublicModel):
    """What is offered instead of a product that has ended or cannot be had in time, the best first."""

    product = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="substitutes", verbose_name=_("product")
    )
    substitute = models.ForeignKey(
        Product, on_delete=models.CASCADE, related_name="stands_in_for", verbose_name=_("substitute")
    )
    rank = models.PositiveSmallIntegerField(_("rank"), default=1, help_text=_("1 is offered first."))
    note = models.CharField(_("what differs"), max_length=200, blank=True)
    note_zh = models.CharField(_("what differs, in Chinese"), max_length=200, blank=True)
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("substitute")
        verbose_name_plural = _("substitutes")
        ordering = ["product__sku", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["product", "substitute"], name="substitute_once"),
            models.CheckConstraint(condition=~Q(product=F("substitute")), name="substitute_not_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} → {self.substitute_id}"

    @property
    def display_note(self) -> str:
        """What differs, in the reader's language, else in English."""
        chinese = (get_language() or "").startswith("zh")
        return (self.note_zh if chinese else "") or self.note


class ProductDocument(PublicModel):
    """A picture or data sheet of the library that belongs to a product. Who may see it, the library says."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="documents", verbose_name=_("product"))
    collateral = models.ForeignKey(
        Collateral, on_delete=models.CASCADE, related_name="products", verbose_name=_("document")
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=ProductDocumentKind.choices, default=ProductDocumentKind.DATA_SHEET
    )
    is_shown = models.BooleanField(_("shown"), default=True)

    class Meta:
        verbose_name = _("product document")
        verbose_name_plural = _("product documents")
        ordering = ["product__sku", "kind", "pk"]
        constraints = [models.UniqueConstraint(fields=["product", "collateral"], name="product_document_once")]

    def __str__(self) -> str:
        return f"{self.product_id}: {self.collateral_id}"
