"""Look at the whole database: is everything as it must be?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.invariants import broken_invariants, invariants, keep_check
from concord.portal.models import CheckRun


class Command(BaseCommand):
    """``manage.py check_invariants [--only CODE]``: exits with an error when anything is wrong."""

    help = "Checks every rule that must hold over the whole database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Some rules alone."""
        parser.add_argument("--only", action="append", default=[], choices=sorted(invariants), metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """List what is wrong, or say that all is well. A look at everything is kept, and shown in the desk."""
        only, started = options["only"], timezone.now()
        found = list(broken_invariants(now=started, only=only))
        for one in found:
            self.stderr.write(f"{one.rule}: {one.subject}: {one.what}")
        if not only:
            keep_check(
                actor=portal_actor(Door.SHELL),
                kind=CheckRun.Kind.INVARIANTS,
                started_at=started,
                finished_at=timezone.now(),
                examined=len(invariants),
                found=found,
            )
        if found:
            raise CommandError(f"{len(found)} findings")
        self.stdout.write(f"All is as it must be: {len(only) or len(invariants)} rules hold.")
