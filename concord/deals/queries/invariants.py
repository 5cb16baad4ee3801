"""What must be true of registrations and protections, looked for in sets."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ReviewStatus, SalesStage
from concord.deals.protection_enums import RequestState
from concord.portal.invariants import Invariant, by_statement

_OVERLAPPING = """
SELECT format('protections %%s and %%s', a.id, b.id) FROM deals_protection a JOIN deals_protection b
  ON b.end_customer_id = a.end_customer_id AND b.family_id = a.family_id AND b.id > a.id AND b.period && a.period
"""
# What was changed after its approval is decided on again: until then it keeps what it had, also at a former customer.
_WITHOUT_DEAL = """
SELECT format('protection %%s of deal %%s', p.id, d.uuid)
FROM deals_protection p JOIN deals_deal d ON d.id = p.deal_id
WHERE p.period @> %(now)s::timestamptz
  AND (d.partner_id <> p.partner_id OR d.sales_stage = ANY(%(ended)s) OR CASE
       WHEN d.review_status = %(approved)s THEN d.end_customer_id IS DISTINCT FROM p.end_customer_id
       ELSE d.review_status <> ALL(%(again)s) OR NOT EXISTS (
           SELECT FROM portal_event e
           WHERE e.subject_type = 'deal' AND e.subject_uuid = d.uuid AND e.verb = 'deal.reopened') END)
"""
_WITHOUT_BENEFIT = """
SELECT format('protection %%s of deal %%s', p.id, d.uuid)
FROM deals_protection p JOIN deals_deal d ON d.id = p.deal_id
WHERE p.period @> %(now)s::timestamptz AND NOT EXISTS (
    SELECT FROM pricing_registrationbenefit b
    WHERE b.end_customer_id = p.end_customer_id AND b.family_id = p.family_id AND b.partner_id = p.partner_id
      AND b.period @> %(now)s::timestamptz)
"""
_APPROVAL_UNTOLD = """
SELECT format('deal %%s', d.uuid) FROM deals_deal d
WHERE d.review_status = %(approved)s AND NOT EXISTS (
    SELECT FROM portal_event e
    WHERE e.subject_type = 'deal' AND e.subject_uuid = d.uuid
      AND e.verb IN ('deal.approved', 'deal.appeal_overturned'))
"""
_EVENT_WITHOUT_DEAL = """
SELECT DISTINCT format('deal %%s', e.subject_uuid) FROM portal_event e
WHERE e.subject_type = 'deal' AND NOT EXISTS (SELECT FROM deals_deal d WHERE d.uuid = e.subject_uuid)
"""
_ORPHANED_STORY = """
SELECT format('quote %%s of deal %%s', q.uuid, q.story_uuid) FROM pricing_quote q
WHERE q.story_type = 'deal' AND NOT EXISTS (
    SELECT FROM deals_deal d WHERE d.uuid = q.story_uuid AND d.partner_id = q.partner_id)
"""
# What was taken over from another system tells its story in the fact that it came with.
_TAKEN_OVER_UNTOLD = """
SELECT format('deal %%s', d.uuid) FROM deals_deal d
WHERE d.review_status = %(imported)s AND NOT EXISTS (
    SELECT FROM portal_event e
    WHERE e.subject_type = 'deal' AND e.subject_uuid = d.uuid AND e.verb = 'deal.imported')
"""
# What lives at a record that went up in another one would be found by nobody.
_AT_MERGED = """
SELECT format('protection %%s', p.id) FROM deals_protection p JOIN partners_endcustomer c ON c.id = p.end_customer_id
WHERE p.period @> %(now)s::timestamptz AND c.merged_into_id IS NOT NULL
UNION ALL
SELECT format('commitment %%s', p.id)
FROM pricing_pricecommitment p JOIN partners_endcustomer c ON c.id = p.end_customer_id
WHERE p.validity @> %(now)s::timestamptz AND c.merged_into_id IS NOT NULL
"""


def deal_invariants() -> list[Invariant]:
    """The rules of this package."""
    approved = {"approved": ReviewStatus.APPROVED}
    return [
        by_statement(
            "one_protection",
            _("No two protections of one customer and family overlap"),
            _OVERLAPPING,
            "overlap",
        ),
        by_statement(
            "protection_of_deal",
            _("Every live protection belongs to an approved deal of the same customer"),
            _WITHOUT_DEAL,
            "its deal does not carry it",
            {
                **approved,
                "again": [ReviewStatus.SUBMITTED, ReviewStatus.RETURNED],
                "ended": [SalesStage.LOST, SalesStage.EXPIRED, SalesStage.WITHDRAWN],
            },
        ),
        by_statement(
            "protection_benefit",
            _("Every live protection is worth its registration discount"),
            _WITHOUT_BENEFIT,
            "grants no benefit",
        ),
        by_statement(
            "approvals_told", _("Every approval is in the history"), _APPROVAL_UNTOLD, "is not in the history", approved
        ),
        by_statement(
            "deals_there",
            _("Every deal that the history tells of is there"),
            _EVENT_WITHOUT_DEAL,
            "is in the history alone",
        ),
        by_statement(
            "taken_over",
            _("Every deal that was taken over tells from where"),
            _TAKEN_OVER_UNTOLD,
            "is not in the history",
            {"imported": ReviewStatus.IMPORTED},
        ),
        by_statement(
            "merged_empty",
            _("Nothing is protected or promised at a customer that was merged"),
            _AT_MERGED,
            "lives at a merged customer",
        ),
        by_statement(
            "stories", _("Every quote of a deal has that deal"), _ORPHANED_STORY, "its deal is not there or another's"
        ),
    ]


_WITHOUT_LIFE = """
SELECT format('protection %%s of deal %%s', p.id, d.uuid)
FROM deals_protection p JOIN deals_deal d ON d.id = p.deal_id
WHERE p.period @> %(now)s::timestamptz AND NOT EXISTS (
    SELECT FROM deals_protectionlife l
    WHERE l.deal_id = p.deal_id AND l.ended_at IS NULL AND l.ends_at = upper(p.period))
"""
_LIFE_OF_NOTHING = """
SELECT format('life of deal %%s', d.uuid)
FROM deals_protectionlife l JOIN deals_deal d ON d.id = l.deal_id
WHERE l.ended_at IS NULL AND l.ends_at > %(now)s::timestamptz AND NOT EXISTS (
    SELECT FROM deals_protection p WHERE p.deal_id = l.deal_id AND p.period @> %(now)s::timestamptz)
"""
_HELD_WRONGLY = """
SELECT format('life of deal %%s', d.uuid)
FROM deals_protectionlife l JOIN deals_deal d ON d.id = l.deal_id
WHERE l.held <> (
    SELECT coalesce(sum(upper(h.period) - lower(h.period)), interval '0') FROM deals_protectionhold h
    WHERE h.life_id = l.id AND h.state = 'granted')
"""
# A stop that was ended early ends then, or was taken back before it began; and it belongs to its own deal's life.
_HOLDS = """
SELECT format('stop %%s of deal %%s', h.uuid, d.uuid)
FROM deals_protectionhold h JOIN deals_protectionlife l ON l.id = h.life_id JOIN deals_deal d ON d.id = h.deal_id
WHERE h.deal_id <> l.deal_id
   OR (h.ended_at IS NOT NULL AND h.state <> %(undone)s
       AND (h.state <> %(granted)s OR upper(h.period) <> h.ended_at))
"""


def protection_invariants() -> list[Invariant]:
    """The rules of protections' lives."""
    return [
        by_statement(
            "protection_life", _("Every live protection ends when its life says"), _WITHOUT_LIFE, "ends at another time"
        ),
        by_statement("life_protects", _("Every live life protects something"), _LIFE_OF_NOTHING, "protects nothing"),
        by_statement(
            "holds_ended",
            _("Stops of the clock end when it was said"),
            _HOLDS,
            "ends at another time, or is another deal's",
            {"granted": RequestState.GRANTED, "undone": RequestState.TAKEN_BACK},
        ),
        by_statement("life_held", _("Clocks stood as long as their holds say"), _HELD_WRONGLY, "does not add up"),
    ]
