"""Every write to partners, people and end customers."""
