"""Choices of the catalogue, prices, quotes and stock."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Lifecycle(models.TextChoices):
    """Where a product is in its life."""

    ANNOUNCED = "announced", _("Announced")
    ACTIVE = "active", _("Active")
    LAST_BUY = "last_buy", _("Last buy")
    ENDED = "ended", _("Ended")


class VersionStatus(models.TextChoices):
    """Where a version of a price list stands. Draft prices hold nowhere."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")


class PriceKind(models.TextChoices):
    """What an amount is. The three are never mixed."""

    CUSTOMER = "customer", _("Customer price")
    PARTNER_NET = "partner_net", _("Partner net")
    RECOMMENDED = "recommended", _("Recommended price")


class QuoteStatus(models.TextChoices):
    """The life of a quote. Accepted, declined, expired, withdrawn and superseded are final."""

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("In force")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")


#: which states follow which; final states have no entry
QUOTE_TRANSITIONS: dict[str, frozenset[str]] = {
    QuoteStatus.DRAFT: frozenset({QuoteStatus.ISSUED, QuoteStatus.WITHDRAWN}),
    QuoteStatus.ISSUED: frozenset(
        {
            QuoteStatus.ACCEPTED,
            QuoteStatus.DECLINED,
            QuoteStatus.EXPIRED,
            QuoteStatus.WITHDRAWN,
            QuoteStatus.SUPERSEDED,
        },
    ),
}


class SpecialPriceStatus(models.TextChoices):
    """The life of a special price request."""

    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    ENDED = "ended", _("Ended")
