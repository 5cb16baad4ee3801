"""What tests of documents share."""

from __future__ import annotations

from tests.documents.stamps import authority, certificate  # noqa: F401 - fixtures of this folder
