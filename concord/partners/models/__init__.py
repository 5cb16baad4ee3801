"""The tables of partners, people and end customers."""

from concord.partners.models.end_customer import CustomerName, CustomerRelation, CustomerVerdict, EndCustomer
from concord.partners.models.partner import ApiClient, Member, Partner
from concord.partners.models.programme import NamedInTwoLanguages, ProductFamily, Tier

__all__ = [
    "ApiClient",
    "CustomerName",
    "CustomerRelation",
    "CustomerVerdict",
    "EndCustomer",
    "Member",
    "NamedInTwoLanguages",
    "Partner",
    "ProductFamily",
    "Tier",
]
