"""What the public check answers for a code: ours or not, in force or not, the newest or not. Never lines or margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from concord.portal.models import BrandSettings
from concord.portal.periods import local_date
from concord.pricing.codes import grouped, read_code
from concord.pricing.enums import CheckVerdict, QuoteStatus
from concord.pricing.models import Quote
from concord.pricing.queries.quotes import status_now

_VERDICTS = {
    QuoteStatus.ISSUED: CheckVerdict.IN_FORCE,
    QuoteStatus.ACCEPTED: CheckVerdict.ACCEPTED,
    QuoteStatus.SUPERSEDED: CheckVerdict.SUPERSEDED,
    QuoteStatus.EXPIRED: CheckVerdict.EXPIRED,
    QuoteStatus.WITHDRAWN: CheckVerdict.WITHDRAWN,
    QuoteStatus.DECLINED: CheckVerdict.DECLINED,
}
BINDING = frozenset({CheckVerdict.IN_FORCE, CheckVerdict.ACCEPTED})


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """The answer for one code. Everything in it stands on the document's front, except what became of it since."""

    code: str
    verdict: CheckVerdict
    vendor: str
    number: str = ""
    revision: int = 0
    issued_on: date | None = None
    valid_until: date | None = None
    time_zone: str = ""
    ended_on: date | None = None
    fingerprint: str = ""
    newest_revision: int | None = None
    newest_verdict: CheckVerdict | None = None

    @property
    def is_ours(self) -> bool:
        """Whether the code is one of ours at all."""
        return self.verdict is not CheckVerdict.UNKNOWN

    @property
    def binds(self) -> bool:
        """Whether the vendor stands behind the quote now."""
        return self.verdict in BINDING


def check_answer(typed: str, *, now: datetime) -> tuple[CheckAnswer, int | None]:
    """The answer for a code as somebody typed it, and the quote it belongs to, for the log alone."""
    brand = BrandSettings.load()
    vendor = brand.vendor_name or brand.brand_name
    code = read_code(typed)
    found = (
        Quote.objects.unscoped("whoever holds a code may ask for its quote")
        .filter(check_code=code, status__in=list(_VERDICTS))
        .first()
        if code
        else None
    )
    if found is None or found.issued_at is None:
        shown = grouped(code) if code else typed.strip()[:60]
        return CheckAnswer(code=shown, verdict=CheckVerdict.UNKNOWN, vendor=vendor), None
    verdict = _VERDICTS[status_now(found, now=now)]
    newest = _newest(found) if verdict is CheckVerdict.SUPERSEDED else None
    answer = CheckAnswer(
        code=grouped(found.check_code or ""),
        verdict=verdict,
        vendor=vendor,
        number=found.number,
        revision=found.revision,
        issued_on=local_date(found.issued_at, found.time_zone),
        valid_until=found.valid_until,
        time_zone=found.time_zone,
        ended_on=local_date(found.ended_at, found.time_zone) if found.ended_at else None,
        fingerprint=found.data_hash,
        newest_revision=newest.revision if newest else None,
        newest_verdict=_VERDICTS[status_now(newest, now=now)] if newest else None,
    )
    return answer, found.pk


def which_binds(answers: Sequence[CheckAnswer]) -> CheckAnswer | None:
    """Of two quotes the one that binds, when exactly one does."""
    binding = [answer for answer in answers if answer.binds]
    return binding[0] if len(binding) == 1 else None


def _newest(quote: Quote) -> Quote | None:
    return (
        Quote.objects.unscoped("revisions of the number that the code belongs to")
        .filter(partner_id=quote.partner_id, number=quote.number, issued_at__isnull=False)
        .order_by("-revision")
        .first()
    )
