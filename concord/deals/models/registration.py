"""Deals: one opportunity at one end customer, registered by one partner."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import FINAL_STAGES, OPEN_STAGES, ReasonKind, RegistrationType, ReviewStatus, SalesStage
from concord.partners.enums import Verdict
from concord.partners.models import EndCustomer, NamedInTwoLanguages, Partner, ProductFamily
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet
from concord.pricing.models import Product

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class ReasonCode(PublicModel, NamedInTwoLanguages):
    """Why something was decided: configurable, counted."""

    kind = models.CharField(_("decision"), max_length=12, choices=ReasonKind.choices)
    code = models.SlugField(_("code"), max_length=48)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("reason code")
        verbose_name_plural = _("reason codes")
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="reason_code_once")]


class DealQuerySet(ScopedQuerySet["Deal"]):
    """Deals: the vendor sees all but drafts of others, a partner its own; a seller those that he or she owns."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        if actor.is_vendor:
            return self.exclude(review_status=ReviewStatus.DRAFT) if actor.sees_business else self.none()
        own = self.filter(partner_id=actor.partner_id)
        return own if actor.sees_whole_partner else own.filter(owner_id=actor.user_id)

    def open(self) -> Self:
        """Neither decided against nor over."""
        return self.filter(sales_stage__in=OPEN_STAGES).exclude(
            review_status__in=[ReviewStatus.REJECTED, ReviewStatus.DUPLICATE],
        )


class Deal(ScopedModel, PublicModel):
    """A registration and the sale that it is about. The customer is kept as typed beside the matched record."""

    # Partner and owner are found by the indexes of the lists below.
    partner = models.ForeignKey(
        Partner, on_delete=models.PROTECT, related_name="deals", verbose_name=_("partner"), db_index=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="deals",
        verbose_name=_("owner"),
        db_index=False,
    )
    title = models.CharField(_("title"), max_length=200)
    type = models.CharField(
        _("type"), max_length=16, choices=RegistrationType.choices, default=RegistrationType.NEW_CUSTOMER
    )
    review_status = models.CharField(
        _("review"), max_length=12, choices=ReviewStatus.choices, default=ReviewStatus.DRAFT
    )
    sales_stage = models.CharField(_("stage"), max_length=12, choices=SalesStage.choices, default=SalesStage.OPEN)
    end_customer = models.ForeignKey(
        EndCustomer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deals",
        verbose_name=_("end customer"),
    )
    customer_name = models.CharField(_("customer's name"), max_length=250)
    customer_country = models.CharField(_("customer's country"), max_length=2)
    customer_city = models.CharField(_("customer's city"), max_length=120, blank=True)
    customer_registration_number = models.CharField(_("customer's registration number"), max_length=64, blank=True)
    customer_website = models.CharField(_("customer's website"), max_length=250, blank=True)
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True)
    contact_role = models.CharField(_("contact's role in the decision"), max_length=120, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    expected_close_on = models.DateField(_("expected close"), null=True, blank=True)
    description = models.TextField(_("what it is about"), blank=True)
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    tender_reference = models.CharField(_("reference of the public tender"), max_length=120, blank=True)
    tender_closes_on = models.DateField(_("tender closes"), null=True, blank=True)
    #: what another system called the deal and said that it was worth, in the deal's currency
    external_id = models.CharField(_("external id"), max_length=64, blank=True, editable=False)
    reported_value = models.DecimalField(
        _("reported value"), max_digits=18, decimal_places=2, null=True, blank=True, editable=False
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    answer_due_at = models.DateTimeField(_("answer due at"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    decision_reason = models.ForeignKey(
        ReasonCode, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    decision_note = models.TextField(_("note on the decision"), blank=True, editable=False)
    #: with a duplicate: until which month the customer is protected, the first day of it
    protected_until_month = models.DateField(null=True, editable=False)
    fields_to_complete = models.JSONField(default=list, editable=False, blank=True)
    #: by how much the vendor answered too late, over all rounds; the protection grows by it
    vendor_delay = models.DurationField(default=timedelta, editable=False)
    closed_at = models.DateTimeField(_("closed at"), null=True, editable=False)
    #: why it was lost or withdrawn; the vendor's reasons stand in ``decision_reason``
    closing_reason = models.ForeignKey(
        ReasonCode, null=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )

    objects = DealQuerySet.as_manager()

    class Meta:
        verbose_name = _("deal")
        verbose_name_plural = _("deals")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="deal_currency_code"),
            models.CheckConstraint(condition=Q(customer_country__regex="^[A-Z]{2}$"), name="deal_country_code"),
            models.CheckConstraint(
                condition=Q(review_status__in=[ReviewStatus.DRAFT, ReviewStatus.IMPORTED])
                | Q(end_customer__isnull=False, submitted_at__isnull=False),
                name="deal_submitted_has_customer",
            ),
            models.CheckConstraint(
                condition=~Q(sales_stage=SalesStage.WON)
                | Q(review_status__in=[ReviewStatus.APPROVED, ReviewStatus.IMPORTED]),
                name="deal_won_was_approved",
            ),
            models.UniqueConstraint(fields=["external_id"], condition=~Q(external_id=""), name="deal_external_id_once"),
        ]
        indexes = [
            models.Index(fields=["partner", "-id"], name="deal_of_partner"),
            models.Index(fields=["owner", "-id"], name="deal_of_owner"),
            # Lists are sorted by the day of submission, filtered by state and counted by it: all of it from the index.
            models.Index(
                fields=["partner", "-submitted_at", "-id"],
                include=["owner", "review_status", "sales_stage"],
                name="deal_listed_of_partner",
            ),
            models.Index(
                fields=["owner", "-submitted_at", "-id"],
                include=["partner", "review_status", "sales_stage"],
                name="deal_listed_of_owner",
            ),
            models.Index(fields=["end_customer", "review_status"], name="deal_at_customer"),
            # What waits for the desk or for the partner, and what was decided against, is counted from the index alone.
            models.Index(
                fields=["answer_due_at", "id"],
                include=["review_status", "sales_stage"],
                name="deal_awaits_answer",
                condition=Q(review_status=ReviewStatus.SUBMITTED),
            ),
            models.Index(
                fields=["partner", "owner", "decided_at"],
                include=["review_status", "sales_stage"],
                name="deal_sent_back",
                condition=Q(review_status=ReviewStatus.RETURNED),
            ),
            models.Index(
                fields=["partner", "decided_at"],
                name="deal_decided_against",
                condition=Q(review_status__in=[ReviewStatus.REJECTED, ReviewStatus.DUPLICATE]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def state(self) -> str:
        """The one word for where it stands: the end of the sale when it is over, else the review."""
        return self.sales_stage if self.sales_stage in FINAL_STAGES else self.review_status

    @property
    def is_final(self) -> bool:
        """Whether nothing more can happen to it."""
        return self.sales_stage in FINAL_STAGES or self.review_status in {
            ReviewStatus.REJECTED,
            ReviewStatus.DUPLICATE,
        }


class DealLine(models.Model):
    """A product of a registration, with the expected quantity."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"))
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", verbose_name=_("product"))
    quantity = models.PositiveIntegerField(_("quantity"))

    class Meta:
        verbose_name = _("deal line")
        verbose_name_plural = _("deal lines")
        ordering = ["deal", "position"]
        constraints = [
            models.UniqueConstraint(fields=["deal", "position"], name="deal_position_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="deal_line_quantity"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.product_id}"


class DealFamily(models.Model):
    """A product family that a registration asks protection for (those of its lines)."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="families")
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("family of a deal")
        verbose_name_plural = _("families of a deal")
        constraints = [models.UniqueConstraint(fields=["deal", "family"], name="deal_family_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} {self.family_id}"


class DealTwin(models.Model):
    """What matching found when a registration was submitted: a likely twin among the end customers, and why.

    For the desk only: a partner never learns of twins.
    """

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="twins")
    end_customer = models.ForeignKey(EndCustomer, on_delete=models.CASCADE, related_name="+")
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=4)
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict.choices)
    reasons = models.JSONField(_("reasons"), default=list)

    class Meta:
        verbose_name = _("likely twin")
        verbose_name_plural = _("likely twins")
        ordering = ["deal", "-score"]
        constraints = [models.UniqueConstraint(fields=["deal", "end_customer"], name="deal_twin_once")]

    def __str__(self) -> str:
        return f"{self.deal_id} ~ {self.end_customer_id}"
