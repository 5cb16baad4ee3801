"""Further canaries in partner A's world: what its people say to each other, what it appeals with, what it objects."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile

from concord.deals.actions.activities import add_activity, correct_activity
from concord.deals.actions.appeals import file_appeal
from concord.deals.actions.decisions import reject_registration
from concord.deals.actions.drafts import Registration, WantedLine, create_registration
from concord.deals.actions.evidence import attach_evidence
from concord.deals.actions.handover import hand_over_deal
from concord.deals.actions.people import save_objection
from concord.deals.actions.submission import submit_registration
from concord.deals.enums import ActivityKind, EvidencePurpose
from concord.deals.models import Deal
from concord.pricing.models import Product

if TYPE_CHECKING:
    from tests.cast import Cast

#: what the vendor keeps to itself about A's deal, besides its note
VENDORS_FILE = "Geierfalke doubts"


def plant(cast: Cast, deal: Deal, product: Product, canary: Callable[[str], str]) -> Deal:
    """A deal of A's that was rejected and appealed; everything else hangs on ``deal``."""
    seller = {"actor": cast.actor(cast.seller_a), "now": datetime.now(UTC)}
    save_objection(**seller, deal_uuid=deal.uuid, text=canary("objection"))
    _correct(cast, deal, canary("words before"))
    to_and_fro = ((cast.seller_a, cast.seller_a2, canary("handover note")), (cast.seller_a2, cast.seller_a, ""))
    for giver, taker, note in to_and_fro:
        hand_over_deal(
            actor=cast.actor(giver), deal_uuid=deal.uuid, successor=taker.email, note=note, now=datetime.now(UTC)
        )
    attach_evidence(
        actor=cast.actor(cast.vendor_manager),
        deal_uuid=deal.uuid,
        upload=SimpleUploadedFile(f"{VENDORS_FILE}.txt", b"Hm."),
        purpose=EvidencePurpose.OTHER,
        is_internal=True,
        now=datetime.now(UTC),
    )
    return _appealed(cast, product, canary)


def _correct(cast: Cast, deal: Deal, before: str) -> None:
    seller = {"actor": cast.actor(cast.seller_a), "deal_uuid": deal.uuid, "now": datetime.now(UTC)}
    activity = add_activity(**seller, kind=ActivityKind.CALL, text=before)
    correct_activity(**seller, activity_uuid=activity.uuid, text="Called.")


def _appealed(cast: Cast, product: Product, canary: Callable[[str], str]) -> Deal:
    seller = {"actor": cast.actor(cast.seller_a), "now": datetime.now(UTC)}
    deal = create_registration(
        **seller,
        registration=Registration(
            title=canary("appealed deal's title"),
            customer_name=canary("appealed deal's customer"),
            customer_country="AT",
            customer_city="Graz",
            lines=(WantedLine(product.sku, 10),),
        ),
    )
    submit_registration(**seller, deal_uuid=deal.uuid)
    rejected = {"reason": "no_opportunity", "note": canary("vendor's note to the partner")}
    reject_registration(actor=cast.actor(cast.vendor_manager), deal_uuid=deal.uuid, now=datetime.now(UTC), **rejected)
    file_appeal(
        actor=cast.actor(cast.seller_a),
        deal_uuid=deal.uuid,
        grounds=canary("grounds of the appeal"),
        upload=SimpleUploadedFile(f"{canary('appeal file')}.txt", b"New."),
        now=datetime.now(UTC),
    )
    deal.refresh_from_db()
    return deal
