"""What is not told is not told by a clock either: the same statements run whether something exists or not.

Counted and compared are the statements themselves, without their values. Times are not measured: what remains in them
(how many rows an index finds, how many names are compared) is described in ``docs/architecture.md``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from concord.partners.models import Member
from concord.portal.models import BrandSettings, Event, RateLimit
from concord.pricing.actions.quote_proofs import new_one_time_code
from concord.pricing.codes import grouped, new_code
from concord.pricing.models import MailProof
from tests.factories import make_customer
from tests.permissions.world import ABSENT, World, canary, undone

_VALUES = (
    (re.compile(r"'(?:[^']|'')*'(?:::\w+(?:\[\])?)*"), "?"),
    (re.compile(r"ARRAY\[[^\]]*\](?:::\w+\[\])?"), "?"),
    (re.compile(r"\b(?:NULL|\d+(?:\.\d+)?)\b"), "?"),
    (re.compile(r"\(\?(?:, \?)+\)"), "(?)"),
    (re.compile(r"s\d+_x\d+"), "s"),
    (re.compile(r'SAVEPOINT "[^"]*"'), "SAVEPOINT"),
)


def shape_of(sql: str) -> str:
    """A statement without its values."""
    for pattern, instead in _VALUES:
        sql = pattern.sub(instead, sql)
    return sql


def asked(act: Callable[..., HttpResponse], *given: Any) -> tuple[HttpResponse, list[str]]:
    """The answer, and every statement on the way to it. What is read once for all is read before."""
    with undone():
        BrandSettings.load()
        act(*given)
        RateLimit.objects.all().delete()
        with CaptureQueriesContext(connection) as run:
            answer = act(*given)
    return answer, [shape_of(query["sql"]) for query in run.captured_queries]


def send(client: Client, path: str, body: Mapping[str, Any]) -> HttpResponse:
    return client.post(path, json.dumps(body), content_type="application/json")


#: of the first of each row there is a customer, of the others there is none; each pair is of one length and kind
NAMES = (
    ("Schlossbergbahn Betriebs AG", "Xchwossdergdahn Wetriebs AG"),
    ("Zirkel AG", "Qwxvjk AG"),
    ("长河精密仪器有限公司", "璃驳髓犇堃有限公司"),
)


@pytest.mark.parametrize(("known", "unknown"), NAMES, ids=[one[0] for one in NAMES])
def test_a_check_asks_the_same_for_a_known_customer_as_for_an_unknown_one(world: World, known: str, unknown: str):
    clients = {who: world.visitor(who) for who in ("client_b", "seller_b")}  # signed in before what is undone
    with undone():
        make_customer(known, "CN" if not known.isascii() else "DE", city="Innsbruck", website="schlossbergbahn.example")
        for who, path in (("client_b", "/api/v1/conflict-checks/"), ("seller_b", "/deals/check/")):
            told = {}
            for name in (known, unknown):
                facts = {"name": name, "country": "CN" if not name.isascii() else "DE", "city": "Innsbruck"}
                client = clients[who]
                if who == "client_b":
                    told[name] = asked(send, client, path, {"customer": facts, "families": []})
                else:
                    typed = {f"customer_{one}": value for one, value in facts.items()}
                    told[name] = asked(client.post, path, typed)
            (answer, statements), (other, as_many) = told[known], told[unknown]
            assert answer.status_code == other.status_code == 200
            assert without_tokens(answer) == without_tokens(other)
            assert statements == as_many, (who, len(statements), len(as_many))
            assert any("partners_endcustomer" in one for one in statements)


def without_tokens(answer: HttpResponse) -> str:
    return re.sub(r'nonce="[^"]*"', "", answer.content.decode())


def test_a_code_that_is_nearly_right_is_asked_for_like_any_other(world: World):
    code = world.quote.check_code
    nearly = code[:-1] + ("A" if code[-1] != "A" else "B")
    assert nearly != code
    for before in ("/check/", "/api/v1/quote-checks/"):
        statements = [asked(Client().get, f"{before}{one}/")[1] for one in (nearly, new_code(), "nonsense")]
        assert statements[0] == statements[1] == statements[2]


def test_asking_for_lines_says_nothing_of_the_mail_on_the_quote(world: World):
    """Neither the answer nor the work tells whether the address stands there: that is the worker's to know."""
    with undone():
        world.quote.contact_email = "buyer@murmeltier.example"
        world.quote.save()
        path = f"/api/v1/quote-checks/{world.quote.check_code}/proofs/"
        mails = (world.quote.contact_email, "x@y.example")
        asks = [asked(send, Client(), path, {"mail": one}) for one in mails]
        assert [answer.status_code for answer, _statements in asks] == [202, 202]
        assert asks[0][1] == asks[1][1]
        assert mail.outbox == []
        tries = []
        for address in mails:
            proof = send(Client(), path, {"mail": address}).json()["proof"]
            made = MailProof.objects.order_by("-pk").first()
            sent = new_one_time_code(proof_uuid=made.uuid, now=made.created_at)
            assert (sent is None) == (address == "x@y.example")
            wrong = {"proofs": [proof], "one_time_code": "not it"}
            tries.append(asked(send, Client(), path.replace("proofs", "lines"), wrong))
        assert tries[0][0].json() == tries[1][0].json()
        assert tries[0][1] == tries[1][1]


def test_a_price_for_a_rivals_customer_is_asked_for_like_one_for_nobodys(world: World):
    client = world.visitor("client_b")
    body = {"currency": "USD", "lines": [{"sku": world.product.sku, "quantity": 10}]}
    pairs = [
        asked(send, client, "/api/v1/price-checks/", {**body, "customer": str(one)})
        for one in (world.customer.uuid, ABSENT)
    ]
    assert pairs[0][0].status_code == 422
    assert pairs[0][0].content == pairs[1][0].content
    assert pairs[0][1] == pairs[1][1]


def test_whoever_asks_for_lines_of_no_quote_is_counted_too(world: World):
    """Else codes could be tried without end at the one address that counts nobody."""
    with undone():
        RateLimit.objects.all().delete()
        answers = [
            send(Client(), f"/api/v1/quote-checks/{new_code()}/proofs/", {"mail": "x@y.example"}) for _ in range(12)
        ]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [404] * 10 + [429] * 2
    assert grouped(world.quote.check_code) not in answers[-1].content.decode()
    assert canary("customer on the quote") not in answers[-1].content.decode()


def test_a_company_cannot_go_through_lists_of_addresses(world: World):
    """An address that somebody has is refused to whoever invites it; so a company's invitations are counted."""
    administrator = world.visitor("admin_a")
    with undone():
        RateLimit.objects.all().delete()
        statuses = []
        for _number in range(52):
            answer = administrator.post(
                "/company/people/invite/",
                {"email": "seller@b.example", "name": "X", "role": "seller", "language": "en"},
            )
            statuses.append("too many" if "Too many" in answer.content.decode() else answer.status_code)
        RateLimit.objects.all().delete()
    assert statuses == [422] * 50 + ["too many"] * 2


def test_nobody_is_invited_again_and_again(world: World):
    administrator = world.visitor("admin_a")
    with undone():
        RateLimit.objects.all().delete()
        administrator.post(
            "/company/people/invite/",
            {"email": "new@a.example", "name": "New\r\nBcc: all@b.example", "role": "seller", "language": "en"},
        )
        invited = Member.objects.unscoped("the test").get(user__email="new@a.example")
        assert invited.user.name == "New Bcc: all@b.example"
        for _number in range(60):
            administrator.post(f"/company/people/{invited.uuid}/invite-again/")
        events = Event.objects.unscoped("the test").filter(verb="member.invited", subject_uuid=invited.uuid)
        assert events.count() == 50
        RateLimit.objects.all().delete()
