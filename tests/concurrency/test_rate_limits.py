"""A limit lets through exactly what it says, however many ask at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from concord.portal.limits import Limit, TooMany, spend

pytestmark = pytest.mark.django_db(transaction=True)

TEN_AN_HOUR = Limit("test", calls=10, per=timedelta(hours=1))


def ask(who: str) -> str:
    try:
        spend(TEN_AN_HOUR, who)
    except TooMany as refusal:
        return "refused" if refusal.retry_after > 0 else "refused without a time"
    finally:
        connection.close()
    return "let through"


def test_ten_of_eighty_simultaneous_calls_are_let_through() -> None:
    with ThreadPoolExecutor(16) as crowd:
        answers = Counter(crowd.map(ask, ["somebody"] * 80))
    assert answers == {"let through": 10, "refused": 70}


def test_each_caller_has_a_limit_of_its_own() -> None:
    assert [ask("one"), ask("another")] == ["let through", "let through"]


def test_what_was_spent_comes_back_with_time() -> None:
    quick = Limit("quick", calls=2, per=timedelta(seconds=0.4))
    spend(quick, "somebody")
    spend(quick, "somebody")
    with pytest.raises(TooMany):
        spend(quick, "somebody")
    connection.cursor().execute("SELECT pg_sleep(0.3)")
    spend(quick, "somebody")
