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
    def state(self) -> str:
        """The quote's state alone, for where the document that names it is not genuine."""
        return str({verdict: state for state, verdict in _VERDICTS.items()}.get(self.verdict, ""))

    @property
    def is_ours(self) -> bool:
        """Whether the code is one of ours at all."""
        return self.verdict is not CheckVerdict.UNKNOWN

    @property
    def binds(self) -> bool:
        """Whether the vendor stands behind the quote now."""
        return self.verdict in BINDING


def checked_quote(typed: str) -> Quote | None:
    """The quote behind a code as somebody typed it; ``None`` for drafts, foreign codes and what is no code at all.

    One statement whatever was typed, so that the time says nothing about how near a guess came.
    """
    return (
        Quote.objects.unscoped("whoever holds a code may ask for its quote")
        .filter(check_code=read_code(typed) or "", status__in=list(_VERDICTS), issued_at__isnull=False)
        .first()
    )


def check_answer(typed: str, *, now: datetime) -> tuple[CheckAnswer, int | None]:
    """The answer for a code as somebody typed it, and the quote it belongs to, for the log alone."""
    found = checked_quote(typed)
    if found is None:
        code = read_code(typed)
        shown = grouped(code) if code else typed.strip()[:60]
        return CheckAnswer(code=shown, verdict=CheckVerdict.UNKNOWN, vendor=_vendor()), None
    return answer_for(found, now=now), found.pk


def answer_for(quote: Quote, *, now: datetime) -> CheckAnswer:
    """The answer for an issued quote."""
    assert quote.issued_at is not None
    verdict = _VERDICTS[status_now(quote, now=now)]
    newest = _newest(quote) if verdict is CheckVerdict.SUPERSEDED else None
    return CheckAnswer(
        code=grouped(quote.check_code or ""),
        verdict=verdict,
        vendor=_vendor(),
        number=quote.number,
        revision=quote.revision,
        issued_on=local_date(quote.issued_at, quote.time_zone),
        valid_until=quote.valid_until,
        time_zone=quote.time_zone,
        ended_on=local_date(quote.ended_at, quote.time_zone) if quote.ended_at else None,
        fingerprint=quote.data_hash,
        newest_revision=newest.revision if newest else None,
        newest_verdict=_VERDICTS[status_now(newest, now=now)] if newest else None,
    )


def _vendor() -> str:
    brand = BrandSettings.load()
    return str(brand.vendor_name or brand.brand_name)


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
