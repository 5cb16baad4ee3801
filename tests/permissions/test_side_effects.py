"""Nothing that A hides leaves by the way: no mail, log, task, delivery, calendar or refusal tells B of it."""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import structlog
from celery import current_app
from django.conf import settings
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

import concord
from concord.deals.actions.calendar import make_calendar_feed
from concord.deals.enums import Deed
from concord.deals.models import Appeal
from concord.partners.models import Member
from concord.portal import work
from concord.portal.actor import Actor, stranger
from concord.portal.enums import Role
from concord.portal.events.outbox import work_off
from concord.portal.models import IdempotencyKey, OutboxItem
from concord.portal.refusals import Answer, Denied, Refusal
from concord.portal.work import ConstraintRefused, action
from tests.permissions.addresses import UnknownParameter, address, things
from tests.permissions.planting import VENDORS_FILE
from tests.permissions.routes import all_routes
from tests.permissions.visits import content_of, visit
from tests.permissions.world import CANARIES, VENDORS_OWN, World, seal_all, undone

ALL = {**CANARIES, "vendor's own": VENDORS_OWN, "vendor's file": VENDORS_FILE}
PACKAGES = ("portal", "partners", "pricing", "deals", "documents", "cms")


def met(*texts: str) -> set[str]:
    return {name for text in texts for name, canary in ALL.items() if canary in text}


@pytest.fixture
def logs(capfd) -> Iterator[Any]:
    """Everything that is logged, by whichever of the two ways, as text."""
    records: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.name != "django.db.backends":  # statements are logged in no installation
                records.append(f"{record.getMessage()} {record.exc_info} {record.__dict__.get('positional_args')}")

    keeper = Keeper(level=logging.DEBUG)
    logging.disable(logging.NOTSET)
    logging.getLogger().addHandler(keeper)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG))
    yield lambda: "\n".join([*records, *capfd.readouterr()])
    logging.getLogger().removeHandler(keeper)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)


# -- mails, deliveries, tasks, logs ----------------------------------------------------------------------------------


def test_what_follows_from_the_whole_log_tells_nobody_else(world, logs):
    """Every event is delivered to every consumer, every task of the beat runs: mails go to their own people alone."""
    later = datetime.now(UTC) + timedelta(minutes=1)
    with undone():
        seal_all()
        mail.outbox = []
        assert work_off(now=later, limit=2_000) > 10
        current_app.loader.import_default_modules()
        results = [current_app.tasks[entry["task"]].apply() for entry in settings.CELERY_BEAT_SCHEDULE.values()]
        assert not [one for one in results if one.failed()]
        assert met(*(f"{one.result!r} {one.traceback}" for one in results)) == set()
        assert met(*OutboxItem.objects.values_list("last_error", flat=True)) == set()
    of_a = {world.cast.seller_a.email, world.cast.seller_a2.email, world.cast.admin_a.email}
    wrong = {
        (one.to[0], *met(f"{one.subject} {one.body} {one.extra_headers} {one.attachments}"))
        for one in mail.outbox
        if not set(one.to) <= of_a and met(f"{one.subject} {one.body} {one.extra_headers} {one.attachments}")
    }
    assert wrong == set()
    assert CANARIES["handover note"] in "".join(one.body for one in mail.outbox if set(one.to) <= of_a)
    assert met(logs()) == set()


def test_a_calendar_holds_its_owners_steps_alone(world):
    told = {}
    for who in ("seller_a", "seller_b"):
        with undone():
            secret = make_calendar_feed(actor=world.cast.actor(world.user(who)), now=datetime.now(UTC))
            answer = visit(world, "anonymous", "GET", reverse("deals:calendar-feed", args=[secret]))
            assert answer.status_code == 200
            told[who] = met(content_of(answer).decode().replace("\r\n ", ""))
    assert told["seller_b"] == set()
    assert "customer's name" in told["seller_a"]


# -- refusals through the doors --------------------------------------------------------------------------------------


def bodies(world: World) -> Iterator[dict[str, Any]]:
    """What somebody sends who wants to be told: A's ids wherever an id is taken, and words that look like A's."""
    of_a = {name: str(value) for name, value in things(world, "a").items()}
    ids = {
        "customer": of_a["customer"],
        "customer_name": "Murmeltierwerke",
        "customer_country": "DE",
        "deal": of_a["deal"],
        "story": f"deal:{of_a['deal']}",
        "chosen": of_a["deal"],
        "about": of_a["promise"],
        "contact": of_a["contact"],
        "successor": CANARIES["seller's address"],
        "partner": of_a["partner"],
        "absorb": [of_a["customer"]],
        "merge": of_a["customer"],
        "email": CANARIES["seller's address"],
        "kind": "call",
        "reason": "price",
        "note": "?",
        "text": "?",
        "title": "?",
        "name": "?",
        "currency": "USD",
        "valid_until": (datetime.now(UTC) + timedelta(days=9)).date().isoformat(),
        "grounds": "?",
        "sku": world.product.sku,
        "quantity": 1,
    }
    yield ids | {"lines": [{"sku": world.product.sku, "quantity": 1}], "issue": True, "families": ["connectors"]}
    wanted = {"sku": world.product.sku, "quantity": 1, "unit_price": {"amount": "4711.38", "currency": "USD"}}
    yield ids | {"lines": [wanted], "issue": True}
    yield ids | {"lines": f"{world.product.sku}\t1", "unit_price": "1", "quantity": "0"}


def as_form(body: dict[str, Any]) -> dict[str, Any]:
    """The same as a page's form sends it."""
    return {name: value if isinstance(value, list) else str(value) for name, value in body.items()}


@pytest.mark.parametrize("who", ["seller_b", "client_b", "stranger", "anonymous"])
def test_no_refusal_tells_of_a_rival_whatever_is_sent(world, logs, who):
    """Each address that changes something, with A's ids in path and body: answers, headers, keys, mails and logs."""
    told: dict[str, set[str]] = {}
    asked = 0
    mail.outbox = []
    for route in all_routes():
        for method in set(route.methods) - {"GET"}:
            if route.is_desk:
                continue
            for body in bodies(world) if route.pattern.startswith("api/") else map(as_form, bodies(world)):
                for whose in ("a", "b") if route.parameters else ("a",):
                    try:
                        path = address(route, world, whose)
                    except UnknownParameter:
                        continue  # test_table.py says so
                    answer = visit(world, who, method, path, body, if_match="*", idempotency_key="?" * 9)
                    asked += 1
                    text = content_of(answer).decode(errors="replace")
                    if text.startswith(("{", "[")):
                        text = json.dumps(json.loads(text), ensure_ascii=False)
                    said = f"{dict(answer.items())} {text}"
                    for value in (path, CANARIES["seller's address"], CANARIES["partner's code"]):
                        said = said.replace(value, "")  # what was sent comes back in the form
                    if path.startswith(("/check/", "/api/v1/quote-checks/")):
                        said = said.replace(world.quote.number, "")
                    if met(said):
                        told[f"{method} {path}"] = met(said)
    assert told == {}
    assert asked > 200
    written = logs().replace(CANARIES["seller's address"], "").replace(CANARIES["partner's code"], "")
    assert met(written) == set()
    assert met(*(bytes(one.body).decode(errors="replace") for one in IdempotencyKey.objects.all())) == set()


# -- refusals of the database ----------------------------------------------------------------------------------------

ROW = "(customer, price, who)=(" + ", ".join(ALL.values()) + ")"


def chain_of(error: BaseException | None) -> str:
    told = []
    while error is not None:
        told.append(f"{error!r} {error} {error.__dict__} {getattr(error, 'message', '')}")
        error = error.__cause__ or error.__context__
    return " ".join(told)


@pytest.mark.parametrize("name", [*sorted(work._refusal_by_constraint), "a_constraint_that_nobody_registered"])
def test_a_violated_constraint_says_nothing_of_the_row_in_the_way(world, logs, name):
    """The database prints the whole rival row into its refusal; the portal's is silent, down to its context."""

    @action
    def violate() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('concord.test_row', %s, true)", [ROW])
            cursor.execute(
                "DO $$ BEGIN RAISE EXCEPTION 'conflicts with %', current_setting('concord.test_row')"
                f" USING ERRCODE = '23P01', CONSTRAINT = '{name}',"
                " DETAIL = current_setting('concord.test_row'); END $$"
            )

    with undone():
        with pytest.raises(Refusal) as refused, transaction.atomic():
            violate()
        with pytest.raises(IntegrityError) as raw, transaction.atomic():
            violate.__wrapped__()
    assert met(str(raw.value)) == set(ALL)  # the twin: without the one place that maps it, everything is there
    assert met(chain_of(refused.value), logs()) == set()
    assert isinstance(refused.value, ConstraintRefused) == (name not in work._refusal_by_constraint)


# -- rules -----------------------------------------------------------------------------------------------------------


def rule_modules() -> Iterator[Any]:
    root = Path(concord.__file__).parent
    for path in sorted([*root.glob("*/*rules.py"), *root.glob("*/rules/*.py")]):
        yield import_module(".".join(["concord", *path.relative_to(root).with_suffix("").parts]))


def codes_in_source() -> set[str]:
    found = set()
    for module in rule_modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Denied":
                code = node.args[0]
                assert isinstance(code, ast.Constant), module
                found.add(code.value)
    return found


def values_for(world: World) -> dict[str, list[Any]]:
    cast = world.cast
    members = Member.objects.unscoped("the test asks for all").select_related("user", "partner")
    actors: list[Actor] = [cast.actor(user) for user in cast.people.values()]
    judged = Appeal.objects.unscoped("the test asks").select_related("deal").get()
    own_judgement = Appeal.objects.unscoped("the test asks").select_related("deal").get()
    own_judgement.decider_id = cast.vendor_manager.pk
    for_another = Appeal.objects.unscoped("the test asks").select_related("deal").get()
    for_another.decider_id, for_another.judge_id = cast.pricing_manager.pk, cast.pricing_manager.pk
    owned = type(world.deal).objects.unscoped("the test asks").get(pk=world.deal.pk)
    owned.owner_id = cast.vendor_manager.pk
    return {
        "actor": [*actors, stranger()],
        "deal": [world.deal, world.draft, world.appealed, world.rival_deal, owned],
        "member": list(members),
        "appeal": [judged, own_judgement, for_another],
        "lead": [world.lead, world.rival_lead],
        "deed": list(Deed),
        "partner_id": [cast.partner_a.pk, cast.partner_b.pk, None],
        "partner_ids": [[cast.partner_a.pk], [cast.partner_a.pk, cast.partner_b.pk], []],
        "has_relation": [True, False],
        "other_administrators": [0, 1],
        "now": [datetime.now(UTC)],
        "role": [Role.PRICING_MANAGER, Role.CHANNEL_MANAGER],
        "requested_by_user": [None, cast.pricing_manager.pk],
        "deciders": [(), (cast.pricing_manager.pk, cast.vendor_manager.pk)],
    }


def test_every_denial_is_silent_and_every_one_was_provoked(world):
    values, provoked, told = values_for(world), set(), set()
    for module in rule_modules():
        for name, rule in inspect.getmembers(module, inspect.isfunction):
            if rule.__module__ != module.__name__ or get_type_hints(rule).get("return") != Answer:
                continue
            parameters = inspect.signature(rule).parameters
            for chosen in itertools.product(*(values[one] for one in parameters)):
                keywords = dict(zip(parameters, chosen, strict=True))
                with undone():
                    answer = rule(**keywords)
                if isinstance(answer, Denied):
                    provoked.add(answer.code)
                    told |= (
                        {(name, *met(f"{answer.message} {answer.details}"))}
                        if met(f"{answer.message} {answer.details}")
                        else set()
                    )
    assert told == set()
    assert codes_in_source() - provoked == set()
    assert len(provoked) >= 30
