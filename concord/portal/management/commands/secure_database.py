"""Give the application's database role what it needs and nothing more. Run by the owner after every migration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection, transaction

#: tables that the application may read and append to, but never change
APPEND_ONLY = ("portal_event", "portal_eventposition")
#: tables that only triggers write
READ_ONLY = ("portal_event_head", "django_migrations")


class Command(BaseCommand):
    """``manage.py secure_database --role concord_app``: safe to repeat."""

    help = "Grants the application's role what it needs, and takes UPDATE, DELETE and TRUNCATE of the log away."

    def add_arguments(self, parser: CommandParser) -> None:
        """The role that the portal connects as."""
        parser.add_argument("--role", default="concord_app")

    def handle(self, *args: Any, **options: Any) -> None:
        """Grant and revoke in one transaction."""
        role = connection.ops.quote_name(options["role"])
        statements = [
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
            f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
            f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "REVOKE EXECUTE ON FUNCTION concord_chain_event() FROM PUBLIC",
        ]
        statements += [f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {role}" for table in APPEND_ONLY]
        statements += [f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {role}" for table in READ_ONLY]
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        self.stdout.write(f"{options['role']} may read and append to the log, and change everything else.")
