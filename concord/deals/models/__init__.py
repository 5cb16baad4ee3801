"""The tables of deals."""

from concord.deals.models.evidence import Evidence, EvidenceDownload
from concord.deals.models.lead import Lead, LeadClaim, LeadContact, LeadFamily, LeadOffer, LeadSource
from concord.deals.models.protection import ConflictCheck, Protection
from concord.deals.models.registration import Deal, DealFamily, DealLine, DealTwin, ReasonCode
from concord.deals.models.work import Activity

__all__ = [
    "Activity",
    "ConflictCheck",
    "Deal",
    "DealFamily",
    "DealLine",
    "DealTwin",
    "Evidence",
    "EvidenceDownload",
    "Lead",
    "LeadClaim",
    "LeadContact",
    "LeadFamily",
    "LeadOffer",
    "LeadSource",
    "Protection",
    "ReasonCode",
]
