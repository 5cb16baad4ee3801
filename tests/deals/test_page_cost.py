"""What a deal's page costs: a number of statements that does not grow with what hangs on the deal."""

from __future__ import annotations

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concord.deals.actions.activities import add_activity
from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.people import save_contact, save_objection
from concord.deals.actions.promises import save_promise
from concord.portal.actor import actor_for_user
from concord.portal.enums import Door
from tests.deals import making

#: everything that the page sends: session, person and frame, the deal and what hangs on it, its whole story
MOST = 15


def fill(actor, deal, times):
    now = timezone.now()
    for number in range(times):
        person = save_contact(actor=actor, deal_uuid=deal.uuid, now=now, name=f"Person {number}")
        about = {"actor": actor, "deal_uuid": deal.uuid, "now": now, "contact": person.uuid}
        add_activity(**about, kind="call", text="Called.", next_step="Call again", next_due_at=now + timedelta(days=1))
        save_promise(**about, kind="date", text="Soon.")
        save_objection(**about, text="Too late.")
        paper = SimpleUploadedFile(f"{number}.txt", f"{number}".encode())
        attach_evidence(actor=actor, deal_uuid=deal.uuid, upload=paper, purpose="other", now=now)


def statements_of(client, deal, what=""):
    with CaptureQueriesContext(connection) as found:
        assert client.get(f"/deals/{deal.uuid}/{what}").status_code == 200
    return [one["sql"] for one in found.captured_queries]


def test_a_deals_page_takes_the_same_statements_however_much_hangs_on_the_deal(cast, client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    deal = making.approved(cast)
    actor = actor_for_user(cast.seller_a, Door.EXTRANET)
    client.force_login(cast.seller_a)
    fill(actor, deal, 1)
    statements_of(client, deal)  # what is kept between requests is read now
    few = statements_of(client, deal)
    fill(actor, deal, 4)
    many = statements_of(client, deal)
    assert len(many) == len(few) <= MOST
    assert not [one for one in many if many.count(one) > 1]
    statements_of(client, deal, "brief/")
    brief = statements_of(client, deal, "brief/")
    fill(actor, deal, 3)
    assert len(statements_of(client, deal, "brief/")) == len(brief) <= MOST
