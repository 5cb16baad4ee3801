"""A file that was handed in starts the task that imports it."""

from __future__ import annotations

import json

from django.db import transaction

from concord.portal.events import Consumer, register_consumer
from concord.portal.models import Event


def _start(event: Event, _target: str) -> None:
    from concord.portal.tasks import carry_out_import

    run_id = int(json.loads(event.payload)["run"])
    transaction.on_commit(lambda: carry_out_import.delay(run_id))


def register() -> None:
    """Follow requested imports. Called when the apps are ready."""
    register_consumer(Consumer("portal.imports", frozenset({"import.requested"}), _start))
