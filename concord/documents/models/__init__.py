"""The tables of the library."""

from concord.documents.models.collateral import Collateral, Download

__all__ = ["Collateral", "Download"]
