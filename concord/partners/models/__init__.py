"""The tables of partners, people and end customers."""

from concord.partners.models.end_customer import (
    CustomerName,
    CustomerRelation,
    CustomerVerdict,
    CustomerWord,
    EndCustomer,
)
from concord.partners.models.matching_keys import MatchingKeys
from concord.partners.models.merging import CustomerMerge, MergeStep
from concord.partners.models.partner import ApiClient, Member, Partner
from concord.partners.models.programme import NamedInTwoLanguages, ProductFamily, Tier

__all__ = [
    "ApiClient",
    "CustomerMerge",
    "CustomerName",
    "CustomerRelation",
    "CustomerVerdict",
    "CustomerWord",
    "EndCustomer",
    "MatchingKeys",
    "Member",
    "MergeStep",
    "NamedInTwoLanguages",
    "Partner",
    "ProductFamily",
    "Tier",
]
