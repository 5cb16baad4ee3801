"""Sealing costs as many statements for many facts as for few."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from concord.portal.actor import portal_actor
from concord.portal.events import Subject, record
from concord.portal.events.sealing import seal
from concord.portal.models import EventPosition, OutboxItem

pytestmark = pytest.mark.django_db(transaction=True)


def sealed(number: int) -> int:
    """How many statements it took to seal so many facts that consumers want."""
    with transaction.atomic():
        for _one in range(number):
            record("quote.issued", actor=portal_actor(), subject=Subject("quote", uuid.uuid4()))
    before = (EventPosition.objects.count(), OutboxItem.objects.count())
    with CaptureQueriesContext(connection) as caught:
        assert seal() == number
    after = (EventPosition.objects.count(), OutboxItem.objects.count())
    assert after[0] - before[0] == number
    assert after[1] - before[1] >= number
    return len(caught)


def test_many_facts_are_sealed_by_as_many_statements_as_few():
    while seal():
        pass
    assert sealed(2) == sealed(40) <= 8
