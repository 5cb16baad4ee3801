"""The package's part of the API."""
