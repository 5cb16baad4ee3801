"""Are these two records one company? `compare` answers with a score, a verdict and its reasons.

Policy
------
The score runs from 0 to 1 and is made of log-odds: names give the base (`names.match_names`), further facts add to it
or take from it by the fixed amounts below. Two lines cut it into verdicts:

* **same** (0.90 and more) has consequences without a human: the second registration waits as a likely duplicate. So
  it is reached only when the registration numbers are equal, or when nothing at all tells the two apart: names equal
  but for spelling, word order, legal form and abbreviations of everyday words; no conflict of country, domain,
  region, registration number or class of legal form; and a name that is more than an everyday word. In one country
  (both known, no other city), a shorter or slipped name passes too when it leaves hardly another company to be meant:
  a Chinese short name with the whole brand, a cut or a slip in a long or everyday word beside a brand that stands there
  whole, a reading of a Chinese name in which no word is left over (`NameMatch.sufficient`). Where such a name fits
  several records, none of them is *same*: `queries.twins` asks a person. An equal web domain also lets typing errors,
  short names and a name in another script pass, but never an extra word: group and subsidiary share a domain.
* **review** (0.50 and more) asks a human. Whatever is alike but not beyond doubt ends here: an extra word (`Energy`,
  `Holdings`), a namesake in another country, an abbreviation, a Chinese name beside its English one.
* **different** below.

The lines were laid so that *same* is right in far more than nine cases of ten on labelled pairs where nothing but the
name is known and the non-matches are the most similar names of other companies; in everyday traffic it is right more
often. A record below *same* never reaches 0.90: the score of an unproven likeness is scaled to below that line, so
score and verdict can't contradict each other.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from rapidfuzz.distance import OSA

from concord.partners.matching.alignment import Rarity
from concord.partners.matching.names import NameMatch, match_names
from concord.partners.matching.normalise import (
    NameKey,
    name_key,
    normalise_country,
    normalise_domain,
    normalise_registration_number,
)
from concord.partners.matching.reasons import Reason
from concord.partners.matching.text import clean, pinyin, simplify

Verdict = Literal["same", "review", "different"]
NameKind = Literal["legal", "short", "former", "alias"]

SAME: Final = 0.90
REVIEW: Final = 0.50
_BELOW_SAME: Final = SAME - 0.0001

_REGISTRATION_EQUAL: Final = 8.0
_REGISTRATION_DIFFERS: Final = -4.0
_REGISTRATION_ONE_SLIP: Final = -1.5
_DOMAIN_EQUAL: Final = 3.5
_DOMAIN_DIFFERS: Final = -1.0
_COUNTRY_EQUAL: Final = 0.2
_COUNTRY_DIFFERS: Final = -2.5
_CITY_EQUAL: Final = 0.4
_CITY_DIFFERS: Final = -0.3
_SAME_DOMAIN_FLOOR: Final = 0.6


@dataclass(frozen=True, slots=True)
class ProfileName:
    """A name of a company and what kind of name it is."""

    key: NameKey
    kind: NameKind = "legal"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a company, normalised: build it with `profile`."""

    names: tuple[ProfileName, ...]
    country: str = ""
    city: str = ""
    registration_number: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The answer: score 0 to 1, verdict, and the reasons, names first."""

    score: float
    verdict: Verdict
    reasons: tuple[Reason, ...]
    is_inferred: bool = False
    """*Same* by a name that is shortened (were it by its region alone), slipped or read from another script: right as
    long as it fits one record alone."""

    @property
    def points(self) -> int:
        """The score in whole points of 100, rounded down so that 90 always means *same*."""
        return int(self.score * 100 + 1e-9)

    def doubted(self, reason: Reason) -> Match:
        """The same comparison, for a person to decide."""
        return replace(
            self,
            score=min(self.score, _BELOW_SAME),
            verdict="review",
            reasons=(*self.reasons, reason),
            is_inferred=False,
        )


def profile(  # one argument per fact of a customer
    legal_name: str = "",
    *,
    short_name: str = "",
    former_names: Iterable[str] = (),
    aliases: Iterable[str] = (),
    country: str = "",
    city: str = "",
    registration_number: str = "",
    domain: str = "",
) -> Profile:
    """Normalise what was typed. Country: code or name; domain: web or mail address; empty strings mean unknown."""
    typed: list[tuple[str, NameKind]] = [(legal_name, "legal"), (short_name, "short")]
    typed += [(name, "former") for name in former_names]
    typed += [(name, "alias") for name in aliases]
    names: dict[tuple[str, str, str], ProfileName] = {}
    for name, kind in typed:
        key = name_key(name)
        if key.core:
            names.setdefault((key.core, key.region, key.legal_form), ProfileName(key, kind))
    code = normalise_country(country)
    return Profile(
        names=tuple(names.values()),
        country=code,
        city=normalise_city(city),
        registration_number=normalise_registration_number(registration_number, code),
        domain=normalise_domain(domain),
    )


@lru_cache(maxsize=16_384)
def normalise_city(city: str) -> str:
    """A city in Latin letters without blanks: `深圳市`, `Shenzhen`, `SHEN ZHEN` → `shenzhen`."""
    text = simplify(clean(city)).removesuffix("市")
    letters = "".join(pinyin(text)).casefold()
    return "".join(character for character in letters if character.isalnum()).removesuffix("city")


def compare(left: Profile, right: Profile, *, rarity: Rarity | None = None) -> Match:
    """Compare two companies. Exchanging them changes nothing but the sides named in the reasons.

    `rarity` (optional) gives the weight of words as counted among real customers (`candidates.rarity_table`).
    """
    name, reasons = _best_names(left, right, rarity)
    facts = _facts(left, right)
    log_odds = name.log_odds + sum(reason.weight for reason in facts)
    codes = {reason.code for reason in facts}
    likelihood = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, log_odds))))
    blocked = bool(codes & {"registration_differs", "country_differs", "domain_differs"})
    by_domain = name.compatible and "domain_equal" in codes and name.log_odds > 0
    in_one_country = name.sufficient and "country_equal" in codes and "city_differs" not in codes
    proven = "registration_equal" in codes or (not blocked and (name.equal or by_domain or in_one_country))
    if proven:
        score = SAME + (1.0 - SAME) * likelihood
    else:
        if "domain_equal" in codes:
            likelihood = max(likelihood, _SAME_DOMAIN_FLOOR)
        score = min(SAME * likelihood, _BELOW_SAME)
    score = round(score, 4)
    verdict: Verdict = "same" if score >= SAME else "review" if score >= REVIEW else "different"
    is_whole = name.equal and all(reason.code != "region_missing" for reason in reasons)
    is_inferred = verdict == "same" and not (is_whole or by_domain or "registration_equal" in codes)
    return Match(score, verdict, (*reasons, *facts), is_inferred)


def _best_names(left: Profile, right: Profile, rarity: Rarity | None) -> tuple[NameMatch, tuple[Reason, ...]]:
    """The pair of names that speaks loudest for one company; former names agree less than names in use."""
    best: tuple[tuple[bool, bool, float], NameMatch, tuple[Reason, ...]] | None = None
    for first in left.names:
        for second in right.names:
            found = match_names(first.key, second.key, rarity)
            reasons = found.reasons
            if "former" in (first.kind, second.kind):
                reasons = (*reasons, Reason("former_name", {}, -0.3))
                both = first.kind == second.kind
                found = NameMatch(
                    found.log_odds - 0.3,
                    equal=found.equal and not both,
                    compatible=found.compatible and not both,
                    reasons=reasons,
                    sufficient=found.sufficient and not both,
                )
            rank = (found.equal, found.sufficient, found.log_odds)
            if best is None or rank > best[0]:
                best = (rank, found, reasons)
    if best is None:
        nothing = (Reason("names_unrelated", {}, 0.0),)
        return NameMatch(-5.3, equal=False, compatible=False, reasons=nothing), nothing
    return best[1], best[2]


def _facts(left: Profile, right: Profile) -> tuple[Reason, ...]:
    """What speaks for or against besides the names. An unknown fact says nothing."""
    facts: list[Reason] = []
    countries = bool(left.country and right.country)
    foreign = countries and left.country != right.country
    if left.registration_number and right.registration_number:
        if left.registration_number == right.registration_number and not foreign:
            facts.append(Reason("registration_equal", {"number": left.registration_number}, _REGISTRATION_EQUAL))
        elif left.registration_number != right.registration_number and countries and not foreign:
            slip = OSA.distance(left.registration_number, right.registration_number, score_cutoff=1) == 1
            facts.append(Reason("registration_differs", {}, _REGISTRATION_ONE_SLIP if slip else _REGISTRATION_DIFFERS))
    if left.domain and right.domain:
        if left.domain == right.domain:
            facts.append(Reason("domain_equal", {"domain": left.domain}, _DOMAIN_EQUAL))
        else:
            facts.append(Reason("domain_differs", {"left": left.domain, "right": right.domain}, _DOMAIN_DIFFERS))
    if foreign:
        facts.append(Reason("country_differs", {"left": left.country, "right": right.country}, _COUNTRY_DIFFERS))
    elif countries:
        facts.append(Reason("country_equal", {"country": left.country}, _COUNTRY_EQUAL))
    if left.city and right.city and not foreign:
        if left.city == right.city:
            facts.append(Reason("city_equal", {"city": left.city}, _CITY_EQUAL))
        else:
            facts.append(Reason("city_differs", {"left": left.city, "right": right.city}, _CITY_DIFFERS))
    return tuple(facts)
