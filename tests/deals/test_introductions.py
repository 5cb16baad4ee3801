"""Whoever took a deal over finds a drafted mail beside each of the customer's people; nobody else does."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from concord.deals.actions.handover import hand_over_deal
from concord.deals.actions.people import save_contact
from tests.deals import making

pytestmark = pytest.mark.django_db


def brief_read_by(user, deal) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("deals:brief", args=[deal.uuid])).content.decode()


def test_the_successor_introduces_himself_in_the_contacts_language(cast):
    deal = making.approved(cast)
    seller = cast.actor(cast.seller_a)
    facts = {"actor": seller, "deal_uuid": deal.uuid, "now": making.now()}
    save_contact(**facts, name="Anna Falk", email="anna@nordwind.example")
    save_contact(**facts, name="王芳", email="wang@nordwind.example", language="zh-hans")
    save_contact(**facts, name="Ohne Adresse")
    assert "Introduce yourself" not in brief_read_by(cast.seller_a, deal)
    hand_over_deal(
        actor=cast.actor(cast.admin_a), deal_uuid=deal.uuid, successor=cast.seller_a2.email, now=making.now()
    )
    page = brief_read_by(cast.seller_a2, deal)
    assert page.count("Introduce yourself") == 2
    assert "mailto:anna@nordwind.example?subject=Your%20contact" in page
    assert "%E6%82%A8" in page.split("mailto:wang@nordwind.example?subject=")[1].split('"')[0]
    assert "Introduce yourself" not in brief_read_by(cast.admin_a, deal)
    assert "Introduce yourself" not in brief_read_by(cast.vendor_manager, deal)
