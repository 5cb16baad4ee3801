"""The extranet pages of this package."""
