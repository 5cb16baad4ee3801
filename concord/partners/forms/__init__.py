"""Input of people, for the pages of this package."""
