"""The readiness of deals: the facts behind the score, the line, and the score in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import OPEN_STAGES, ReviewStatus
from concord.deals.models import Deal
from concord.deals.protection.readiness import SECOND_PERSON_WITHIN, Missing, ReadinessFacts, readiness
from concord.deals.queries.programme import installed_terms

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDS: Mapping[Missing, _StrPromise] = {
    Missing.SECOND_PERSON: _("Nobody but one person was in contact with the customer within 30 days."),
    Missing.RECENT_NOTE: _("The last note is old, or there is none."),
    Missing.CONTACT: _("No person at the customer is known."),
    Missing.ROLES: _("People at the customer have no role in the decision yet."),
    Missing.EVIDENCE: _("Promises have no evidence."),
}

_FACTS = """
SELECT d.id,
  (SELECT count(DISTINCT a.by_id) FROM deals_activity a
    WHERE a.deal_id = d.id AND NOT a.is_internal AND a.happened_at >= %(since)s),
  (SELECT max(a.happened_at) FROM deals_activity a WHERE a.deal_id = d.id AND NOT a.is_internal),
  (SELECT count(*) FROM deals_dealcontact c WHERE c.deal_id = d.id AND c.left_at IS NULL),
  (SELECT count(*) FROM deals_dealcontact c WHERE c.deal_id = d.id AND c.left_at IS NULL AND c.role = ''),
  (SELECT count(*) FROM deals_promise p WHERE p.deal_id = d.id AND p.state = 'open'),
  (SELECT count(*) FROM deals_promise p WHERE p.deal_id = d.id AND p.state = 'open' AND p.evidence = ''
    AND NOT EXISTS (SELECT FROM deals_evidence e
      WHERE e.deal_id = d.id AND e.about = p.uuid AND NOT e.is_internal)),
  (SELECT readiness_at_least FROM deals_programmesettings ORDER BY id LIMIT 1)
FROM deals_deal d WHERE d.id = ANY(%(deals)s)
"""


@dataclass(frozen=True, slots=True)
class Readiness:
    """A deal's score out of 100, the line that it should reach, and what is missing."""

    score: int
    line: int
    missing: tuple[Missing, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether somebody else could take over."""
        return self.score >= self.line

    @property
    def reasons(self) -> list[str]:
        """What is missing, in the reader's language, the weightiest first."""
        return [str(WORDS[one]) for one in self.missing]


def is_worked_on(deal: Deal) -> bool:
    """Whether the deal's readiness matters: it was approved and is open. No statement."""
    return deal.review_status == ReviewStatus.APPROVED and deal.sales_stage in OPEN_STAGES


def readiness_of(deal: Deal, now: datetime) -> Readiness:
    """The readiness of one deal. Its caller has seen to it that the deal may be read."""
    return readiness_of_many([deal.pk], now=now)[deal.pk]


def readiness_of_many(deal_ids: Collection[int], *, now: datetime) -> dict[int, Readiness]:
    """The readiness of deals by their key, in one statement. Notes for the vendor alone do not count."""
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"since": now - SECOND_PERSON_WITHIN, "deals": list(deal_ids)})
        rows = cursor.fetchall()
    installed = installed_terms().readiness_at_least
    return {pk: _scored(facts, now, installed if line is None else line) for pk, *facts, line in rows}


def _scored(facts: Sequence[Any], now: datetime, line: int) -> Readiness:
    scored = readiness(ReadinessFacts(*facts), now=now)
    return Readiness(scored.score, line, scored.missing)
