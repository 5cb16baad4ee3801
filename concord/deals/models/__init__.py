"""The tables of deals."""

from concord.deals.models.access import CalendarFeed, EmergencyAccess
from concord.deals.models.eligibility import EligibilityRule, VendorAccount
from concord.deals.models.evidence import Evidence, EvidenceDownload
from concord.deals.models.lead import Lead, LeadClaim, LeadContact, LeadFamily, LeadOffer, LeadSource
from concord.deals.models.people import DealContact, Objection
from concord.deals.models.programme import AnswerEscalation, ClosingDay, ProgrammeSettings
from concord.deals.models.promises import Promise
from concord.deals.models.protection import ConflictCheck, Protection
from concord.deals.models.protection_life import (
    Appeal,
    ExtensionRequest,
    Precedent,
    ProtectionHold,
    ProtectionLife,
)
from concord.deals.models.queue import SavedFilter
from concord.deals.models.registration import Deal, DealFamily, DealLine, DealTwin, ReasonCode
from concord.deals.models.work import Activity, KindOfActivity

__all__ = [
    "Activity",
    "AnswerEscalation",
    "Appeal",
    "CalendarFeed",
    "ClosingDay",
    "ConflictCheck",
    "Deal",
    "DealContact",
    "DealFamily",
    "DealLine",
    "DealTwin",
    "EligibilityRule",
    "EmergencyAccess",
    "Evidence",
    "EvidenceDownload",
    "ExtensionRequest",
    "KindOfActivity",
    "Lead",
    "LeadClaim",
    "LeadContact",
    "LeadFamily",
    "LeadOffer",
    "LeadSource",
    "Objection",
    "Precedent",
    "ProgrammeSettings",
    "Promise",
    "Protection",
    "ProtectionHold",
    "ProtectionLife",
    "ReasonCode",
    "SavedFilter",
    "VendorAccount",
]
