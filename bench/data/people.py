"""The vendor's people that a workload acts as."""

from __future__ import annotations

from bench.server import Server


def make_manager(server: Server) -> int:
    """The number of a channel manager, made where there is none."""
    with server.connect() as connection:
        made = connection.execute(
            "INSERT INTO portal_user (uuid, email, name, password, is_superuser, is_staff, is_active, language,"
            " time_zone, date_joined) VALUES (gen_random_uuid(), 'manager@bench.example', 'Manager', '', false, true,"
            " true, 'en', 'UTC', now()) ON CONFLICT (email) DO UPDATE SET name = excluded.name RETURNING id"
        ).fetchone()
        assert made is not None
        connection.execute(
            "INSERT INTO partners_member (uuid, created_at, updated_at, user_id, role, phone)"
            " VALUES (gen_random_uuid(), now(), now(), %s, 'channel_manager', '') ON CONFLICT (user_id) DO NOTHING",
            made,
        )
    return int(made[0])
