"""Changes of the pages."""
