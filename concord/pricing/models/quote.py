"""Quotes, and the promises that their lines hold while they are in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer, Partner
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet
from concord.pricing.enums import PriceKind, QuoteStatus
from concord.pricing.models.catalogue import Product

if TYPE_CHECKING:
    from concord.portal.actor import Actor

_EQUAL, _OVERLAPS, _NOT_EQUAL = RangeOperators.EQUAL, RangeOperators.OVERLAPS, RangeOperators.NOT_EQUAL


class QuoteQuerySet(ScopedQuerySet["Quote"]):
    """Quotes: the vendor sees all, a partner its own; a seller those that he or she made."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        if actor.is_vendor:
            return self if actor.sees_business else self.none()
        own = self.filter(partner_id=actor.partner_id)
        return own if actor.sees_whole_partner else own.filter(seller_id=actor.user_id)


class Quote(ScopedModel, PublicModel):
    """An offer to an end customer through one partner. Issuing freezes it; a change is a new revision."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="quotes", verbose_name=_("partner"))
    seller = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("seller")
    )
    end_customer = models.ForeignKey(
        EndCustomer, on_delete=models.PROTECT, related_name="quotes", verbose_name=_("end customer")
    )
    #: the customer as written on the document: what the partner typed, not what others know
    customer_name = models.CharField(_("customer"), max_length=250)
    customer_address = models.CharField(_("customer's address"), max_length=300, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True)
    #: counted per partner, so that it tells nothing of others
    number = models.CharField(_("number"), max_length=40)
    revision = models.PositiveSmallIntegerField(_("revision"), default=1)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    status = models.CharField(_("status"), max_length=12, choices=QuoteStatus.choices, default=QuoteStatus.DRAFT)
    currency = models.CharField(_("currency"), max_length=3)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    #: the document says everything in the portal's other language too
    is_bilingual = models.BooleanField(_("in both languages"), default=False)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    valid_until = models.DateField(_("valid until"))
    #: the first moment after the whole local day ``valid_until``
    expires_at = models.DateTimeField(_("expires at"))
    terms = models.TextField(_("terms"), blank=True)
    note = models.TextField(_("note"), blank=True)
    customer_total = models.DecimalField(_("total"), max_digits=20, decimal_places=6, default=0)
    partner_total = models.DecimalField(_("partner net total"), max_digits=20, decimal_places=6, default=0)
    issued_at = models.DateTimeField(_("issued at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    #: 128 random bits, what the check page and the QR ask for; none yet is NULL, so that drafts do not collide
    check_code = models.CharField(  # noqa: DJ001 - unique, and a draft has none
        _("check code"), max_length=40, null=True, unique=True, editable=False
    )
    #: SHA-256 of the frozen data, printed on the document
    data_hash = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    pdf = models.FileField(_("document"), upload_to="quotes/%Y/%m/", blank=True, editable=False)
    pdf_hash = models.CharField(max_length=64, blank=True, editable=False)
    #: the subject whose history also tells of this quote, such as a deal
    story_type = models.CharField(max_length=32, blank=True, editable=False)
    story_uuid = models.UUIDField(null=True, editable=False)

    objects = QuoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["partner", "number", "revision"], name="quote_number_once"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="quote_currency_code"),
            models.CheckConstraint(
                condition=Q(status=QuoteStatus.DRAFT)
                | Q(status=QuoteStatus.WITHDRAWN)
                | Q(issued_at__isnull=False, check_code__isnull=False),
                name="quote_issued_has_code",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "-id"], name="quote_of_partner"),
            models.Index(fields=["seller", "-id"], name="quote_of_seller"),
            models.Index(fields=["end_customer", "status"], name="quote_of_customer"),
            models.Index(fields=["story_type", "story_uuid"], name="quote_of_story"),
            models.Index(fields=["expires_at"], name="quote_running_out", condition=Q(status=QuoteStatus.ISSUED)),
        ]

    def __str__(self) -> str:
        return f"{self.number} r{self.revision}"


class ReceiptField(models.TextField):  # type: ignore[type-arg]  # it takes no arguments at run time
    """Text full of quotation marks. Sent value by value: an array of such has every mark escaped in Python."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """To the database it is a text."""
        name, _path, args, values = super().deconstruct()
        return name, "django.db.models.TextField", list(args), dict(values)

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """A field that says this is left out of arrays of values."""
        return "%s"


class QuoteLine(models.Model):
    """One line. From issuing on nothing of it changes; the receipt is kept byte for byte."""

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    sku = models.CharField(_("SKU"), max_length=64)
    name = models.CharField(_("name"), max_length=300)
    #: in the other language, where the quote is in both
    second_name = models.CharField(_("name in the other language"), max_length=300, blank=True)
    quantity = models.PositiveIntegerField(_("quantity"))
    unit = models.CharField(_("unit"), max_length=16)
    price_kind = models.CharField(_("price kind"), max_length=12, choices=PriceKind.choices)
    customer_unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    customer_amount = models.DecimalField(_("amount"), max_digits=20, decimal_places=6)
    partner_unit_net = models.DecimalField(_("partner net"), max_digits=18, decimal_places=6)
    partner_amount = models.DecimalField(_("partner net amount"), max_digits=20, decimal_places=6)
    #: a customer price that the seller wants instead of the one in force; refused on issuing unless it is the same
    requested_unit_price = models.DecimalField(
        _("requested unit price"), max_digits=18, decimal_places=6, null=True, blank=True
    )
    receipt = ReceiptField(_("receipt"))

    class Meta:
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
        ordering = ["quote", "position"]
        constraints = [
            models.UniqueConstraint(fields=["quote", "position"], name="quote_position_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="quote_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.sku}"


class PriceCommitment(models.Model):
    """What was promised: for one end customer, product and quantity, no two live promises differ in price.

    Two exclusion constraints hold it; a trigger takes the end customer's lock before every insert and update. Rows
    belong to no partner's view: they are read through queries that ask for a live relation first.
    """

    end_customer = models.ForeignKey(EndCustomer, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = IntegerRangeField(_("quantity"))
    validity = DateTimeRangeField(_("validity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    currency = models.CharField(_("currency"), max_length=3)
    quote = models.ForeignKey(Quote, on_delete=models.PROTECT, related_name="commitments")

    class Meta:
        verbose_name = _("price commitment")
        verbose_name_plural = _("price commitments")
        constraints = [
            ExclusionConstraint(
                name="one_price",
                expressions=[
                    ("end_customer", _EQUAL),
                    ("product", _EQUAL),
                    ("quantity", _OVERLAPS),
                    ("validity", _OVERLAPS),
                    ("unit_price", _NOT_EQUAL),
                ],
            ),
            ExclusionConstraint(
                name="one_currency",
                expressions=[
                    ("end_customer", _EQUAL),
                    ("product", _EQUAL),
                    ("quantity", _OVERLAPS),
                    ("validity", _OVERLAPS),
                    ("currency", _NOT_EQUAL),
                ],
            ),
            # NaN sorts above every number in PostgreSQL, so the upper bound keeps it out.
            models.CheckConstraint(condition=Q(unit_price__gte=0, unit_price__lt=10**12), name="commitment_price"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="commitment_currency_code"),
            models.CheckConstraint(
                condition=Q(
                    validity__isempty=False,
                    validity__lower_inf=False,
                    validity__upper_inf=False,
                    quantity__isempty=False,
                ),
                name="commitment_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.end_customer_id} {self.product_id} {self.quantity}"


class QuoteNumber(models.Model):
    """The last quote number of a partner in a year."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("quote number")
        verbose_name_plural = _("quote numbers")
        constraints = [models.UniqueConstraint(fields=["partner", "year"], name="quote_number_series_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} {self.year}: {self.last}"
