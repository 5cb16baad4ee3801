"""Whoever follows the links of the pages always arrives: no dead end, no refusal, no error."""

from __future__ import annotations

import html
import re
from collections import deque

import pytest

from tests.permissions.visits import content_of, verdict, visit
from tests.permissions.world import CANARIES

LINK = re.compile(r'(?:href|hx-get|action)="(/[^"#]*)')
#: files, the way out, and what needs rows to be chosen first
LEADS_OUT = ("/static/", "/accounts/logout", "/setlang/", "/desk/logout", "/desk/bulk/")
ENOUGH = 250


def links_of(text: str) -> list[str]:
    return [html.unescape(found) for found in LINK.findall(text)]


def shape(path: str) -> str:
    """Addresses that differ in an id or in a query are the same page, once for each set of questions."""
    plain, _, query = path.partition("?")
    asked = ",".join(sorted(part.partition("=")[0] for part in query.split("&")))
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+", "*", plain) + "?" + asked


@pytest.mark.parametrize(
    ("who", "start"),
    [
        ("anonymous", "/accounts/login/"),
        ("stranger", "/check/"),
        ("seller_a", "/"),
        ("admin_a", "/"),
        ("seller_b", "/"),
        ("vendor_manager", "/"),
        ("vendor_manager", "/desk/"),
        ("pricing_manager", "/desk/"),
        ("editor", "/desk/"),
    ],
)
def test_every_link_leads_somewhere(world, who, start):
    queue, known, dead, met = deque([(start, "")]), {shape(start)}, {}, {}
    visited = 0
    while queue and visited < ENOUGH:
        path, found_on = queue.popleft()
        answer = visit(world, who, "GET", path)
        visited += 1
        # 405: the address of a form that is only ever sent.
        if verdict(answer) not in {"200", "301", "302", "login", "405"}:
            dead[path] = (verdict(answer), f"linked on {found_on}")
            continue
        if not answer.get("Content-Type", "").startswith("text/html"):
            continue
        text = content_of(answer).decode()
        if who == "seller_b":
            met.update({name: path for name, canary in CANARIES.items() if canary in text})
        for link in [*links_of(text), *([answer["Location"]] if "Location" in answer else [])]:
            if not link.startswith(LEADS_OUT) and link.startswith("/") and shape(link) not in known:
                known.add(shape(link))
                queue.append((link, path))
    assert dead == {}
    assert met == {}
