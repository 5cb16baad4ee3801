"""What was promised to the customer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import PromiseKind, PromiseState
from concord.deals.models.people import DealContact
from concord.deals.models.registration import Deal
from concord.portal.models import PublicModel


class Promise(PublicModel):
    """One promise: what, to whom, until when, where it is written, and whether it was kept."""

    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="promises")
    kind = models.CharField(_("kind"), max_length=12, choices=PromiseKind.choices, default=PromiseKind.OTHER)
    text = models.CharField(_("what was promised"), max_length=500)
    contact = models.ForeignKey(
        DealContact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("to whom")
    )
    until_on = models.DateField(_("until"), null=True, blank=True)
    evidence = models.CharField(
        _("evidence"), max_length=300, blank=True, help_text=_("Where it is written: a mail, minutes, a contract.")
    )
    made_at = models.DateTimeField(_("promised at"))
    #: who has to keep it; moves with a handover
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=PromiseState.choices, default=PromiseState.OPEN)
    settled_at = models.DateTimeField(_("settled at"), null=True, editable=False)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["deal", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PromiseKind.values), name="promise_kind_known"),
            models.CheckConstraint(
                condition=Q(state=PromiseState.OPEN, settled_at__isnull=True)
                | (Q(state__in=["kept", "broken", "withdrawn"]) & Q(settled_at__isnull=False)),
                name="promise_settled_says_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["responsible", "until_on"], name="promise_of_person", condition=Q(state=PromiseState.OPEN)
            ),
            models.Index(fields=["deal", "until_on"], name="promise_open", condition=Q(state=PromiseState.OPEN)),
        ]

    def __str__(self) -> str:
        return self.text[:60]
