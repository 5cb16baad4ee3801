"""One hot customer: everybody's registration of it, in the same family, approved at the same moment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench.data.deals import PARTNERS, SELLERS
from bench.data.people import make_manager
from bench.data.rows import copy_rows, numbered_uuid
from bench.frame import Case
from bench.server import Server
from bench.workloads.deals import deals_loaded
from bench.writers import Writers, deadlocks, demand, keep, outcome

DEALS = 10_000
CUSTOMER = 1
CALLS = 6
#: rounds that a run may come to: warming up, counting, and more rounds than anybody asks for
ROUNDS = 80
_FLOOR = """
INSERT INTO deals_protection (uuid, created_at, updated_at, deal_id, partner_id, end_customer_id, family_id, period)
VALUES (uuidv7(), now(), now(), %s, %s, %s, %s, tstzrange(now(), now() + interval '90 days'))
"""


class Approval:
    """``size`` writers approve competing registrations; one wins. The floor inserts the protections in bare SQL."""

    name = "approval"
    title = "Approval at one hot customer, by writers"
    sizes: Sequence[int] = (1, 8, 32)
    quick: Sequence[int] = (8,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load deals, and a family with as many submitted registrations as there are writers for every round."""
        deals_loaded(server, DEALS, seed)
        first_family, first_deal = _hot(server, size)
        manager = make_manager(server)

        def approve(number: int, turn: int) -> str:
            from concord.deals.actions.decisions import approve_registration
            from concord.portal.actor import actor_for_user
            from concord.portal.enums import Door
            from concord.portal.models import User

            actor = actor_for_user(User.objects.get(pk=manager), Door.DESK)
            deal = uuid.UUID(numbered_uuid(first_deal + turn * size + number))
            return outcome(lambda: approve_registration(actor=actor, deal_uuid=deal, now=datetime.now(UTC)))

        def insert(number: int, turn: int) -> str:
            from django.db import IntegrityError, connection, transaction

            deal = first_deal + turn * size + number
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute("SELECT concord_lock(1, %s)", [CUSTOMER])
                    cursor.execute(_FLOOR, [deal, number % PARTNERS + 1, CUSTOMER, first_family + ROUNDS + turn])
            except IntegrityError:
                return "already_protected"
            return "won"

        product, floor = Writers(size, approve), Writers(size, insert)
        before, turns = deadlocks(), {"product": 0, "floor": 0}
        figures: dict[str, float] = {}

        def run(name: str, writers: Writers) -> None:
            turns[name] += 1
            demand(writers.round(turns[name] - 1), winners=1, losers={"already_protected"})

        return Case(
            lambda _number: run("product", product),
            lambda _number: run("floor", floor),
            calls=CALLS,
            figures=figures,
            done=lambda: keep(figures, ("product", product), ("floor", floor), before=before),
        )


def _hot(server: Server, size: int) -> tuple[int, int]:
    """Families of their own, half for the product and half for the floor, and the registrations; where both begin."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    with server.connect() as connection:
        families = [(f"hot-{number}", f"Hot {number}") for number in range(2 * ROUNDS)]
        copy_rows(connection, "partners_productfamily", ("code", "name", "uuid"), _with_ids(families, 10**9))
        first = connection.execute("SELECT min(id) FROM partners_productfamily WHERE code LIKE 'hot-%'").fetchone()
        rows, asked = [], []
        for number in range(ROUNDS * size):
            deal, partner = DEALS + 1 + number, number % size % PARTNERS + 1
            rows.append(
                (
                    numbered_uuid(deal), partner, (partner - 1) * SELLERS + 1, f"Hot {number}", "new_customer",
                    "submitted", "open", "Hot customer", "DE", CUSTOMER, "EUR", at, at, at, at + timedelta(days=90),
                )
            )  # fmt: skip
            asked.append((deal, (first[0] if first else 0) + number // size))
        columns = (
            "uuid", "partner_id", "owner_id", "title", "type", "review_status", "sales_stage", "customer_name",
            "customer_country", "end_customer_id", "currency", "created_at", "updated_at", "submitted_at",
            "answer_due_at",
        )  # fmt: skip
        copy_rows(connection, "deals_deal", columns, rows)
        copy_rows(connection, "deals_dealfamily", ("deal_id", "family_id"), asked)
        connection.execute("ANALYZE")
    return (first[0] if first else 0), DEALS + 1


def _with_ids(families: Sequence[tuple[str, str]], first: int) -> list[tuple[str, str, str]]:
    return [(code, name, numbered_uuid(first + number)) for number, (code, name) in enumerate(families)]
