"""A million deals of two hundred partners, with lines, families and protections; some have a long story."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psycopg import Connection

from bench.data.customers import made_customers
from bench.data.rows import copy_rows, numbered_uuid

PARTNERS: Final = 200
CUSTOMERS: Final = 20_000
SELLERS: Final = 5
#: the first deals of the first partner have a story of so many facts
STORIES: Final = 20
FACTS: Final = 60
_STATES: Final = (
    ("draft", "open"), ("submitted", "open"), ("approved", "open"), ("approved", "quoted"), ("approved", "negotiating"),
    ("approved", "won"), ("approved", "lost"), ("rejected", "open"), ("duplicate", "open"), ("approved", "expired"),
)  # fmt: skip
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def load_deals(connection: Connection[Any], size: int, seed: int) -> None:
    """Replace partners, people and deals; deals of all partners are mixed, as they would come in."""
    with connection.transaction():
        connection.execute(
            "TRUNCATE deals_deal, partners_partner, partners_tier, partners_productfamily, portal_user"
            " RESTART IDENTITY CASCADE"
        )
        copy_rows(connection, "partners_tier", ("code", "name", "rank"), [("gold", "Gold", 1)])
        families = [(f"family-{number}", f"Family {number}") for number in range(1, 13)]
        copy_rows(connection, "partners_productfamily", ("code", "name"), families)
        copy_rows(
            connection,
            "partners_partner",
            ("code", "name", "status", "tier_id", "country", "currency", "time_zone", "language"),
            [
                (f"P-{number}", f"Partner {number}", "active", 1, "DE", "EUR", "UTC", "en")
                for number in range(1, PARTNERS + 1)
            ],
        )
        people = range(1, PARTNERS * SELLERS + 1)
        copy_rows(
            connection,
            "portal_user",
            ("email", "name", "is_active", "time_zone", "language"),
            [(f"seller-{number}@example.com", f"Seller {number}", True, "UTC", "en") for number in people],
        )
        roles = ("partner_administrator", *["seller"] * (SELLERS - 1))
        copy_rows(
            connection,
            "partners_member",
            ("user_id", "partner_id", "role"),
            [(number, (number - 1) // SELLERS + 1, roles[(number - 1) % SELLERS]) for number in people],
        )
        _deals(connection, size, seed)


def _deals(connection: Connection[Any], size: int, seed: int) -> None:
    columns = (
        "uuid", "partner_id", "owner_id", "title", "type", "review_status", "sales_stage", "customer_name",
        "customer_country", "customer_city", "end_customer_id", "currency", "created_at", "updated_at", "submitted_at",
        "vendor_delay",
    )  # fmt: skip
    copy_rows(connection, "deals_deal", columns, _rows(size, seed))
    families = ((number, number % 12 + 1) for number in range(1, size + 1))
    copy_rows(connection, "deals_dealfamily", ("deal_id", "family_id"), families)
    for deal in range(1, STORIES + 1):
        copy_rows(
            connection,
            "portal_event",
            (
                "uuid",
                "verb",
                "subject_type",
                "subject_uuid",
                "actor_name",
                "door",
                "partner_id",
                "visibility",
                "payload",
            ),
            [
                (
                    numbered_uuid(deal * 1_000 + fact),
                    "deal.activity_added",
                    "deal",
                    numbered_uuid(deal),
                    "Seller 1",
                    "extranet",
                    1,
                    "partner",
                    "{}",
                )
                for fact in range(FACTS)
            ],
        )


def _rows(size: int, seed: int) -> Iterator[tuple[object, ...]]:
    choose = random.Random(seed)  # noqa: S311 - made data, not a secret
    names = list(made_customers(0, min(size, CUSTOMERS), seed))
    for number in range(1, size + 1):
        story = number <= STORIES
        partner = 1 if story else choose.randrange(PARTNERS) + 1
        owner = 1 if story else (partner - 1) * SELLERS + choose.randrange(SELLERS) + 1
        review, stage = ("approved", "quoted") if story else choose.choice(_STATES)
        place = choose.randrange(len(names))
        customer = names[place]
        at = _BEGAN + timedelta(minutes=number % 400_000)
        yield (
            numbered_uuid(number), partner, owner, f"{customer.name[:60]} {number}", "new_customer", review, stage,
            customer.name, customer.country, customer.city, place + 1, "EUR", at, at,
            None if review == "draft" else at, "0",
        )  # fmt: skip
