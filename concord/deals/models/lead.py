"""Leads: customers that somebody should talk to. Offered to one partner at a time, or free to claim, held by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, Func, OuterRef, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from concord.deals.models.protection import Protection
from concord.deals.models.registration import Deal
from concord.deals.pool_enums import (
    HELD_STATES,
    ClaimEnd,
    ClaimWay,
    CompanySize,
    LeadState,
    OfferAnswer,
    ReleaseReason,
    SourceKind,
)
from concord.partners.enums import Verdict
from concord.partners.models import CustomerVerdict, EndCustomer, NamedInTwoLanguages, Partner, ProductFamily
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from concord.portal.actor import Actor

_Row = TypeVar("_Row", bound=models.Model)
_NOBODY = Q(partner__isnull=True, owner__isnull=True)
_HELD = Q(partner__isnull=False, owner__isnull=False, claimed_at__isnull=False, follow_up_by__isnull=False)


class LeadSource(PublicModel, NamedInTwoLanguages):
    """Where leads come from: a fair, a campaign, a form. What became of its leads says what the next ones are worth."""

    code = models.SlugField(_("code"), max_length=48, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=SourceKind.choices, default=SourceKind.IMPORT)
    is_routed = models.BooleanField(
        _("offered first"),
        default=True,
        help_text=_("New leads are offered to one partner after the other before they are free to claim."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    #: score of 100 and when it was computed, as ``concord.deals.pool.quality`` explains
    quality = models.PositiveSmallIntegerField(_("quality"), default=40, editable=False)
    rated_at = models.DateTimeField(_("rated at"), null=True, editable=False)

    class Meta:
        verbose_name = _("source of leads")
        verbose_name_plural = _("sources of leads")
        ordering = ["code"]
        constraints = [models.CheckConstraint(condition=Q(quality__lte=100), name="lead_source_quality")]


class LeadQuerySet(ScopedQuerySet["Lead"]):
    """Leads: the vendor sees all; a partner what is free in its territory and families, offered to it or its."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see at all. How much of each row it reads is said by ``queries.leads``."""
        if actor.is_vendor:
            return self if actor.sees_business else self.none()
        held = Q(state__in=HELD_STATES, partner_id=actor.partner_id)
        if not actor.sees_whole_partner:
            held &= Q(owner_id=actor.user_id)
        offered = Q(state=LeadState.OFFERED, partner_id=actor.partner_id)
        return self.filter(held | offered | free_for(actor.partner_id))


def free_for(partner_id: int | None) -> Q:
    """Free leads in the partner's territory and families; a lead that names no family is open to all.

    While the customer is protected for others in what the lead wants, and not for this partner, it is not free for it.
    """
    country = Func(
        OuterRef("customer_country"),
        template="ARRAY[%(expressions)s]::varchar(2)[]",
        output_field=ArrayField(models.CharField(max_length=2)),
    )
    own = Partner.objects.unscoped("what the partner may sell is compared, nothing of it is read").filter(
        pk=partner_id or 0
    )
    wanted = LeadFamily.objects.filter(lead=OuterRef("pk"))
    return Q(
        Exists(own.filter(Q(territories=[]) | Q(territories__contains=country))),
        ~Exists(wanted) | Exists(wanted.filter(family__partners=partner_id)),
        Exists(_protections().filter(partner_id=partner_id or 0)) | ~Exists(_protections()),
        state=LeadState.POOL,
    )


def _protections() -> Any:
    """Live ones at the lead's customer, or at one found to be the same company, in a family that the lead wants."""
    customer = OuterRef("end_customer_id")
    wanted = LeadFamily.objects.filter(lead=OuterRef(OuterRef("pk")))
    same = CustomerVerdict.objects.filter(verdict=Verdict.SAME).filter(
        Q(left_id=OuterRef("end_customer_id"), right_id=OuterRef(customer))
        | Q(right_id=OuterRef("end_customer_id"), left_id=OuterRef(customer))
    )
    return Protection.objects.unscoped("whether somebody is protected is asked, nothing of it is read").filter(
        Q(end_customer_id=customer) | Exists(same),
        ~Exists(wanted) | Exists(wanted.filter(family_id=OuterRef("family_id"))),
        period__contains=Now(),
    )


class Lead(ScopedModel, PublicModel):
    """One lead. The customer stands here as it was told, beside the matched or new record."""

    source = models.ForeignKey(LeadSource, on_delete=models.PROTECT, related_name="leads", verbose_name=_("source"))
    #: the same lead told twice has the same one: SHA-256 of its external id, or of who it is
    fingerprint = models.CharField(max_length=64, editable=False)
    external_id = models.CharField(_("external id"), max_length=64, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LeadState.choices, default=LeadState.NEW)
    end_customer = models.ForeignKey(
        EndCustomer, on_delete=models.PROTECT, related_name="leads", verbose_name=_("end customer")
    )
    customer_name = models.CharField(_("customer's name"), max_length=250)
    customer_country = models.CharField(_("customer's country"), max_length=2)
    customer_city = models.CharField(_("customer's city"), max_length=120, blank=True)
    customer_registration_number = models.CharField(_("customer's registration number"), max_length=64, blank=True)
    customer_website = models.CharField(_("customer's website"), max_length=250, blank=True)
    sector = models.CharField(_("sector"), max_length=120, blank=True)
    size = models.CharField(
        _("size of the company"), max_length=8, choices=CompanySize.choices, default=CompanySize.UNKNOWN, blank=True
    )
    summary = models.CharField(
        _("summary"),
        max_length=200,
        blank=True,
        help_text=_("Partners read this before they claim: name no company and no person."),
    )
    details = models.TextField(_("details"), blank=True, help_text=_("Read by the partner that holds the lead."))
    contact_name = models.CharField(_("contact"), max_length=150, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True)
    contact_phone = models.CharField(_("contact's telephone"), max_length=40, blank=True)
    contact_role = models.CharField(_("contact's role in the decision"), max_length=120, blank=True)
    families = models.ManyToManyField(
        ProductFamily, through="LeadFamily", verbose_name=_("product families"), related_name="leads", blank=True
    )
    #: of the public form: when the person agreed to be contacted, and to which words
    consent_at = models.DateTimeField(null=True, editable=False)
    consent_text = models.TextField(blank=True, editable=False)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")

    partner = models.ForeignKey(
        Partner, null=True, editable=False, on_delete=models.PROTECT, related_name="leads", verbose_name=_("partner")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="leads",
        verbose_name=_("seller"),
    )
    free_since = models.DateTimeField(_("free since"), null=True, editable=False)
    offered_until = models.DateTimeField(_("offered until"), null=True, editable=False)
    claimed_at = models.DateTimeField(_("claimed at"), null=True, editable=False)
    follow_up_by = models.DateTimeField(_("follow up by"), null=True, editable=False)
    contacted_at = models.DateTimeField(_("contacted at"), null=True, editable=False)
    reminders = models.PositiveSmallIntegerField(default=0, editable=False)
    #: the deal that it was turned into, and the lapsed one that it came from
    deal = models.OneToOneField(Deal, null=True, editable=False, on_delete=models.PROTECT, related_name="lead")
    lapsed_deal = models.OneToOneField(
        Deal, null=True, editable=False, on_delete=models.PROTECT, related_name="lead_after"
    )

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "fingerprint"], name="lead_told_once"),
            models.CheckConstraint(condition=Q(customer_country__regex="^[A-Z]{2}$"), name="lead_country_code"),
            models.CheckConstraint(
                name="lead_held_by_one",
                condition=(Q(state__in=[LeadState.NEW, LeadState.POOL, LeadState.WITHDRAWN]) & _NOBODY)
                | Q(state=LeadState.OFFERED, partner__isnull=False, owner__isnull=True, offered_until__isnull=False)
                | (Q(state__in=HELD_STATES) & _HELD),
            ),
            models.CheckConstraint(
                condition=Q(state=LeadState.CONVERTED, deal__isnull=False)
                | (~Q(state=LeadState.CONVERTED) & Q(deal__isnull=True)),
                name="lead_converted_has_deal",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "state"], name="lead_of_partner"),
            models.Index(fields=["end_customer"], name="lead_at_customer", condition=Q(state=LeadState.POOL)),
            models.Index(fields=["state", "offered_until"], name="lead_offers_running"),
            models.Index(fields=["state", "follow_up_by"], name="lead_follow_ups"),
        ]

    def __str__(self) -> str:
        return self.customer_name


class LeadFamily(models.Model):
    """A product family that a lead is about."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="+")
    family = models.ForeignKey(ProductFamily, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("family of a lead")
        verbose_name_plural = _("families of a lead")
        constraints = [models.UniqueConstraint(fields=["lead", "family"], name="lead_family_once")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.family_id}"


class _OfPartnerQuerySet(ScopedQuerySet[_Row]):
    """Rows of one partner each: the vendor sees all, a partner its own."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        if actor.is_vendor:
            return self if actor.sees_business else self.none()
        return self.filter(partner_id=actor.partner_id)


class LeadOfferQuerySet(_OfPartnerQuerySet["LeadOffer"]):
    """Offers."""


class LeadOffer(ScopedModel):
    """A lead was offered to a partner, with what spoke for it. A partner is offered a lead once."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="offers")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="lead_offers")
    offered_at = models.DateTimeField(_("offered at"))
    until = models.DateTimeField(_("until"))
    reasons = models.JSONField(_("reasons"), default=list)
    answer = models.CharField(_("answer"), max_length=10, choices=OfferAnswer.choices, blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    decline_reason = models.CharField(_("reason"), max_length=12, choices=ReleaseReason.choices, blank=True, default="")

    objects = LeadOfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of a lead")
        verbose_name_plural = _("offers of leads")
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(answer=""), name="lead_one_open_offer"),
            models.UniqueConstraint(fields=["lead", "partner"], name="lead_offered_once"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="lead_offer_answered_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lead_id} → {self.partner_id}"


class LeadClaimQuerySet(_OfPartnerQuerySet["LeadClaim"]):
    """Claims."""


class LeadClaim(ScopedModel):
    """A partner holds or held a lead. Limits, cooldown and the worth of sources are counted from these rows."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="claims")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="lead_claims")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(_("way"), max_length=10, choices=ClaimWay.choices, default=ClaimWay.CLAIMED)
    claimed_at = models.DateTimeField(_("claimed at"))
    contacted_at = models.DateTimeField(_("contacted at"), null=True)
    converted_at = models.DateTimeField(_("converted at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end = models.CharField(_("end"), max_length=10, choices=ClaimEnd.choices, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=12, choices=ReleaseReason.choices, blank=True, default="")

    objects = LeadClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        constraints = [
            models.UniqueConstraint(fields=["lead"], condition=Q(ended_at__isnull=True), name="lead_one_claim"),
            models.CheckConstraint(
                condition=Q(end="", ended_at__isnull=True) | (~Q(end="") & Q(ended_at__isnull=False)),
                name="lead_claim_ended_at",
            ),
        ]
        indexes = [models.Index(fields=["partner", "-claimed_at"], name="lead_claims_of_partner")]

    def __str__(self) -> str:
        return f"{self.lead_id} {self.partner_id}"


class LeadContact(models.Model):
    """A contact with a lead's customer, noted by the partner. It belongs to one claim: the next does not read it."""

    claim = models.ForeignKey(LeadClaim, on_delete=models.CASCADE, related_name="contacts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("when"))
    text = models.TextField(_("what"), max_length=2_000)

    class Meta:
        verbose_name = _("contact about a lead")
        verbose_name_plural = _("contacts about leads")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.text[:60]
