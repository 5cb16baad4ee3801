"""The desk's part of this package: partners, people, end customers, tiers, families and API clients."""
