"""Live price commitments, spread over customers: a hundred a customer, each from a quote that was issued."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from psycopg import Connection

from bench.data.rows import copy_rows

#: lines of a quote, and quotes of a customer
LINES: Final = 100
#: customers of the drafts that are issued; they have commitments too, as far as there are any
CUSTOMERS: Final = 25
FIRST_CUSTOMER: Final = 90_000_000
_PREFIX: Final = "BENCH-L"

_COMMITMENTS = """
INSERT INTO pricing_pricecommitment
    (end_customer_id, product_id, quantity, validity, unit_price, currency, quote_id)
SELECT q.end_customer_id, p.product_id, '[1,10)', tstzrange(%(start)s, %(until)s, '[)'), p.unit_price, 'USD', q.id
FROM pricing_quote q
CROSS JOIN generate_series(1, %(lines)s) line
JOIN pricing_price p ON p.product_id = ((q.end_customer_id * 7919 + line * 31) %% %(products)s) + 1
     AND p.minimum_quantity = 1
WHERE q.number LIKE %(quotes)s
ORDER BY q.id, line
"""


def load_commitments(connection: Connection[Any], size: int, products: int, partner: int) -> None:
    """Replace all quotes and commitments by ``size`` live ones of the first half of the products."""
    customers = max(size // LINES, CUSTOMERS)
    start = datetime.now(UTC) - timedelta(days=1)
    with connection.transaction():
        connection.execute("TRUNCATE pricing_quote, pricing_pricecommitment RESTART IDENTITY CASCADE")
        # Neither words nor keys of theirs: other workloads search among customers of their own.
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("DELETE FROM partners_endcustomer WHERE id >= %s", [FIRST_CUSTOMER])
        copy_rows(
            connection,
            "partners_endcustomer",
            ("id", "uuid", "legal_name", "country"),
            [
                (FIRST_CUSTOMER + number, f"00000000-0000-7000-a000-{number:012d}", f"{_PREFIX} {number}", "DE")
                for number in range(customers)
            ],
        )
        copy_rows(
            connection,
            "pricing_quote",
            (
                "uuid",
                "partner_id",
                "end_customer_id",
                "number",
                "revision",
                "status",
                "currency",
                "time_zone",
                "language",
                "expires_at",
                "issued_at",
                "check_code",
            ),
            [
                (
                    f"00000000-0000-7000-b000-{number:012d}",
                    partner,
                    FIRST_CUSTOMER + number,
                    f"{_PREFIX}-{number}",
                    1,
                    "issued",
                    "USD",
                    "UTC",
                    "en",
                    start + timedelta(days=300),
                    start,
                    f"bench-{number}",
                )
                for number in range(max(size // LINES, 1))
            ],
        )
        connection.execute(
            _COMMITMENTS,
            {
                "start": start,
                "until": start + timedelta(days=300),
                "lines": LINES,
                "products": products // 2,
                "quotes": f"{_PREFIX}%",
            },
        )
