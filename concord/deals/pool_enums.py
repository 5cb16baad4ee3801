"""Choices of the pool: where a lead stands, how it came, and how offers and claims end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concord.portal.ui.looks import Look

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class LeadState(models.TextChoices):
    """Where a lead stands. A converted one lives on in its deal."""

    NEW = "new", pgettext_lazy("state of a lead", "New")
    OFFERED = "offered", pgettext_lazy("state of a lead", "Offered")
    POOL = "pool", pgettext_lazy("state of a lead", "Free")
    CLAIMED = "claimed", pgettext_lazy("state of a lead", "Claimed")
    CONVERTED = "converted", pgettext_lazy("state of a lead", "Turned into a deal")
    WITHDRAWN = "withdrawn", pgettext_lazy("state of a lead", "Withdrawn")


class SourceKind(models.TextChoices):
    """Through which door the leads of a source come."""

    IMPORT = "import", _("Import")
    FORM = "form", _("Public form")
    API = "api", _("API")
    LAPSED = "lapsed", _("Lapsed deals")
    MANUAL = "manual", _("Entered by hand")


class CompanySize(models.TextChoices):
    """How large the customer is, as far as known: it may be shown before a claim, as it names nobody."""

    UNKNOWN = "", _("Not known")
    SMALL = "small", _("Up to 50 people")
    MEDIUM = "medium", _("51 to 500 people")
    LARGE = "large", _("More than 500 people")


class OfferAnswer(models.TextChoices):
    """How an offer ended."""

    OPEN = "", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Not answered in time")
    TAKEN_BACK = "taken_back", _("Taken back by the vendor")


class ClaimWay(models.TextChoices):
    """How a partner came to hold a lead."""

    CLAIMED = "claimed", _("Claimed from the pool")
    ACCEPTED = "accepted", _("Accepted an offer")
    ASSIGNED = "assigned", _("Assigned by the vendor")
    DEAL = "deal", _("Its own deal before")


class ClaimEnd(models.TextChoices):
    """How a claim ended; an open one has none."""

    OPEN = "", _("Held")
    RELEASED = "released", _("Released")
    RETURNED = "returned", _("Returned to the pool: not followed up in time")
    LAPSED = "lapsed", _("The deal lapsed")
    TAKEN_BACK = "taken_back", _("Taken back by the vendor")


class ReleaseReason(models.TextChoices):
    """Why a partner gives a lead back or declines it."""

    NO_CAPACITY = "no_capacity", _("No capacity at the moment")
    NOT_REACHED = "not_reached", _("The contact cannot be reached")
    NO_NEED = "no_need", _("The customer has no need")
    NOT_OURS = "not_ours", _("Does not fit our business")
    OTHER = "other", _("Another reason")


class LeadDeed(models.TextChoices):
    """What a partner can do with a lead, as buttons, the API and refusals name it."""

    CLAIM = "claim", _("Claim")
    ACCEPT = "accept", _("Accept")
    DECLINE = "decline", _("Decline")
    RELEASE = "release", _("Release")
    FOLLOW_UP = "follow_up", _("Note a contact")
    CONVERT = "convert", _("Register as a deal")


#: in which state each deed is possible
LEAD_DEED_STATES: dict[LeadDeed, LeadState] = {
    LeadDeed.CLAIM: LeadState.POOL,
    LeadDeed.ACCEPT: LeadState.OFFERED,
    LeadDeed.DECLINE: LeadState.OFFERED,
    LeadDeed.RELEASE: LeadState.CLAIMED,
    LeadDeed.FOLLOW_UP: LeadState.CLAIMED,
    LeadDeed.CONVERT: LeadState.CLAIMED,
}

#: held by a partner: the states in which its people read the whole lead
HELD_STATES = (LeadState.CLAIMED, LeadState.CONVERTED)
#: nobody holds it and it may still be changed
OPEN_LEAD_STATES = (LeadState.NEW, LeadState.OFFERED, LeadState.POOL)

LEAD_EVENT_LABELS: dict[str, _StrPromise] = {
    "lead.created": _("Lead received"),
    "lead.changed": _("Lead changed"),
    "lead.offered": _("Lead offered"),
    "lead.accepted": _("Offered lead accepted"),
    "lead.declined": _("Offered lead declined"),
    "lead.offer_expired": _("Offer of a lead expired"),
    "lead.freed": _("Lead put into the pool"),
    "lead.claimed": _("Lead claimed"),
    "lead.assigned": _("Lead assigned"),
    "lead.contacted": _("Lead contacted"),
    "lead.follow_up_due": _("Follow-up of a lead is due"),
    "lead.released": _("Lead released"),
    "lead.returned": _("Lead returned to the pool"),
    "lead.converted": _("Lead turned into a deal"),
    "lead.withdrawn": _("Lead withdrawn"),
    "lead.reassigned": _("Lead handed to a colleague"),
    "lead_source.saved": _("Source of leads changed"),
}

LEAD_LOOKS: dict[str, Look] = {
    "new": Look("info", "sparkles", LeadState.NEW.label),
    "offered": Look("warn", "hand-stop", LeadState.OFFERED.label),
    "pool": Look("ok", "lifebuoy", LeadState.POOL.label),
    "claimed": Look("accent", "user-check", LeadState.CLAIMED.label),
    "converted": Look("ok", "briefcase", LeadState.CONVERTED.label),
    "withdrawn": Look("muted", "ban", LeadState.WITHDRAWN.label),
}
