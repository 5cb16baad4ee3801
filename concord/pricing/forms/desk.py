"""Forms of the desk for discounts, promotions, price lists, versions and uploads."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from concord.portal.actor import Actor
from concord.portal.imports import ImportKind
from concord.portal.periods import period
from concord.pricing.models import (
    PriceFloor,
    PriceList,
    Product,
    ProgrammeBonus,
    Promotion,
    RegistrationDiscount,
    TierDiscount,
)
from concord.pricing.queries.named_products import products_named


class PeriodForm(forms.ModelForm):  # type: ignore[type-arg]
    """A rule with its period as two moments in the reader's time zone."""

    valid_from = forms.DateTimeField(label=_("valid from"), widget=AdminDateTimeInput)
    valid_until = forms.DateTimeField(
        label=_("valid until"), widget=AdminDateTimeInput, required=False, help_text=_("Empty: until further notice.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = self.instance.period
        if held is not None:
            self.initial.setdefault("valid_from", held.lower)
            self.initial.setdefault("valid_until", held.upper)

    def clean(self) -> dict[str, Any]:
        """Put the two moments together."""
        cleaned = super().clean() or self.cleaned_data
        start, end = cleaned.get("valid_from"), cleaned.get("valid_until")
        if start and end and end <= start:
            self.add_error("valid_until", _("The end must come after the start."))
        elif start:
            self.instance.period = period(start, end)
        return cleaned


class TierDiscountForm(PeriodForm):
    """What partners of a tier pay less, by family."""

    class Meta:
        model = TierDiscount
        fields = ("tier", "family", "percent")


class RegistrationDiscountForm(PeriodForm):
    """What a live registration is worth."""

    class Meta:
        model = RegistrationDiscount
        fields = ("family", "percent")


class ProgrammeBonusForm(PeriodForm):
    """What partners of a tier get on top."""

    class Meta:
        model = ProgrammeBonus
        fields = ("name", "tier", "percent")


class PriceFloorForm(PeriodForm):
    """How far below the list price a net may go."""

    class Meta:
        model = PriceFloor
        fields = ("family", "percent")
        help_texts = {"percent": _("A partner net that is further below the list price needs approval.")}


class PromotionForm(PeriodForm):
    """Percent off for a product or a family. The product is named by its number: a list of thousands is no choice."""

    product_number = forms.CharField(
        label=_("product"), required=False, max_length=120, help_text=_("SKU or part number; or choose a family.")
    )

    class Meta:
        model = Promotion
        fields = ("name", "price_list", "family", "minimum_quantity", "percent")

    field_order = ("name", "price_list", "product_number", "family", "minimum_quantity", "percent")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.product_id:
            self.initial.setdefault("product_number", self.instance.product.sku)

    def clean_product_number(self) -> str:
        """The SKU that was meant."""
        text = self.cleaned_data["product_number"].strip()
        meant = products_named([text])[text] if text else None
        if meant is not None and not meant.sku:
            raise forms.ValidationError(_("This names no product, or several."))
        self.instance.product = Product.objects.get(sku=meant.sku) if meant else None
        return meant.sku if meant else ""


class PriceListForm(forms.ModelForm):  # type: ignore[type-arg]
    """A price list; its prices come by import."""

    class Meta:
        model = PriceList
        fields = ("code", "name", "currency", "markets", "priority", "kind")

    def clean_currency(self) -> str:
        """Codes are upper case."""
        return str(self.cleaned_data["currency"]).strip().upper()

    def clean_markets(self) -> list[str]:
        """So are countries."""
        return [str(one).strip().upper() for one in self.cleaned_data["markets"] or []]

    def _get_validation_exclusions(self) -> set[str]:
        # The action names the list that stands in the way; the constraint's own words name none.
        return {*super()._get_validation_exclusions(), "priority"}  # type: ignore[misc]


class PublishForm(forms.Form):
    """From when on a version's prices hold."""

    at = forms.DateTimeField(label=_("from"), widget=AdminDateTimeInput, required=False, help_text=_("Empty: at once."))
    #: the version as it was read: a draft that was changed since is looked at again
    version = forms.CharField(widget=forms.HiddenInput)

    def moment(self, now: datetime) -> datetime:
        """The moment that was chosen."""
        chosen: datetime | None = self.cleaned_data["at"]
        return chosen or now


class UploadForm(forms.Form):
    """A file of one of the kinds that the actor may import."""

    kind = forms.ChoiceField(label=_("What is in the file"))
    file = forms.FileField(label=_("file"), help_text=_("CSV or XLSX, one header row."))
    price_list = forms.ModelChoiceField(
        PriceList.objects.all(), label=_("price list"), required=False, to_field_name="code", help_text=_("For prices.")
    )
    publish = forms.BooleanField(label=_("publish the prices at once"), required=False)
    new_warehouses = forms.BooleanField(label=_("make warehouses that are not known yet"), required=False)
    further = forms.CharField(
        label=_("further options"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a line, such as partner=A-100. For deals: partner, owner, country, currency, system. For prices:"
            " complete=false keeps the products that the file does not name, publish_at=2026-03-01T00:00+01:00"
            " publishes from then on, note."
        ),
    )
    dry_run = forms.BooleanField(label=_("dry run: say what would happen, store nothing"), required=False)
    accept_good_rows = forms.BooleanField(label=_("take good rows although others are rejected"), required=False)

    def __init__(self, *args: Any, kinds: list[ImportKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [(one.code, one.label) for one in kinds]
        self.explained_kinds = [one for one in kinds if one.option_help]

    def options(self) -> dict[str, Any]:
        """The options of the kind that was chosen."""
        data = self.cleaned_data
        pairs = [line.partition("=") for line in data["further"].splitlines() if line.strip()]
        chosen: dict[str, Any] = {name.strip(): value.strip() for name, _equals, value in pairs}
        if data["kind"] == "prices":
            chosen["list"] = data["price_list"].code if data["price_list"] else ""
            return {"publish_at": "now", **chosen} if data["publish"] else chosen
        if data["kind"] == "stock":
            chosen["new_warehouses"] = data["new_warehouses"]
        return chosen


def kinds_for(actor: Actor, kinds: list[ImportKind]) -> list[ImportKind]:
    """The kinds that the actor's role may import."""
    return [kind for kind in kinds if actor.has_role(*kind.roles)]
