"""Choices of the floor: who acts, through which door, and who may read what is recorded."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person or a system may do; partner roles need a partner, vendor roles refuse one."""

    SELLER = "seller", _("Seller")
    PARTNER_ADMINISTRATOR = "partner_administrator", _("Partner administrator")
    PARTNER_SYSTEM = "partner_system", _("Partner's system")
    CHANNEL_MANAGER = "channel_manager", _("Channel manager")
    PRICING_MANAGER = "pricing_manager", _("Pricing manager")
    CONTENT_EDITOR = "content_editor", _("Content editor")
    VENDOR_SYSTEM = "vendor_system", _("Internal system")


PARTNER_ROLES = frozenset({Role.SELLER, Role.PARTNER_ADMINISTRATOR, Role.PARTNER_SYSTEM})
VENDOR_ROLES = frozenset(
    {Role.CHANNEL_MANAGER, Role.PRICING_MANAGER, Role.CONTENT_EDITOR, Role.VENDOR_SYSTEM},
)


class Door(models.TextChoices):
    """Through which door something was done."""

    EXTRANET = "extranet", _("Extranet")
    DESK = "desk", _("Desk")
    API = "api", _("API")
    IMPORT = "import", _("Import")
    TASK = "task", _("Background task")
    SHELL = "shell", _("Command line")
    PUBLIC = "public", _("Public page")


class Visibility(models.TextChoices):
    """Who may read an event: the vendor alone, the vendor and the partner it belongs to, or that partner alone."""

    INTERNAL = "internal", _("Vendor only")
    PARTNER = "partner", _("Vendor and partner")
    OWN = "own", _("Partner only")


class OutboxState(models.TextChoices):
    """The life of one event on its way to one target."""

    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Done")
    DEAD = "dead", _("Given up")
