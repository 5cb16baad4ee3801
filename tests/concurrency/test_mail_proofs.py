"""Codes tried many at a time: five attempts are five, however they come. The twin counts as one reads and writes."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from concord.pricing.actions.quote_proofs import ask_for_lines, new_one_time_code, prove_mail
from concord.pricing.models import MAX_ATTEMPTS, MailProof
from concord.pricing.queries.quote_proofs import code_digest
from tests.pricing.quotes.conftest import make_shop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]

CROWD = 12


@pytest.fixture
def proof(cast) -> tuple[MailProof, str]:
    quote = make_shop(cast).issue(contact_email="einkauf@nordwerk.example")
    uuid = ask_for_lines(
        codes=[quote.check_code], mail="einkauf@nordwerk.example", asked_by="198.51.100.1", now=timezone.now()
    )
    (_, code) = new_one_time_code(proof_uuid=uuid, now=timezone.now())
    return MailProof.objects.get(uuid=uuid), code


def at_once(work, inputs) -> list:
    begin = Barrier(len(inputs))

    def one(given):
        try:
            begin.wait(20)
            return work(given)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(inputs)) as crowd:
        return list(crowd.map(one, inputs))


def test_of_many_wrong_codes_at_once_five_are_looked_at(proof, monkeypatch):
    row, code = proof
    looked_at = []
    monkeypatch.setattr(
        "concord.pricing.actions.quote_proofs.code_digest",
        lambda uuid, typed: looked_at.append(typed) or code_digest(uuid, typed),
    )
    wrong = [f"{(int(code) + step) % 10**8:08}" for step in range(1, CROWD + 1)]
    answers = at_once(
        lambda typed: prove_mail(
            proof_uuid=row.uuid, code=typed, asked_by=f"203.0.113.{int(typed) % 250}", now=timezone.now()
        ),
        wrong,
    )
    assert answers == [False] * CROWD
    assert len(looked_at) == MAX_ATTEMPTS
    row.refresh_from_db()
    assert row.attempts == MAX_ATTEMPTS
    assert not prove_mail(proof_uuid=row.uuid, code=code, asked_by="203.0.113.251", now=timezone.now())


def test_the_right_code_twice_at_once_proves_once(proof):
    row, code = proof
    answers = at_once(
        lambda number: prove_mail(proof_uuid=row.uuid, code=code, asked_by=f"203.0.113.{number}", now=timezone.now()),
        [1, 2, 3, 4],
    )
    assert Counter(answers) == {True: 1, False: 3}


def test_counting_by_reading_and_writing_lets_more_through(proof):
    row, _ = proof
    read = Barrier(CROWD)

    def careless(_number: int) -> bool:
        seen = MailProof.objects.get(pk=row.pk)
        read.wait(20)
        if seen.attempts >= MAX_ATTEMPTS:
            return False
        MailProof.objects.filter(pk=row.pk).update(attempts=seen.attempts + 1)
        return True

    looked_at = sum(at_once(careless, list(range(CROWD))))
    assert looked_at > MAX_ATTEMPTS
