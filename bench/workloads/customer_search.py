"""The desk's search for a customer: the first page, in any spelling."""

from __future__ import annotations

from collections.abc import Sequence

from bench.frame import Case
from bench.server import Server
from bench.workloads.customers import customers_loaded, questions

_FLOOR = """
SELECT id, legal_name, country, city FROM partners_endcustomer
WHERE search_key LIKE '%%' || %s || '%%' AND merged_into_id IS NULL ORDER BY sort_key, id LIMIT 25
"""


class CustomerSearch:
    """``search_customers`` beside a bare substring search over the same index."""

    name = "customer-search"
    title = "Customer search"
    sizes: Sequence[int] = (10_000, 100_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the register and find out how often the right one stands on the first page."""
        from django.db import connection

        from concord.partners.matching.candidates import query_key
        from concord.partners.models import EndCustomer
        from concord.partners.queries.customers import search_customers

        customers_loaded(server, size, seed)
        asked = questions(size, seed, 200)
        keys = [query_key(one.text) for one in asked]

        def search(text: str) -> list[int]:
            alive = EndCustomer.objects.unscoped("the benchmark searches as the vendor").alive()
            return [customer.pk for customer in search_customers(alive, text)[:25]]

        def product(number: int) -> object:
            return search(asked[number % len(asked)].text)

        def floor(number: int) -> object:
            with connection.cursor() as cursor:
                cursor.execute(_FLOOR, [keys[number % len(keys)]])
                return cursor.fetchall()

        found = [one.pk in search(one.text) for one in asked[:100]]
        return Case(product, floor, calls=20, figures={"on_first_page": round(sum(found) / len(found), 4)})
