"""Choices of deals: two separate fields say where a registration is in review and where the sale is."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReviewStatus(models.TextChoices):
    """Where the vendor's answer stands. Approved, rejected and duplicate are decisions; final is final."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for an answer")
    RETURNED = "returned", _("Returned for completion")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    DUPLICATE = "duplicate", _("Duplicate")


REVIEW_TRANSITIONS: dict[str, frozenset[str]] = {
    ReviewStatus.DRAFT: frozenset({ReviewStatus.SUBMITTED}),
    ReviewStatus.SUBMITTED: frozenset(
        {ReviewStatus.RETURNED, ReviewStatus.APPROVED, ReviewStatus.REJECTED, ReviewStatus.DUPLICATE},
    ),
    ReviewStatus.RETURNED: frozenset({ReviewStatus.SUBMITTED}),
}


class SalesStage(models.TextChoices):
    """Where the sale stands."""

    OPEN = "open", _("Open")
    QUALIFIED = "qualified", _("Qualified")
    QUOTED = "quoted", _("Quoted")
    NEGOTIATING = "negotiating", _("Negotiating")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


FINAL_STAGES = frozenset({SalesStage.WON, SalesStage.LOST, SalesStage.EXPIRED, SalesStage.WITHDRAWN})
OPEN_STAGES = (SalesStage.OPEN, SalesStage.QUALIFIED, SalesStage.QUOTED, SalesStage.NEGOTIATING)


class RegistrationType(models.TextChoices):
    """What kind of business is registered."""

    NEW_CUSTOMER = "new_customer", _("New customer")
    NEW_BUSINESS = "new_business", _("New business at a customer")
    RENEWAL = "renewal", _("Renewal")


class ReasonKind(models.TextChoices):
    """Which decision a reason code belongs to."""

    APPROVE = "approve", _("Approval")
    RETURN = "return", _("Return for completion")
    REJECT = "reject", _("Rejection")
    DUPLICATE = "duplicate", _("Duplicate")
    LOSE = "lose", _("Lost")
    WITHDRAW = "withdraw", _("Withdrawal")


class CheckVerdict(models.TextChoices):
    """What a pre-check answers."""

    FREE = "free", _("Free")
    REVIEW = "review", _("Needs a look by the vendor")
    PROTECTED = "protected", _("Protected")
    POOL = "pool", _("In the pool")
    VENDOR = "vendor", _("With the vendor's own team")


class ActivityKind(models.TextChoices):
    """What was done."""

    NOTE = "note", _("Note")
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MAIL = "mail", _("Mail")
    SAMPLE = "sample", _("Sample")
    DEMO = "demo", _("Demonstration")
