"""Check codes of quotes: random, readable, forgiving to read aloud.

28 symbols of Crockford's base 32 carry 140 random bits; they are shown in groups of four. Letters that look like
figures are read as those figures.
"""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 28
GROUP = 4
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """A new code: 140 bits from the operating system."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    """The code as people read it: ``7Q4M-…``."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_code(typed: str) -> str | None:
    """The code that somebody typed, whatever case, blanks and dashes; ``None`` when it cannot be one."""
    code = "".join(symbol for symbol in typed.upper() if symbol.isalnum()).translate(_READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None
