"""The brief of a deal: the page that somebody opens who takes it over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.data.stories import FLOOR, load_stories
from bench.frame import Case
from bench.server import Server
from bench.workloads.deals import deals_loaded


class Brief:
    """A deal with people, promises, objections, work, quotes and stock, over HTTP; the floor reads the same rows."""

    name = "brief"
    title = "A deal's brief"
    sizes: Sequence[int] = (10_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the deals and what hangs on those with a long story; sign in as the owner."""
        from django.db import connection
        from django.test import Client

        from bench.data.deals import STORIES
        from bench.data.rows import numbered_uuid
        from concord.portal.models import User

        deals_loaded(server, size, seed)
        load_stories(server)
        client = Client()
        client.force_login(User.objects.get(pk=1))

        def product(number: int) -> Any:
            answer = client.get(f"/deals/{numbered_uuid(number % STORIES + 1)}/brief/")
            assert answer.status_code == 200
            return answer

        def floor(number: int) -> object:
            deal = number % STORIES + 1
            with connection.cursor() as cursor:
                rows = []
                for statement in FLOOR:
                    cursor.execute(statement, {"deal": deal, "uuid": numbered_uuid(deal)})
                    rows.append(cursor.fetchall())
                return rows

        shown = product(0).content.decode()
        assert all(word in shown for word in ("Person 4", "Promise to", "Too late", "BRIEF-10", "Call again"))
        return Case(product, floor, calls=12)
