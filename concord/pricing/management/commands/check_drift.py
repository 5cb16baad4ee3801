"""Do the prices of live quotes still follow from their rules?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.pricing.actions.drift import check_drift


class Command(BaseCommand):
    """``manage.py check_drift``: exits with an error when a line has drifted."""

    help = "Replays the receipt of every line of every live quote, as of its moment."

    def handle(self, *args: Any, **options: Any) -> None:
        """List what has drifted, or say that all is well."""
        run = check_drift(actor=portal_actor(Door.SHELL), now=timezone.now())
        for one in run.listed:
            self.stderr.write(f"{one['subject']}: {one['what']}")
        if run.findings:
            raise CommandError(f"{run.findings} findings")
        self.stdout.write(f"Every price follows from its rules: {run.examined} lines replayed.")
