"""The API's plumbing: who calls, what the caller may, how errors, retries, pages and lost updates are handled."""
