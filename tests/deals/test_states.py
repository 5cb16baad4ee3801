"""Every deed in every state: possible ones change it, all others name the state and change nothing."""

from __future__ import annotations

import pytest

from concord.deals.actions.changes import change_registration
from concord.deals.actions.closing import lose_deal, win_deal, withdraw_registration
from concord.deals.actions.decisions import (
    approve_registration,
    decide_duplicate,
    reject_registration,
    return_for_completion,
)
from concord.deals.actions.stages import move_stage
from concord.deals.actions.submission import submit_registration
from concord.deals.actions.twins import link_to_customer, tell_apart
from concord.deals.models import Deal, Protection
from concord.portal.models import Event
from concord.portal.refusals import NotThere, WrongState
from tests.deals import making
from tests.factories import make_customer

STATES = (
    "draft",
    "submitted",
    "returned",
    "approved",
    "rejected",
    "duplicate",
    "won",
    "lost",
    "withdrawn",
    "imported",
)

#: by deed: the states that allow it, and where it leads from there
TABLE = {
    "edit": {"draft": "draft", "returned": "returned", "approved": "approved", "imported": "imported"},
    "submit": {"draft": "submitted", "returned": "submitted", "imported": "submitted"},
    "approve": {"submitted": "approved"},
    "return": {"submitted": "returned"},
    "reject": {"submitted": "rejected"},
    "duplicate": {"submitted": "duplicate"},
    "link": {"submitted": "submitted"},
    "part": {"submitted": "submitted"},
    "withdraw": dict.fromkeys(("draft", "submitted", "returned", "approved", "imported"), "withdrawn"),
    "move": {one: one for one in ("draft", "submitted", "returned", "approved", "imported")},
    "win": {"approved": "won", "imported": "won"},
    "lose": dict.fromkeys(("submitted", "returned", "approved", "imported"), "lost"),
}

DECISIONS = {"approve", "return", "reject", "duplicate", "link", "part"}


def perform(cast, deal: Deal, deed: str) -> None:
    seller = {"actor": cast.actor(cast.seller_a), "deal_uuid": deal.uuid, "now": making.now()}
    manager = {**seller, "actor": cast.actor(cast.vendor_manager)}
    match deed:
        case "edit":
            products = [line.product for line in deal.lines.all()]
            given = making.registration(deal.customer_name, *products, contact_name="Ada")
            change_registration(**seller, registration=given)
        case "submit":
            submit_registration(**seller)
        case "approve":
            approve_registration(**manager)
        case "return":
            return_for_completion(**manager, reason="contact_missing", fields=["contact_name"])
        case "reject":
            reject_registration(**manager, reason="no_opportunity")
        case "duplicate":
            decide_duplicate(**manager, reason="registered_earlier", protected_until_month=making.now().date())
        case "link":
            link_to_customer(**manager, customer_uuid=make_customer("Elsewhere AG").uuid)
        case "part":
            tell_apart(**manager, customer_uuid=make_customer("Elsewhere AG").uuid)
        case "withdraw":
            withdraw_registration(**seller)
        case "move":
            move_stage(**seller, stage="negotiating")
        case "win":
            win_deal(**seller)
        case "lose":
            lose_deal(**seller, reason="price")


def everything(deal: Deal):
    row = Deal.objects.unscoped("the test compares").filter(pk=deal.pk).values().get()
    held = list(Protection.objects.unscoped("the test compares").values_list("pk", "period"))
    facts = Event.objects.unscoped("the test compares").about("deal", deal.uuid).count()
    return row, held, facts


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("deed", TABLE)
def test_deed_in_state(cast, deed, state):
    deal = making.in_state(cast, state)
    before = everything(deal)
    if state in TABLE[deed]:
        perform(cast, deal, deed)
        deal.refresh_from_db()
        assert deal.state == TABLE[deed][state]
        assert everything(deal)[2] > before[2]
        return
    if state == "draft" and deed in DECISIONS:
        # Drafts are the partner's own affair: to the vendor there is nothing to decide on.
        with pytest.raises(NotThere):
            perform(cast, deal, deed)
        assert everything(deal) == before
        return
    with pytest.raises(WrongState) as refused:
        perform(cast, deal, deed)
    assert refused.value.details["state"] == state
    allowed = TABLE["approve" if deed in {"link", "part"} else deed]
    assert set(refused.value.details["allowed"]) == set(allowed)
    assert everything(deal) == before
