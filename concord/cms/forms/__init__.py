"""Forms on pages."""
