"""A distributor, its people, and the systems that act for it or for the vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.partners.enums import PartnerStatus
from concord.partners.models.programme import ProductFamily, Tier
from concord.portal.enums import PARTNER_ROLES, VENDOR_ROLES, Role
from concord.portal.models import PublicModel
from concord.portal.scoping import ScopedModel, ScopedQuerySet

if TYPE_CHECKING:
    from concord.portal.actor import Actor


class PartnerQuerySet(ScopedQuerySet["Partner"]):
    """Partners: the vendor sees all, a partner itself."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        return self if actor.is_vendor else self.filter(pk=actor.partner_id)


class Partner(ScopedModel, PublicModel):
    """A distributor."""

    code = models.CharField(_("partner code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200)
    status = models.CharField(_("status"), max_length=16, choices=PartnerStatus.choices, default=PartnerStatus.APPLIED)
    tier = models.ForeignKey(Tier, on_delete=models.PROTECT, verbose_name=_("tier"), related_name="partners")
    country = models.CharField(_("country"), max_length=2, help_text=_("ISO 3166-1, two letters."))
    territories = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("territories"),
        default=list,
        blank=True,
        help_text=_("Countries it may sell in, ISO 3166-1; empty means everywhere."),
    )
    families = models.ManyToManyField(
        ProductFamily, verbose_name=_("authorised families"), related_name="partners", blank=True
    )
    currency = models.CharField(_("currency"), max_length=3)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    city = models.CharField(_("city"), max_length=120, blank=True)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="partner_currency_code"),
            models.CheckConstraint(condition=Q(country__regex="^[A-Z]{2}$"), name="partner_country_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Whether it may work in the portal."""
        return self.status == PartnerStatus.ACTIVE


class MemberQuerySet(ScopedQuerySet["Member"]):
    """People: the vendor sees all, a partner its own colleagues."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        return self if actor.is_vendor else self.filter(partner_id=actor.partner_id)

    def people(self) -> Self:
        """Without the service users of systems."""
        return self.exclude(role__in=[Role.PARTNER_SYSTEM, Role.VENDOR_SYSTEM])


class Member(ScopedModel, PublicModel):
    """What a person is here: one role, at one partner or (without a partner) at the vendor."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="member")
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="members", verbose_name=_("partner")
    )
    role = models.CharField(_("role"), max_length=32, choices=Role.choices)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.CheckConstraint(
                name="member_role_fits_side",
                condition=Q(partner__isnull=False, role__in=sorted(PARTNER_ROLES))
                | Q(partner__isnull=True, role__in=sorted(VENDOR_ROLES)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)


class ApiClientQuerySet(ScopedQuerySet["ApiClient"]):
    """API clients: the vendor sees all, a partner its own."""

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see."""
        return self if actor.is_vendor else self.filter(partner_id=actor.partner_id)


class ApiClient(ScopedModel, PublicModel):
    """A system that calls the API: the credentials, and the service user that it acts as."""

    client = models.OneToOneField("allauth_idp_oidc.Client", on_delete=models.CASCADE, related_name="api_client")
    partner = models.ForeignKey(
        Partner, null=True, blank=True, on_delete=models.PROTECT, related_name="api_clients", verbose_name=_("partner")
    )
    name = models.CharField(_("name"), max_length=100)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")

    def __str__(self) -> str:
        return self.name
