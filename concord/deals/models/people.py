"""Who decides at the customer, and what stands in the way there."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concord.deals.enums import ContactRole
from concord.deals.models.registration import Deal
from concord.portal.models import PublicModel


class DealContact(PublicModel):
    """A person at the customer, with the part that he or she has in the decision."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(pgettext_lazy("person", "name"), max_length=150)
    role = models.CharField(_("role in the decision"), max_length=16, choices=ContactRole.choices, blank=True)
    position = models.CharField(_("position"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    note = models.CharField(_("what to know"), max_length=300, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, editable=False)

    class Meta:
        verbose_name = _("contact at the customer")
        verbose_name_plural = _("contacts at the customer")
        ordering = ["deal", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=["", *ContactRole.values]), name="contact_role_known"),
            models.UniqueConstraint(
                fields=["deal", "email"], condition=~Q(email="") & Q(left_at__isnull=True), name="contact_email_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Objection(PublicModel):
    """What speaks against buying, as the customer said it, and how it was answered."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="objections")
    text = models.CharField(_("objection"), max_length=500)
    contact = models.ForeignKey(
        DealContact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("raised by")
    )
    raised_at = models.DateTimeField(_("raised at"))
    answer = models.CharField(_("answer"), max_length=1_000, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["deal", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(answer=""), name="objection_answered_says_how"
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
