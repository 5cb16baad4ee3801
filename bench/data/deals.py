"""A million deals of two hundred partners, with lines, families and protections; some have a long story."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psycopg import Connection

from bench.data.customers import made_customers
from bench.data.rows import copy_rows, numbered_uuid

PARTNERS: Final = 200
CUSTOMERS: Final = 20_000
SELLERS: Final = 5
FAMILIES: Final = 12
#: the first deals of the first partner have a story of so many facts
STORIES: Final = 20
FACTS: Final = 60
_STATES: Final = (
    ("draft", "open"), ("submitted", "open"), ("approved", "open"), ("approved", "quoted"), ("approved", "negotiating"),
    ("approved", "won"), ("approved", "lost"), ("rejected", "open"), ("duplicate", "open"), ("approved", "expired"),
)  # fmt: skip
_QUOTED: Final = (
    "uuid", "partner_id", "seller_id", "end_customer_id", "customer_name", "number", "revision", "status",
    "currency", "valid_until", "expires_at", "issued_at", "customer_total", "partner_total", "check_code",
    "story_type", "story_uuid",
)  # fmt: skip
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)


def load_deals(connection: Connection[Any], size: int, seed: int) -> None:
    """Replace partners, people and deals; deals of all partners are mixed, as they would come in."""
    with connection.transaction():
        connection.execute(
            "TRUNCATE deals_deal, partners_partner, partners_tier, partners_productfamily, portal_user"
            " RESTART IDENTITY CASCADE"
        )
        # Stories begin anew too; the log itself would refuse it.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("TRUNCATE portal_event, portal_event_head RESTART IDENTITY CASCADE")
        connection.execute("SET LOCAL session_replication_role = origin")
        copy_rows(connection, "partners_tier", ("code", "name", "rank"), [("gold", "Gold", 1)])
        families = [(f"family-{number}", f"Family {number}") for number in range(1, FAMILIES + 1)]
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
    families = ((number, number % FAMILIES + 1) for number in range(1, size + 1))
    copy_rows(connection, "deals_dealfamily", ("deal_id", "family_id"), families)
    connection.execute("SET LOCAL session_replication_role = replica")  # one lock a customer would be too many
    protected = ("deal_id", "partner_id", "end_customer_id", "family_id", "period")
    copy_rows(connection, "deals_protection", protected, _protections(size, seed))
    copy_rows(connection, "pricing_quote", _QUOTED, _quotes(size, seed))
    connection.execute("SET LOCAL session_replication_role = origin")
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


@dataclass(frozen=True, slots=True)
class _Made:
    """What follows from a deal's number and the seed."""

    number: int
    partner: int
    owner: int
    review: str
    stage: str
    place: int
    at: datetime


def _made(size: int, seed: int) -> Iterator[_Made]:
    choose = random.Random(seed)  # noqa: S311 - made data, not a secret
    customers = min(size, CUSTOMERS)
    for number in range(1, size + 1):
        story = number <= STORIES
        partner = 1 if story else choose.randrange(PARTNERS) + 1
        owner = 1 if story else (partner - 1) * SELLERS + choose.randrange(SELLERS) + 1
        review, stage = ("approved", "quoted") if story else choose.choice(_STATES)
        at = _BEGAN + timedelta(minutes=number % 400_000)
        yield _Made(number, partner, owner, review, stage, choose.randrange(customers), at)


def _rows(size: int, seed: int) -> Iterator[tuple[object, ...]]:
    names = list(made_customers(0, min(size, CUSTOMERS), seed))
    for deal in _made(size, seed):
        customer = names[deal.place]
        yield (
            numbered_uuid(deal.number), deal.partner, deal.owner, f"{customer.name[:60]} {deal.number}", "new_customer",
            deal.review, deal.stage, customer.name, customer.country, customer.city, deal.place + 1, "EUR",
            deal.at, deal.at, None if deal.review == "draft" else deal.at, "0",
        )  # fmt: skip


def _protections(size: int, seed: int) -> Iterator[tuple[object, ...]]:
    """One of each approved deal: the first at a customer and family is in force, the others ended one by one."""
    before: Counter[tuple[int, int]] = Counter()
    for deal in _made(size, seed):
        if deal.review != "approved":
            continue
        family = deal.number % FAMILIES + 1
        turn = before[deal.place, family]
        before[deal.place, family] += 1
        begins = _BEGAN - timedelta(days=30 * turn)
        ends = begins + timedelta(days=30 if turn else 3_650)
        yield deal.number, deal.partner, deal.place + 1, family, f"[{begins.isoformat()},{ends.isoformat()})"


def _quotes(size: int, seed: int) -> Iterator[tuple[object, ...]]:
    """Two revisions of a quote at each deal that was quoted; the second is in force."""
    for deal in _made(size, seed):
        if deal.stage not in {"quoted", "negotiating", "won"}:
            continue
        for revision, status in ((0, "superseded"), (1, "issued")):
            number = deal.number * 2 + revision
            total = f"{deal.number % 9_000 + 100}.00"
            issued_at = deal.at + timedelta(days=1 + revision)
            yield (
                numbered_uuid(number), deal.partner, deal.owner, deal.place + 1, "", f"Q-{deal.number}", revision,
                status, "EUR", "2030-01-01", "2030-01-01T00:00:00Z", issued_at, total, total, f"{number:012d}",
                "deal", numbered_uuid(deal.number),
            )  # fmt: skip
