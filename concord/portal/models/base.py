"""What most rows carry: a number for joins, a public id for addresses, and when they came to be."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class PublicModel(models.Model):
    """A row with a public id. The id is random: neither it nor its order says anything about other rows."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        abstract = True

    @property
    def public_id(self) -> str:
        """The public id as text, for addresses and element ids in templates."""
        return str(self.uuid)
