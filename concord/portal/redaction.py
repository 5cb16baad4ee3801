"""Texts for the log without the secrets that stand in addresses. Imported before any app is ready.

Some addresses are secrets themselves: of a calendar, of choosing a password, of a quote's check. Who reads the log must
not read what they open. What people searched for names customers: of a query only the names are kept.
"""

from __future__ import annotations

import logging
import re
from typing import Final

_SECRETS: Final = re.compile(
    r"(/calendar/|/accounts/password/reset/key/|/accounts/confirm-email/|/check/|/api/v1/quote-checks/)"
    r"(?!documents/|mail/|lines/)[^/\s?]+"
)
_QUERY: Final = re.compile(r"(?<=[?&])([^=&\s]+)=[^&\s]*")


def without_secrets(text: str) -> str:
    """A text with a star for every secret in the addresses that it holds, and their queries without values."""
    return _QUERY.sub(r"\1", _SECRETS.sub(r"\1*", text))


class WithoutSecrets(logging.Filter):
    """The same for what Django logs of refused and failed requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the message; nothing is left out."""
        record.msg, record.args = without_secrets(record.getMessage()), ()
        return True
