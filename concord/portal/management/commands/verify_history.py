"""Check every hash chain and the sealed order."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from concord.portal.events.chain import verify_all
from concord.portal.models import EventPosition


class Command(BaseCommand):
    """``manage.py verify_history``: exits with an error when anything is wrong; prints the root to keep elsewhere."""

    help = "Verifies the hash chains of all histories and prints the present root."

    def handle(self, *args: Any, **options: Any) -> None:
        """List what is wrong, or say that all is well."""
        wrong = 0
        for finding in verify_all():
            wrong += 1
            self.stderr.write(f"{finding.subject_type} {finding.subject_uuid} #{finding.sequence}: {finding.what}")
        if wrong:
            raise CommandError(f"{wrong} findings")
        last = EventPosition.objects.order_by("-position").first()
        position, root = (last.position, bytes(last.root).hex()) if last else (0, "")
        self.stdout.write(f"All chains hold. Position {position}, root {root}")
