"""What is closed stays closed through side doors: drafts in handovers and events, names in precedents."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from concord.deals.actions.appeals import file_appeal
from concord.deals.actions.people import name_competitor, save_contact
from concord.deals.models import Appeal, ProgrammeSettings
from concord.deals.queries.appeals import names_in, without_names
from concord.partners.models import CustomerName, EndCustomer, Member
from concord.portal.models import Event
from tests.deals import making
from tests.deals.test_protection_timers import all_of, lost, paper


def test_a_handover_by_the_vendor_does_not_read_drafts(cast, client):
    making.draft(cast, name="Verschlossen Werke")
    making.approved(cast, name="Suedhang Werke")
    member = Member.objects.unscoped("the test asks").get(user=cast.seller_a)
    address = reverse("deals:handover", args=[member.uuid])
    client.force_login(cast.vendor_manager)
    page = client.get(address).content.decode()
    assert "Verschlossen" not in page
    assert "Suedhang" in page
    client.force_login(cast.admin_a)
    assert "Verschlossen" in client.get(address).content.decode()


def test_the_feed_does_not_tell_the_competitor_of_a_draft(cast):
    for deal, told in ((making.draft(cast), {}), (making.approved(cast, name="Suedhang"), {"competitor": "Kugelwerk"})):
        name_competitor(actor=cast.actor(cast.seller_a), deal_uuid=deal.uuid, competitor="Kugelwerk", now=making.now())
        seen = Event.objects.visible_to(cast.actor(cast.vendor_manager)).about("deal", deal.uuid)
        assert json.loads(seen.get(verb="deal.competitor_named").payload) == told
        deal.refresh_from_db()
        assert deal.competitor == "Kugelwerk"


@pytest.mark.parametrize("name", ["张伟", "Nordwind Alt", "NWA", "Ines Falk"])
def test_no_name_of_the_customer_or_its_people_gets_into_a_judgement(cast, name):
    ProgrammeSettings.objects.create(readiness_at_least=0)
    holder = making.approved(cast)
    rival = lost(cast)
    file_appeal(
        actor=cast.actor(cast.seller_b), deal_uuid=rival.uuid, grounds="First.", upload=paper(), now=making.now()
    )
    for person in ("张伟", "Ines Falk"):
        save_contact(actor=cast.actor(cast.seller_a), deal_uuid=holder.uuid, name=person, now=making.now())
    customers = EndCustomer.objects.unscoped("the test writes")
    customers.filter(pk=rival.end_customer_id).update(short_name="NWA")
    CustomerName.objects.create(end_customer_id=rival.end_customer_id, name="Nordwind Alt", kind="former")
    appeal = all_of(Appeal).get()
    assert name in names_in(appeal)
    assert name not in without_names(f"Said {name}, so.", names_in(appeal))
