"""Many writers at one customer: each wants its own price for the same products, one gets in, the others are told no."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from bench.data.commitments import FIRST_CUSTOMER
from bench.frame import Case
from bench.server import Server
from bench.workloads.quote_issue import commitments_loaded, draft, issue_bare, rolled_back, seller

LINES: Final = 10
ROUNDS: Final = 10
#: of others, so that the constraint's index has some depth
_LIVE: Final = 10_000
_CUSTOMER: Final = FIRST_CUSTOMER


class QuoteRace:
    """The size is the number of processes, which all write at the same moment, again and again."""

    name = "quote-race"
    title = "One hot customer, by writers at once"
    sizes: Sequence[int] = (8, 32)
    quick: Sequence[int] = (8,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Run the races once, for the figures; what is timed again and again is one writer alone."""
        from concord.pricing.actions.quotes import issue_quote

        commitments_loaded(server, _LIVE, seed)
        actor = seller()
        drafts = [draft(actor, 0, LINES, seed + number) for number in range(size)]
        figures = _race([quote.pk for quote in drafts])

        def product(number: int) -> object:
            uuid = drafts[number % len(drafts)].uuid
            return rolled_back(lambda: issue_quote(actor=actor, quote_uuid=uuid))

        def floor(number: int) -> object:
            return rolled_back(lambda: issue_bare(drafts[number % len(drafts)]))

        return Case(product, floor, calls=20, figures=figures)


def _race(quotes: Sequence[int]) -> dict[str, float]:
    """Deadlocks, who got in, and how long the others waited for their no (ms). The promises are taken back after."""
    from django.db import connection, connections

    from concord.pricing.models import Product

    products = list(Product.objects.order_by("pk").values_list("pk", flat=True)[:LINES])
    connections.close_all()  # a forked process must not share its parent's connection
    context = multiprocessing.get_context("fork")
    barrier, answers = context.Barrier(len(quotes)), context.Queue()
    writers = [
        context.Process(target=_write, args=(number, quote, products, barrier, answers), daemon=True)
        for number, quote in enumerate(quotes)
    ]
    for writer in writers:
        writer.start()
    told = [answers.get(timeout=300) for _writer in writers]
    for writer in writers:
        writer.join()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM pricing_pricecommitment WHERE quote_id = ANY(%s)", [list(quotes)])
    failed = next((failure for _times, _states, failure in told if failure), "")
    if failed:
        raise RuntimeError(failed)
    times = [one for outcomes, _states, _failure in told for one in outcomes]
    states = [state for _outcomes, found, _failure in told for state in found]
    refused = sorted(seconds for outcome, seconds in times if outcome == "refused")
    return {
        "writers": len(quotes),
        "rounds": ROUNDS,
        "got in": sum(outcome == "got in" for outcome, _seconds in times),
        "deadlocks": states.count("40P01"),
        "refused, median ms": round(refused[len(refused) // 2] * 1000, 1),
        "refused, p95 ms": round(refused[int(len(refused) * 0.95)] * 1000, 1),
    }


def _write(number: int, quote: int, products: list[int], barrier: Any, answers: Any) -> None:
    """One process: in each round the same products at a price of its own, in an order of its own."""
    from django.db import connection

    outcomes: list[tuple[str, float]] = []
    states: list[str] = []

    def note_state(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        try:
            return execute(sql, params, many, context)
        except Exception as error:
            states.append(getattr(error.__cause__, "sqlstate", "") or type(error).__name__)
            raise

    try:
        connection.ensure_connection()
        with connection.execute_wrapper(note_state):
            for turn in range(ROUNDS):
                barrier.wait(timeout=120)
                begun = time.perf_counter()
                outcomes.append((_promise(number, turn, quote, products), time.perf_counter() - begun))
        connection.close()
        answers.put((outcomes, states, ""))
    except BaseException as error:  # noqa: BLE001 - the parent says it
        barrier.abort()
        answers.put(([], states, f"a writer failed: {error!r}"))


def _promise(number: int, turn: int, quote: int, products: list[int]) -> str:
    from concord.portal.actor import portal_actor
    from concord.portal.locking import lock_end_customer_at
    from concord.portal.work import action
    from concord.pricing.actions.commitments import PriceConflict, write_promises
    from concord.pricing.queries.commitments import Wanted

    place = number % len(products)
    customer = _CUSTOMER + 1 + turn  # a fresh one each round: whoever comes first gets in
    wanted = [Wanted(key, 10 + turn, None, Decimal(100 + number), "USD") for key in products[place:] + products[:place]]

    @action
    def write() -> None:
        at = lock_end_customer_at(customer)
        write_promises(
            actor=portal_actor(),
            quote_id=quote,
            end_customer_id=customer,
            wanted=wanted,
            start=at,
            until=at + timedelta(days=30),
            skus={key: str(key) for key in products},
            related=products,
            time_zone="UTC",
        )

    try:
        write()
    except PriceConflict:
        return "refused"
    return "got in"
