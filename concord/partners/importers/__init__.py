"""The feeds of this package. Importing it registers nothing; ``AppConfig.ready`` does."""

from concord.partners.importers.customers import CUSTOMERS
from concord.partners.importers.families import FAMILIES
from concord.partners.importers.partners import PARTNERS

KINDS = (FAMILIES, PARTNERS, CUSTOMERS)

__all__ = ["CUSTOMERS", "FAMILIES", "KINDS", "PARTNERS"]
