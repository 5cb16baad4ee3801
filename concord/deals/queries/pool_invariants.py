"""What must be true of the pool, looked for in sets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.portal.invariants import Invariant, by_statement

_HELD_WITHOUT_CLAIM = """
SELECT format('lead %%s', l.uuid) FROM deals_lead l
WHERE (l.state IN ('claimed', 'converted')) <> EXISTS (
    SELECT FROM deals_leadclaim c WHERE c.lead_id = l.id AND c.ended_at IS NULL
      AND c.partner_id IS NOT DISTINCT FROM l.partner_id AND c.owner_id IS NOT DISTINCT FROM l.owner_id)
"""
_OFFERED_WITHOUT_OFFER = """
SELECT format('lead %%s', l.uuid) FROM deals_lead l
WHERE (l.state = 'offered') <> EXISTS (
    SELECT FROM deals_leadoffer o WHERE o.lead_id = l.id AND o.answer = ''
      AND o.partner_id IS NOT DISTINCT FROM l.partner_id)
"""
_FOREIGN_DEAL = """
SELECT format('lead %%s', l.uuid) FROM deals_lead l JOIN deals_deal d ON d.id = l.deal_id
WHERE d.partner_id <> l.partner_id
"""


def pool_invariants() -> list[Invariant]:
    """The rules of the pool."""
    return [
        by_statement(
            "lead_held",
            _("Every held lead has one open claim of its holder, and no other lead has one"),
            _HELD_WITHOUT_CLAIM,
            "state and claim differ",
        ),
        by_statement(
            "lead_offered",
            _("Every offered lead has one open offer, and no other lead has one"),
            _OFFERED_WITHOUT_OFFER,
            "state and offer differ",
        ),
        by_statement(
            "lead_deal", _("Every deal of a lead is its holder's"), _FOREIGN_DEAL, "its deal is another partner's"
        ),
    ]
