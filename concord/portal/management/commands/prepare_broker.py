"""Lay out the queue on PostgreSQL."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from concord.portal.broker import prepare_broker


class Command(BaseCommand):
    """``manage.py prepare_broker``: once per installation, before the first worker; safe to repeat."""

    help = "Lays out the queue's tables in the database that BROKER_URL names, if that is PostgreSQL."

    def handle(self, *args: Any, **options: Any) -> None:
        """Nothing is to be done for Redis."""
        conninfo = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("conn_string")
        if conninfo is None:
            self.stdout.write("This broker needs no preparation.")
        elif prepare_broker(conninfo):
            self.stdout.write("The queue's tables are laid out.")
        else:
            self.stdout.write("The queue's tables were there already.")
