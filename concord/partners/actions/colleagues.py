"""People who are given work, held so that nobody takes their access away before the work is written."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.models import User
from concord.portal.refusals import InvalidInput


def hold_active(user_id: int, *, pointer: str = "/owner") -> int:
    """Inside an action that gives somebody work: the person, if he or she still has access.

    Whoever takes the access away locks the same row, and then finds the work that has come. Raises ``InvalidInput``.
    """
    held = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True).values_list("pk").first()
    if held is None:
        raise InvalidInput.at(pointer, "no_access", _("This person has no access any more."))
    return user_id
