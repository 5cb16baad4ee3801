"""A key and a certificate for demos and trials, where the settings say they are to lie."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from concord.documents.pdf.signing import make_self_signed


class Command(BaseCommand):
    """``manage.py make_signing_certificate --name "Helvara"``: never overwrites what is there."""

    help = "Makes a self-signed certificate for the signature on documents, where the settings look for one."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom the certificate names."""
        parser.add_argument("--name", default="Concord (self-signed)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write both files unless one of them is there."""
        if not settings.PDF_SIGNING_CERTIFICATE or not settings.PDF_SIGNING_KEY:
            raise CommandError("Set PDF_SIGNING_CERTIFICATE and PDF_SIGNING_KEY to the files that shall be written.")
        certificate, key = Path(settings.PDF_SIGNING_CERTIFICATE), Path(settings.PDF_SIGNING_KEY)
        if certificate.exists() or key.exists():
            self.stdout.write("A certificate is there already.")
            return
        make_self_signed(name=options["name"], certificate=certificate, key=key)
        self.stdout.write(f"{certificate} vouches for itself alone; use one of a known authority in production.")
