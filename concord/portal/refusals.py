"""How the portal says no. One family of exceptions, so that page, desk, API and import say the same sentence.

A refusal changes nothing: it leaves the transaction that it was raised in, which rolls back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one value: ``pointer`` is a JSON pointer such as ``/lines/2/quantity``."""

    pointer: str
    code: str
    message: str | _StrPromise


class Refusal(Exception):
    """The base of every *no*. ``status`` is the HTTP status that the API answers with."""

    status: ClassVar[int] = 400
    default_code: ClassVar[str] = "refused"

    def __init__(
        self,
        message: str | _StrPromise,
        *,
        code: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(str(code or self.default_code))
        self.message = message
        self.code = code or self.default_code
        #: further members of the problem document; never a rival's holder, quote or price
        self.details: dict[str, Any] = dict(details or {})

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refusal):
    """The actor's role or scope does not reach."""

    status = 403
    default_code = "not_allowed"


class NotThere(Refusal):
    """Not there, or not the actor's: the two are never told apart."""

    status = 404
    default_code = "not_found"

    def __init__(self) -> None:
        super().__init__(_("Not found."))


class Conflict(Refusal):
    """The present state of things stands in the way."""

    status = 409
    default_code = "conflict"


class WrongState(Conflict):
    """An action that the object's state does not allow; ``details`` names the state and the allowed ones."""

    default_code = "wrong_state"

    def __init__(self, *, state: str, allowed: Sequence[str], message: str | _StrPromise = "") -> None:
        super().__init__(
            message or _("This cannot be done in the present state."),
            details={"state": str(state), "allowed": [str(one) for one in allowed]},
        )


class InvalidInput(Refusal):
    """Input that names what is wrong, field by field."""

    status = 422
    default_code = "invalid"

    def __init__(self, errors: Sequence[FieldError], message: str | _StrPromise = "") -> None:
        super().__init__(message or _("Some values need correcting."))
        self.errors = tuple(errors)

    @classmethod
    def at(cls, pointer: str, code: str, message: str | _StrPromise) -> InvalidInput:
        """A refusal of one value."""
        return cls([FieldError(pointer, code, message)])


@dataclass(frozen=True, slots=True)
class Allowed:
    """A rule's yes."""

    def __bool__(self) -> bool:
        return True

    def enforce(self) -> None:
        """Nothing to enforce."""


@dataclass(frozen=True, slots=True)
class Denied:
    """A rule's no, with the reason that page, button and API show."""

    code: str
    message: str | _StrPromise
    details: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return False

    def enforce(self) -> None:
        """Raise the refusal that says why."""
        raise NotAllowed(self.message, code=self.code, details=self.details)


Answer = Allowed | Denied
