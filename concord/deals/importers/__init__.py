"""The feeds of this package. Importing it registers nothing; ``AppConfig.ready`` does."""

from concord.deals.importers.leads import LEADS

KINDS = (LEADS,)

__all__ = ["KINDS", "LEADS"]
