"""What a price check said, sealed: its asker can build a quote on it for some minutes, and nobody else can read it.

The token is signed (Django's signing, with its time) and enciphered, since a partner's net stands in it.
"""

from __future__ import annotations

import zlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

import orjson
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.encoding import force_bytes

#: how long prices that were shown may be taken
VALID_FOR = timedelta(minutes=15)
_SALT = "concord.pricing.price_tokens"


class TokenUnreadable(ValueError):
    """Not a token of ours."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line as it was shown: its SKU, how many, the customer's unit price and the partner's net."""

    sku: str
    quantity: int
    unit_price: Decimal
    unit_net: Decimal | None


@dataclass(frozen=True, slots=True)
class ShownPrices:
    """A price check as it was shown to a partner, for a customer or for none; ``at`` is when."""

    partner_id: int
    end_customer_id: int | None
    currency: str
    lines: tuple[ShownLine, ...]
    at: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether its minutes are over."""
        return now > self.at + VALID_FOR


def seal(shown: ShownPrices) -> str:
    """The token of what was shown."""
    lines = [
        [one.sku, one.quantity, str(one.unit_price), None if one.unit_net is None else str(one.unit_net)]
        for one in shown.lines
    ]
    document = [shown.partner_id, shown.end_customer_id, shown.currency, shown.at.isoformat(), lines]
    plain = zlib.compress(orjson.dumps(document), 1)
    return TimestampSigner(salt=_SALT).sign(_cipher().encrypt(plain).decode())


def unseal(token: str) -> ShownPrices:
    """What a token was made of; raises ``TokenUnreadable``. Whether its minutes are over is the reader's to ask."""
    try:
        plain = zlib.decompress(_cipher().decrypt(TimestampSigner(salt=_SALT).unsign(token)))
    except (BadSignature, InvalidToken, ValueError, zlib.error) as error:
        raise TokenUnreadable from error
    partner_id, end_customer_id, currency, at, lines = orjson.loads(plain)
    shown = tuple(
        ShownLine(sku, quantity, Decimal(price), None if net is None else Decimal(net))
        for sku, quantity, price, net in lines
    )
    return ShownPrices(partner_id, end_customer_id, currency, shown, datetime.fromisoformat(at))


def _cipher() -> MultiFernet:
    return _cipher_of((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _cipher_of(secrets: tuple[str | bytes, ...]) -> MultiFernet:
    salt = force_bytes(_SALT)
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(salt + force_bytes(one)).digest())) for one in secrets])
