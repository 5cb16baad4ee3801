"""The company that buys in the end. Its identity matters more than anything: promises and protections hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from concord.partners.enums import NameKind, Verdict
from concord.partners.models.partner import Partner
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class EndCustomerQuerySet(ScopedQuerySet["EndCustomer"]):
    """End customers: the vendor sees all, a partner those that it has a relation to."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see. A relation is written when a registration is approved or a quote issued."""
        if actor.is_vendor:
            return self if actor.sees_business else self.none()
        related = CustomerRelation.objects.visible_to(actor)
        return self.filter(pk__in=related.values("end_customer_id"))

    def alive(self) -> Self:
        """Without those that were merged into another one."""
        return self.filter(merged_into__isnull=True)


class EndCustomer(ScopedModel, PublicModel):
    """One company. Names are kept in ``CustomerName``; the legal one stands here too."""

    external_id = models.CharField(_("external id"), max_length=64, null=True, blank=True, unique=True)
    legal_name = models.CharField(_("legal name"), max_length=250)
    short_name = models.CharField(_("short name"), max_length=120, blank=True)
    country = models.CharField(_("country"), max_length=2)
    registration_number = models.CharField(_("registration or tax number"), max_length=64, blank=True)
    website = models.CharField(_("website"), max_length=250, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    address = models.CharField(_("address"), max_length=300, blank=True)
    sector = models.CharField(_("sector"), max_length=120, blank=True)
    #: what matching looks up, as ``concord.partners.matching.candidates`` explains
    exact_keys = ArrayField(models.CharField(max_length=300), default=list, editable=False)
    block_keys = ArrayField(models.CharField(max_length=300), default=list, editable=False)
    search_key = models.TextField(blank=True, editable=False)
    #: pinyin or Latin, lower case: the database cannot sort Chinese by sound
    sort_key = models.CharField(max_length=250, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged"
    )
    #: the company whose subsidiary this is; the two are kept apart, whatever their names say
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="subsidiaries",
        verbose_name=_("part of the group of"),
    )

    objects = EndCustomerQuerySet.as_manager()

    class Meta:
        verbose_name = _("end customer")
        verbose_name_plural = _("end customers")
        constraints = [
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="customer_country_code"),
            models.CheckConstraint(condition=~Q(merged_into=F("pk")), name="customer_not_merged_into_itself"),
            models.CheckConstraint(condition=~Q(parent=F("pk")), name="customer_not_its_own_parent"),
        ]
        indexes = [
            GinIndex(fields=["exact_keys"], name="customer_exact_keys", fastupdate=False),
            GinIndex(fields=["block_keys"], name="customer_block_keys", fastupdate=False),
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="customer_search_key"),
            GinIndex(OpClass(Upper("registration_number"), name="gin_trgm_ops"), name="customer_number_part"),
            GinIndex(OpClass(Upper("website"), name="gin_trgm_ops"), name="customer_website_part"),
            models.Index(fields=["sort_key"], name="customer_sorted"),
        ]

    def __str__(self) -> str:
        return self.legal_name


class CustomerWord(models.Model):
    """A word of a customer's name in the form in which matching stores it, so that a typing error finds what was meant.

    A trigger on customers keeps it, whichever door writes them. Words stay when their last customer goes.
    """

    word = models.CharField(_("word"), max_length=64, primary_key=True)

    class Meta:
        verbose_name = _("word of a customer's name")
        verbose_name_plural = _("words of customers' names")
        indexes = [GinIndex(OpClass(F("word"), name="gin_trgm_ops"), name="customer_word_trigrams")]

    def __str__(self) -> str:
        return self.word


class CustomerName(models.Model):
    """One name of an end customer."""

    end_customer = models.ForeignKey(EndCustomer, on_delete=models.CASCADE, related_name="names")
    name = models.CharField(_("name"), max_length=250)
    kind = models.CharField(_("kind"), max_length=8, choices=NameKind.choices)
    #: with a former name: the last day on which the company was called so, as far as known
    until = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("customer name")
        verbose_name_plural = _("customer names")
        constraints = [models.UniqueConstraint(fields=["end_customer", "name"], name="customer_name_once")]

    def __str__(self) -> str:
        return self.name


class CustomerRelation(ScopedModel):
    """That a partner has to do with an end customer, and since when. It lets the partner see the customer's record."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="customer_relations")
    end_customer = models.ForeignKey(EndCustomer, on_delete=models.CASCADE, related_name="partner_relations")
    since = models.DateTimeField(_("since"))

    class CustomerRelationQuerySet(ScopedQuerySet["CustomerRelation"]):
        """Relations: the vendor sees all, a partner its own."""

        def visible(self, actor: Actor) -> Self:
            """Narrow to what the actor may see."""
            return self if actor.is_vendor else self.filter(partner_id=actor.partner_id)

    objects = CustomerRelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer relation")
        verbose_name_plural = _("customer relations")
        constraints = [models.UniqueConstraint(fields=["partner", "end_customer"], name="customer_relation_once")]

    def __str__(self) -> str:
        return f"{self.partner_id} – {self.end_customer_id}"


class CustomerVerdict(models.Model):
    """What a person said of two customers. It wins over the score from then on."""

    left = models.ForeignKey(EndCustomer, on_delete=models.CASCADE, related_name="+")
    right = models.ForeignKey(EndCustomer, on_delete=models.CASCADE, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=9, choices=Verdict.choices)
    decided_by = models.BigIntegerField(_("decided by"), null=True)
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="customer_verdict_once"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="customer_verdict_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} {self.verdict} {self.right_id}"
