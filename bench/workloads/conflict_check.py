"""Whom is a claim about? Candidates by index, scored and explained, among many customers."""

from __future__ import annotations

from collections.abc import Sequence

from bench.frame import Case
from bench.server import Server
from bench.workloads.customers import customers_loaded, questions

_FLOOR = """
SELECT customer.id, customer.legal_name, customer.country, customer.city, customer.website, names.name, names.kind
FROM partners_endcustomer AS customer JOIN partners_customername AS names ON names.end_customer_id = customer.id
WHERE customer.exact_keys && %s::varchar[] AND customer.merged_into_id IS NULL LIMIT 50
"""
_ASKED = 200


class ConflictCheck:
    """``find_twins`` beside the bare SQL that looks up exact keys alone and explains nothing."""

    name = "conflict-check"
    title = "Conflict check among customers"
    sizes: Sequence[int] = (10_000, 100_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the register and find out how often the right one is among the first five."""
        from django.db import connection

        from concord.partners.matching.candidates import exact_keys
        from concord.partners.queries.twins import CustomerClaim, find_twins

        customers_loaded(server, size, seed)
        asked = questions(size, seed, _ASKED)
        claims = [CustomerClaim(one.text, one.customer.country, one.customer.city) for one in asked]
        keys = [list(exact_keys(claim.profile())) for claim in claims]

        def product(number: int) -> object:
            return find_twins(claims[number % len(claims)], limit=5)

        def floor(number: int) -> object:
            with connection.cursor() as cursor:
                cursor.execute(_FLOOR, [keys[number % len(keys)]])
                return cursor.fetchall()

        found = [
            one.pk in {twin.end_customer_id for twin in find_twins(claim, limit=5)}
            for one, claim in zip(asked, claims, strict=True)
        ]
        return Case(product, floor, calls=40, figures={"recall_at_five": round(sum(found) / len(found), 4)})
