"""A deal's story can be checked, by everybody who may read it, and cannot be altered unseen."""

from __future__ import annotations

import psycopg
import pytest
from django.urls import reverse

from concord.deals.queries.history import deal_history
from tests.deals import making


def test_a_partner_reads_its_part_of_a_chain_that_holds(cast):
    deal = making.approved(cast)
    own = deal_history(cast.actor(cast.seller_a), deal)
    whole = deal_history(cast.actor(cast.vendor_manager), deal)
    assert own.holds
    assert whole.holds
    assert {entry.event.verb for entry in whole.entries} - {entry.event.verb for entry in own.entries} == {
        "deal.twins_found"
    }
    assert all(entry.verified for entry in own.entries)


def test_every_verb_of_a_deal_has_a_name_for_people(cast):
    deal = making.in_state(cast, "withdrawn")
    for entry in deal_history(cast.actor(cast.vendor_manager), deal).entries:
        assert "." not in entry.title


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tampering",
    [
        """UPDATE portal_event SET payload = '{"fields":[]}' WHERE verb = 'deal.submitted'""",
        "UPDATE portal_event SET actor_name = 'Somebody else' WHERE verb = 'deal.approved'",
        "DELETE FROM portal_event WHERE verb = 'deal.twins_found'",
        "DELETE FROM portal_event WHERE verb = 'deal.approved'",
    ],
)
def test_what_the_servers_own_administrator_alters_is_seen_on_the_page(cast, client, superuser_dsn, tampering):
    deal = making.approved(cast)
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(tampering)
    history = deal_history(cast.actor(cast.seller_a), deal)
    assert not history.holds
    client.force_login(cast.seller_a)
    page = client.get(reverse("deals:detail", args=[deal.uuid])).content.decode()
    assert "The history was altered" in page
    facts = client.get(f"/api/v1/deals/{deal.uuid}/history/").json()["results"]
    assert not all(fact["verified"] for fact in facts) or len(facts) < 4
