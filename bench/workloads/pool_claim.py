"""The pool at its busiest: a seller of each of many partners claims the same lead at the same moment."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from bench.data.deals import CUSTOMERS, SELLERS
from bench.data.rows import copy_rows, numbered_uuid
from bench.frame import Case
from bench.server import Server
from bench.workloads.approval import DEALS
from bench.workloads.deals import deals_loaded
from bench.writers import Writers, deadlocks, demand, keep, outcome

WRITERS = 32
CALLS = 6
#: the product claims the leads from the first on, the floor those from here on
FLOORS = 1_000
_TAKE = """
UPDATE deals_lead SET state = 'claimed', partner_id = %(partner)s, owner_id = %(owner)s, claimed_at = now(),
follow_up_by = now() + interval '2 days', updated_at = now() WHERE id = %(lead)s AND state = 'pool'
"""
_CLAIM = """
INSERT INTO deals_leadclaim (lead_id, partner_id, owner_id, way, claimed_at, "end", reason)
VALUES (%(lead)s, %(partner)s, %(owner)s, 'claimed', now(), '', '')
"""


class PoolClaim:
    """32 sellers after one lead of ``size``; one gets it. The floor claims by a conditional update in bare SQL."""

    name = "pool-claim"
    title = "Claiming from the pool, by leads"
    sizes: Sequence[int] = (10_000, 100_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Fill the pool; every partner may hold any number of leads."""
        deals_loaded(server, DEALS, seed)
        _fill_pool(server, size)

        def claim(number: int, turn: int) -> str:
            from concord.deals.actions.leads_claiming import claim_lead
            from concord.portal.actor import actor_for_user
            from concord.portal.enums import Door
            from concord.portal.models import User

            seller = actor_for_user(User.objects.get(pk=_seller(number)), Door.EXTRANET)
            lead = uuid.UUID(numbered_uuid(turn + 1))
            return outcome(lambda: claim_lead(actor=seller, lead_uuid=lead, now=datetime.now(UTC)))

        def take(number: int, turn: int) -> str:
            from django.db import connection, transaction

            named = {"lead": FLOORS + turn, "partner": number + 1, "owner": _seller(number)}
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_TAKE, named)
                if not cursor.rowcount:
                    return "not_free"
                cursor.execute(_CLAIM, named)
            return "won"

        product, floor = Writers(WRITERS, claim), Writers(WRITERS, take)
        before, turns = deadlocks(), {"product": 0, "floor": 0}
        figures: dict[str, float] = {}

        def run(name: str, writers: Writers) -> None:
            turns[name] += 1
            demand(writers.round(turns[name] - 1), winners=1, losers={"not_free"})

        return Case(
            lambda _number: run("product", product),
            lambda _number: run("floor", floor),
            calls=CALLS,
            figures=figures,
            done=lambda: keep(figures, ("product", product), ("floor", floor), before=before),
        )


def _seller(number: int) -> int:
    """Of each partner the second person: a seller."""
    return number * SELLERS + 2


def _fill_pool(server: Server, size: int) -> None:
    columns = (
        "uuid", "source_id", "fingerprint", "state", "customer_name", "customer_country", "end_customer_id", "summary",
        "language", "free_since",
    )  # fmt: skip
    free = CUSTOMERS - DEALS  # the first customers are protected for somebody
    with server.connect() as connection:
        connection.execute("UPDATE partners_tier SET lead_claims_a_day = 10000, leads_held = 10000")
        connection.execute("TRUNCATE deals_leadsource RESTART IDENTITY CASCADE")
        copy_rows(
            connection, "deals_leadsource", ("code", "name", "kind", "is_active"), [("fair", "Fair", "import", True)]
        )
        rows = (
            (
                numbered_uuid(number), 1, f"{number:064}", "pool", f"Customer {number}", "DE",
                DEALS + 1 + number % free, f"Lead {number}", "en", "2026-06-01T00:00:00Z",
            )
            for number in range(1, size + 1)
        )  # fmt: skip
        copy_rows(connection, "deals_lead", columns, rows)
        connection.execute("ANALYZE")
