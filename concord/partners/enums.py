"""Choices of partners, their people and end customers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartnerStatus(models.TextChoices):
    """Where a partner stands in the programme."""

    APPLIED = "applied", _("Applied")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


class Verdict(models.TextChoices):
    """What two names of companies are to each other."""

    SAME = "same", _("Same company")
    REVIEW = "review", _("Needs a look")
    DIFFERENT = "different", _("Different companies")


class NameKind(models.TextChoices):
    """What a name of an end customer is."""

    LEGAL = "legal", _("Legal name")
    SHORT = "short", _("Short name")
    FORMER = "former", _("Former name")
    ALIAS = "alias", _("Also written")


#: what the package's events are called in histories and notices
EVENT_LABELS = {
    "customer.created": _("Customer created"),
    "customer.verdict": _("Customers compared by a person"),
    "partner.created": _("Partner created"),
    "partner.changed": _("Partner changed"),
    "tier.saved": _("Tier changed"),
    "family.saved": _("Product family changed"),
    "customer.changed": _("Customer changed"),
    "member.created": _("Colleague added"),
    "member.invited": _("Colleague invited"),
    "member.role_changed": _("Role changed"),
    "member.deactivated": _("Access taken away"),
    "member.reactivated": _("Access given back"),
    "api_client.created": _("API client created"),
    "api_client.secret_renewed": _("Secret of an API client renewed"),
    "api_client.revoked": _("API client revoked"),
}
