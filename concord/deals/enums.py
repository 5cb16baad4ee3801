"""Choices of deals: two separate fields say where a registration is in review and where the sale is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class ReviewStatus(models.TextChoices):
    """Where the vendor's answer stands. Approved, rejected and duplicate are decisions; final is final."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for an answer")
    RETURNED = "returned", _("Returned for completion")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    DUPLICATE = "duplicate", _("Duplicate")
    #: history of another system: nobody decided about it here, and it protects nothing until it is submitted
    IMPORTED = "imported", _("Taken over")


REVIEW_TRANSITIONS: dict[str, frozenset[str]] = {
    ReviewStatus.DRAFT: frozenset({ReviewStatus.SUBMITTED}),
    ReviewStatus.SUBMITTED: frozenset(
        {ReviewStatus.RETURNED, ReviewStatus.APPROVED, ReviewStatus.REJECTED, ReviewStatus.DUPLICATE},
    ),
    ReviewStatus.RETURNED: frozenset({ReviewStatus.SUBMITTED}),
    #: a material change of what was approved asks for a new answer
    ReviewStatus.APPROVED: frozenset({ReviewStatus.SUBMITTED}),
    ReviewStatus.IMPORTED: frozenset({ReviewStatus.SUBMITTED}),
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
    EXTEND = "extend", _("Extension")
    NO_EXTENSION = "no_extension", _("Refusal of an extension")
    HOLD = "hold", _("Stop of the clock")
    NO_HOLD = "no_hold", _("Refusal to stop the clock")
    UPHOLD = "uphold", _("Appeal: the decision stands")
    OVERTURN = "overturn", _("Appeal: the decision falls")


class CheckVerdict(models.TextChoices):
    """What a pre-check answers."""

    FREE = "free", _("Free")
    REVIEW = "review", _("Needs a look by the vendor")
    PROTECTED = "protected", _("Protected")
    POOL = "pool", _("In the pool")
    VENDOR = "vendor", _("With the vendor's own team")


class ActivityKind(models.TextChoices):
    """The kinds of activity that a new programme starts with; the desk adds others (``KindOfActivity``)."""

    NOTE = "note", _("Note")
    CALL = "call", _("Call")
    VISIT = "visit", _("Visit")
    MAIL = "mail", _("Mail")
    SAMPLE = "sample", _("Sample")
    DEMO = "demo", _("Demonstration")


class RuleKind(models.TextChoices):
    """What an eligibility rule asks of a registration."""

    FAMILY_AUTHORISED = "family", _("Partner is authorised for the product families")
    TERRITORY = "territory", _("Customer is in the partner's territory")
    MINIMUM_VALUE = "minimum_value", _("Value at list prices is at least")
    TENDER_OPEN = "tender_open", _("Public tender is not closed yet")
    NOT_VENDOR_ACCOUNT = "vendor_account", _("Customer is not with the vendor's own team")
    NEVER_BOUGHT = "never_bought", _("Customer has not bought before")
    HAS_BOUGHT = "has_bought", _("Partner has a relation to the customer")
    WON_BEFORE = "won_before", _("Partner won the customer before")


class EvidencePurpose(models.TextChoices):
    """What a file handed in with a deal proves."""

    REGISTRATION = "registration", _("Registration")
    EXTENSION = "extension", _("Extension of protection")
    APPEAL = "appeal", _("Appeal")
    PROMISE = "promise", _("Promise to the customer")
    CUSTOMERS_CHOICE = "customers_choice", _("Customer's written choice")
    OTHER = "other", _("Other")


class PromiseKind(models.TextChoices):
    """What was promised to the customer."""

    PRICE = "price", _("Price")
    DATE = "date", _("Date")
    TERMS = "terms", _("Terms")
    EXCLUSIVITY = "exclusivity", _("Exclusivity")
    OTHER = "other", _("Other")


class PromiseState(models.TextChoices):
    """What became of a promise."""

    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ContactRole(models.TextChoices):
    """A person's part in the customer's decision; none yet is an empty string."""

    DECISION_MAKER = "decision_maker", _("Decision maker")
    INFLUENCER = "influencer", _("Influencer")
    USER = "user", _("User")
    BUYER = "buyer", _("Buyer")
    CHAMPION = "champion", _("Champion")
    BLOCKER = "blocker", _("Blocker")
    GATEKEEPER = "gatekeeper", _("Gatekeeper")


class Deed(models.TextChoices):
    """What can be done with a registration, as buttons, the API and refusals name it."""

    EDIT = "edit", _("Edit")
    SUBMIT = "submit", _("Submit")
    RETURN = "return", _("Return for completion")
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")
    DUPLICATE = "duplicate", _("Mark as duplicate")
    WITHDRAW = "withdraw", _("Withdraw")
    STAGE = "stage", _("Change the stage")
    WIN = "win", _("Mark as won")
    LOSE = "lose", _("Mark as lost")


_WAITING = frozenset({ReviewStatus.SUBMITTED})
_GOING_ON = frozenset(
    {ReviewStatus.DRAFT, ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.APPROVED, ReviewStatus.IMPORTED},
)

#: in which review status each deed is possible; the sale itself must not be over
DEED_STATES: dict[Deed, frozenset[ReviewStatus]] = {
    Deed.EDIT: frozenset({ReviewStatus.DRAFT, ReviewStatus.RETURNED, ReviewStatus.APPROVED, ReviewStatus.IMPORTED}),
    Deed.SUBMIT: frozenset({ReviewStatus.DRAFT, ReviewStatus.RETURNED, ReviewStatus.IMPORTED}),
    Deed.RETURN: _WAITING,
    Deed.APPROVE: _WAITING,
    Deed.REJECT: _WAITING,
    Deed.DUPLICATE: _WAITING,
    Deed.WITHDRAW: _GOING_ON,
    Deed.STAGE: _GOING_ON,
    Deed.WIN: frozenset({ReviewStatus.APPROVED, ReviewStatus.IMPORTED}),
    Deed.LOSE: _GOING_ON - {ReviewStatus.DRAFT},
}

#: what a partner may be asked to complete, by field of the registration
COMPLETABLE: dict[str, _StrPromise] = {
    "title": _("Title"),
    "type": _("Type of registration"),
    "customer_name": _("Customer's name"),
    "customer_country": _("Customer's country"),
    "customer_city": _("Customer's city"),
    "customer_registration_number": _("Customer's registration number"),
    "customer_website": _("Customer's website"),
    "contact_name": _("Contact"),
    "contact_email": _("Contact's e-mail address"),
    "contact_role": _("Contact's role in the decision"),
    "expected_close_on": _("Expected close"),
    "description": _("What it is about"),
    "competitor": _("Competitor"),
    "tender_reference": _("Reference of the public tender"),
    "tender_closes_on": _("Tender closes"),
    "lines": _("Products"),
}

#: dotted verb of each fact about a deal, as people read it
EVENT_LABELS: dict[str, _StrPromise] = {
    "deal.created": _("Registration begun"),
    "deal.changed": _("Registration changed"),
    "deal.submitted": _("Registration submitted"),
    "deal.twins_found": _("Likely twins looked for"),
    "deal.returned": _("Returned for completion"),
    "deal.approved": _("Registration approved"),
    "deal.rejected": _("Registration rejected"),
    "deal.duplicate": _("Decided to be a duplicate"),
    "deal.twins_parted": _("Customer told apart from another one"),
    "deal.customer_linked": _("Linked to another customer record"),
    "deal.protection_ended": _("Protection ended"),
    "deal.withdrawn": _("Withdrawn"),
    "deal.stage_moved": _("Stage of the sale changed"),
    "deal.won": _("Won"),
    "deal.lost": _("Lost"),
    "deal.activity_added": _("Activity noted"),
    "deal.activity_changed": _("Activity corrected"),
    "deal.step_done": _("Next step done"),
    "deal.reopened": _("Changed after approval: a new answer is due"),
    "deal.imported": _("Taken over from another system"),
    "deal.evidence_attached": _("Evidence attached"),
    "deal.promise_made": _("Promise to the customer"),
    "deal.promise_changed": _("Promise changed"),
    "deal.promise_settled": _("Promise settled"),
    "deal.contact_added": _("Person added"),
    "deal.contact_changed": _("Person changed"),
    "deal.contact_left": _("Person has left"),
    "deal.objection_raised": _("Objection raised"),
    "deal.objection_changed": _("Objection changed"),
    "deal.objection_answered": _("Objection answered"),
    "deal.competitor_named": _("Competitor named"),
    "deal.handed_over": _("Handed over"),
    "deal.handover_noted": _("Note on the handover"),
    "quote.reassigned": _("Quote given to a colleague"),
    "member.handed_over": _("Work handed over"),
    "member.handover_noted": _("Note on the handover"),
    "deal.glass_broken": _("Opened in an emergency"),
}
