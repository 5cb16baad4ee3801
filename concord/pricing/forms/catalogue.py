"""Forms of the desk for products, what stands in for them, and their documents."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.documents.models import Collateral
from concord.pricing.models import Product, ProductDocument, ProductSubstitute
from concord.pricing.queries.named_products import products_named


def product_meant(text: str) -> Product | None:
    """The product that a typed number names; ``None`` for an empty text. Raises a form's error for anything else."""
    if not text.strip():
        return None
    meant = products_named([text.strip()])[text.strip()]
    if not meant.sku:
        raise forms.ValidationError(_("This names no product, or several."))
    return Product.objects.get(sku=meant.sku)


class ProductNumberField(forms.CharField):
    """A product by its SKU or part number; cleans to the product."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=120, help_text=_("SKU or part number."), **kwargs)

    def clean(self, value: Any) -> Any:
        """The product."""
        return product_meant(super().clean(value))


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    """A product; its successor is named by number."""

    successor_number = ProductNumberField(label=_("successor"), required=False)

    class Meta:
        model = Product
        fields = (
            "sku",
            "manufacturer_part_number",
            "manufacturer",
            "name",
            "name_zh",
            "family",
            "unit",
            "pack_size",
            "minimum_order_quantity",
            "order_multiple",
            "description",
            "status",
            "last_buy_on",
        )
        widgets = {"last_buy_on": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.successor_id:
            self.initial.setdefault("successor_number", self.instance.successor.sku)

    def clean_successor_number(self) -> Product | None:
        """Not the product itself."""
        successor: Product | None = self.cleaned_data["successor_number"]
        if successor is not None and successor.pk == self.instance.pk:
            raise forms.ValidationError(_("A product cannot follow itself."))
        self.instance.successor = successor
        return successor


class SubstituteForm(forms.ModelForm):  # type: ignore[type-arg]
    """What is offered instead of what."""

    product_number = ProductNumberField(label=_("product"))
    substitute_number = ProductNumberField(label=_("substitute"))

    class Meta:
        model = ProductSubstitute
        fields = ("rank", "note", "note_zh", "is_offered")

    field_order = ("product_number", "substitute_number", "rank", "note", "note_zh", "is_offered")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("product_number", self.instance.product.sku)
            self.initial.setdefault("substitute_number", self.instance.substitute.sku)

    def clean(self) -> dict[str, Any]:
        """Two different products, each pair once."""
        cleaned = super().clean() or self.cleaned_data
        product, substitute = cleaned.get("product_number"), cleaned.get("substitute_number")
        if product is None or substitute is None:
            return cleaned
        if product == substitute:
            self.add_error("substitute_number", _("A product cannot stand in for itself."))
        others = ProductSubstitute.objects.filter(product=product, substitute=substitute).exclude(pk=self.instance.pk)
        if others.exists():
            self.add_error("substitute_number", _("This substitute stands in the list already."))
        self.instance.product, self.instance.substitute = product, substitute
        return cleaned


class ProductDocumentForm(forms.ModelForm):  # type: ignore[type-arg]
    """A document of the library put to a product."""

    product_number = ProductNumberField(label=_("product"))
    collateral = forms.ModelChoiceField(Collateral.objects.order_by("title"), label=_("document"))

    class Meta:
        model = ProductDocument
        fields = ("collateral", "kind", "is_shown")

    field_order = ("product_number", "collateral", "kind", "is_shown")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("product_number", self.instance.product.sku)

    def clean(self) -> dict[str, Any]:
        """Each document once."""
        cleaned = super().clean() or self.cleaned_data
        product, collateral = cleaned.get("product_number"), cleaned.get("collateral")
        if product is None or collateral is None:
            return cleaned
        others = ProductDocument.objects.filter(product=product, collateral=collateral).exclude(pk=self.instance.pk)
        if others.exists():
            self.add_error("collateral", _("This document belongs to the product already."))
        self.instance.product = product
        return cleaned
