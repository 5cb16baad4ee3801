"""The home pages: that of the desk as a channel manager opens it, that of the extranet as a partner's administrator."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from typing import Any

from bench.data.customers import PROJECT
from bench.data.home import DESK_FLOOR, EXTRANET_FLOOR, load_home
from bench.frame import Case
from bench.server import Server
from bench.workloads.deals import deals_loaded

_MADE_FROM = (PROJECT / "bench/data/home.py",)
_MANAGER = "manager@bench.example"


class Dashboard:
    """Both over HTTP in turns, among so many deals and facts; the floor reads the same rows."""

    name = "dashboard"
    title = "The home pages of desk and extranet"
    sizes: Sequence[int] = (10_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the deals and what their home pages show; sign in as a channel manager and an administrator."""
        from django.db import connection
        from django.test import Client

        from concord.portal.models import User

        deals_loaded(server, size, seed)
        self._home_loaded(server, size, seed)
        clients = {"/": Client(), "/desk/": Client()}
        clients["/"].force_login(User.objects.get(pk=1))
        clients["/desk/"].force_login(_manager())
        times: dict[str, list[float]] = {address: [] for address in clients}

        def product(number: int) -> Any:
            address = ("/", "/desk/")[number % 2]
            begun = time.perf_counter()
            answer = clients[address].get(address)
            times[address].append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200
            return answer

        def floor(number: int) -> object:
            with connection.cursor() as cursor:
                rows = []
                for statement in (EXTRANET_FLOOR, DESK_FLOOR)[number % 2]:
                    cursor.execute(statement)
                    rows.append(cursor.fetchall())
                return rows

        shown = [product(number).content.decode() for number in range(4)]
        assert "Call again" in shown[0]
        assert all(word in shown[1] for word in ("w-panel--dashboard", "in grace"))
        for one in times.values():
            one.clear()
        figures: dict[str, float] = {}

        def done() -> None:
            for name, address in (("extranet", "/"), ("desk", "/desk/")):
                taken = sorted(times[address])
                figures[f"{name}: median, ms"] = round(statistics.median(taken), 1)
                figures[f"{name}: p95, ms"] = round(taken[min(len(taken) - 1, int(len(taken) * 0.95))], 1)

        return Case(product, floor, calls=12, figures=figures, done=done)

    @staticmethod
    def _home_loaded(server: Server, size: int, seed: int) -> None:
        facts = {"size": size, "seed": seed}
        with server.connect() as bare:
            there = bare.execute("SELECT count(*) FROM deals_protectionlife").fetchone()
            if there and there[0] and server.is_loaded("home", *_MADE_FROM, **facts):
                return
            load_home(bare)
        server.loaded("home", *_MADE_FROM, **facts)


def _manager() -> Any:
    """The vendor's channel manager, who goes whenever the deals and their people are loaded anew."""
    from concord.partners.actions.members import create_member
    from concord.portal.actor import portal_actor
    from concord.portal.enums import Role
    from concord.portal.models import User

    found = User.objects.filter(email=_MANAGER).first()
    if found is None:
        create_member(actor=portal_actor(), email=_MANAGER, name="Manager", role=Role.CHANNEL_MANAGER)
        found = User.objects.get(email=_MANAGER)
    return found
