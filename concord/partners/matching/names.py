"""How likely two names belong to one company, and why: the part of the score that looks at names alone.

The likelihood is a logistic sum of a few figures in which every coefficient is a rounded number written below. They
were found by fitting one half of some public labelled pairs and then rounded; the half kept apart gives nearly the same
figures (F1 differs by 0.06 at most where a source has some hundred pairs). No coefficient that punished likeness was
kept. They belong to kinds of evidence, never to a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from concord.partners.matching.alignment import Alignment, Rarity, align
from concord.partners.matching.glossary import segment
from concord.partners.matching.ideographs import best_excerpt, cross_reading, determines, has_own_brand, place_as_brand
from concord.partners.matching.legal_forms import forms_conflict
from concord.partners.matching.normalise import NameKey
from concord.partners.matching.reasons import Reason
from concord.partners.matching.words import NUMBER_RE, STOP_WORDS, default_weight, is_common

EQUAL_NAME: Final = 5.4
"""Log-odds of two names that agree in every word; the other ways of agreeing add up to at most this."""
_UNKNOWN: Final = -5.3
_SILENT_WEIGHT: Final = 0.05


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The verdict on one pair of names.

    `log_odds` is the sum of the evidence; `equal` says that nothing tells the names apart (so that they may be *same*
    by name), `compatible` that nothing does but spelling slips or shortening (so that a further fact may make them
    *same*), `sufficient` that what is shortened or slipped leaves hardly another company to be meant (so that they may
    be *same* in one country); `reasons` explain it, strongest first.
    """

    log_odds: float
    equal: bool
    compatible: bool
    reasons: tuple[Reason, ...]
    sufficient: bool = False


def match_names(left: NameKey, right: NameKey, rarity: Rarity | None = None) -> NameMatch:
    """Compare two names; the answer is the same with left and right exchanged (but for the sides named in reasons)."""
    if not left.core or not right.core:
        return NameMatch(_UNKNOWN, equal=False, compatible=False, reasons=())
    if left.ideographic and right.ideographic:
        return _match_ideographs(left, right)
    if left.ideographic != right.ideographic:
        return _match_across(left, right) if left.ideographic else _match_across(right, left)
    if (left.compact, left.core, left.display) <= (right.compact, right.core, right.display):
        return _match_latin(left, right, align(left, right, rarity), "left", "right")
    return _match_latin(right, left, align(right, left, rarity), "right", "left")


def _match_latin(left: NameKey, right: NameKey, found: Alignment, left_side: str, right_side: str) -> NameMatch:
    left_only = tuple(word for word in found.left_only if default_weight(word) > _SILENT_WEIGHT)
    right_only = tuple(word for word in found.right_only if default_weight(word) > _SILENT_WEIGHT)
    nothing_left = not left_only and not right_only
    is_cut = _is_form_cut(left, right) or _is_form_cut(right, left)
    if left.compact == right.compact and not left.qualifiers and not right.qualifiers:
        log_odds, nothing_left = EQUAL_NAME, True
        reasons = [Reason("name_equal", {"name": left.core}, round(EQUAL_NAME - _UNKNOWN, 2))]
        slips: frozenset[str] = frozenset()
    elif is_cut:
        log_odds, nothing_left = EQUAL_NAME - 0.5, True
        reasons = [Reason("form_cut", {}, round(EQUAL_NAME - 0.5 - _UNKNOWN, 2))]
        slips = frozenset({"cut"})
    else:
        agreement = found.agreement
        log_odds = (
            _UNKNOWN
            + agreement
            + 2.2 * found.containment
            + 1.7 * found.head
            + 0.8 * min(found.strongest_shared, 1.0)
            + 4.0 * agreement**4
            + (1.0 if agreement > 0.99 else 0.0)  # all but articles agree
        )
        slips = found.kinds - {"equal", "joined", "spelling"}
        lost = tuple(
            Reason(f"only_{side}", {"words": " ".join(words)}, -round(4.0 * (total - shared) / total, 2))
            for side, words, total, shared in (
                (left_side, left_only, found.left_total, found.left_shared),
                (right_side, right_only, found.right_total, found.right_shared),
            )
            if words
        )
        gained = round(log_odds - _UNKNOWN - sum(reason.weight for reason in lost), 2)
        reasons = [*_latin_reasons(left, right, found, nothing_left, gained), *lost]
    if any(NUMBER_RE.match(word) for word in left_only + right_only):
        log_odds -= 1.0
        reasons.append(Reason("numbers_differ", {}, -1.0))
    generic = _is_generic(left) or _is_generic(right)
    if generic:
        log_odds -= 0.5
        reasons.append(Reason("generic_name", {}, -0.5))
    conflict = forms_conflict(left.legal_form, right.legal_form)
    if conflict:
        log_odds -= 0.3
        reasons.append(Reason("legal_form_differs", {}, -0.3))
    compatible = nothing_left and "weak" not in slips
    clear = compatible and not generic and not conflict
    equal = clear and not slips - {"abbreviation"}
    return NameMatch(
        log_odds,
        equal=equal,
        compatible=compatible,
        reasons=tuple(reasons),
        sufficient=clear and (equal or found.anchored or is_cut),
    )


def _is_form_cut(cut: NameKey, whole: NameKey) -> bool:
    """True when one name ends with the beginning of the other's legal form (a field was too short: `Lumenara N` for
    `Lumenara N.V.`) or has it glued to its last word (`LUMENARANV`)."""
    form = whole.legal_form
    if cut.legal_form or not form or cut.qualifiers or whole.qualifiers:
        return False
    if cut.compact == whole.compact + form:
        return True
    last = cut.tokens[-1]
    return cut.tokens[:-1] == whole.tokens and len(last) < len(form) and form.startswith(last)


def _is_generic(key: NameKey) -> bool:
    """A name of one everyday word, or of a single letter, cannot identify a company (`National`, `Group`)."""
    words = [word for word in key.words if word not in STOP_WORDS]
    return len(words) < 2 and (not words or is_common(words[0]) or len(words[0]) < 2)


_KIND_CODES: Final = (
    ("joined", "name_joined"),
    ("spelling", "name_spelling"),
    ("abbreviation", "name_abbreviated"),
    ("cut", "name_abbreviated"),
    ("initials", "name_initials"),
    ("translation", "word_translated"),
    ("typo", "name_typo"),
)


def _latin_reasons(left: NameKey, right: NameKey, found: Alignment, nothing_left: bool, gained: float) -> list[Reason]:
    shared = [word for word in left.words if word in right.words and word not in STOP_WORDS]
    if nothing_left and found.kinds <= {"equal"}:
        return [Reason("words_equal", {"words": " ".join(shared)}, gained)]
    codes = list(dict.fromkeys(code for kind, code in _KIND_CODES if kind in found.kinds))
    if not shared and not codes:
        return [Reason("name_alike" if found.kinds else "names_unrelated", {}, gained)]
    told = [Reason("words_shared", {"words": " ".join(shared)}, 0.0)] if shared else []
    told += [Reason(code, {}, 0.0) for code in codes]
    share = round(gained / len(told), 2)
    return [Reason(reason.code, reason.params, share) for reason in told]


@lru_cache(maxsize=32_768)
def _trade_only(core: str) -> bool:
    return all(part.trade or part.place for part in segment(core))


def _match_ideographs(left: NameKey, right: NameKey) -> NameMatch:
    """Two Chinese names: is the shorter one an excerpt of the longer one, and do the regions agree?"""
    left, right = place_as_brand(left, right), place_as_brand(right, left)
    regions_differ = bool(left.region and right.region and left.region != right.region)
    region_missing = bool(left.region) != bool(right.region)
    same_qualifiers = set(left.qualifiers) == set(right.qualifiers)
    found, short, long = best_excerpt(left, right)
    full = found.coverage > 0.999  # every character was found
    log_odds = -4.2 + 1.3 * found.back + 1.5 * found.head + 0.4 * found.coverage
    if full:
        log_odds += 4.0 + 1.6 * found.flow
    reasons: list[Reason] = []
    if left.core == right.core:
        log_odds += 0.8
        reasons.append(Reason("name_equal", {"name": left.core}, round(log_odds + 4.2, 2)))
    elif full:
        reasons.append(Reason("short_form", {"short": short, "long": long}, round(log_odds + 4.2, 2)))
    elif found.coverage >= 0.5:
        reasons.append(Reason("characters_shared", {"short": short, "long": long}, round(log_odds + 4.2, 2)))
    else:
        reasons.append(Reason("names_unrelated", {}, -4.2))
    if regions_differ:
        log_odds -= 1.8
        reasons.append(Reason("region_differs", {"left": left.region, "right": right.region}, -1.8))
    elif region_missing:
        reasons.append(Reason("region_missing", {"region": left.region or right.region}, 0.0))
    if not same_qualifiers:
        log_odds -= 0.5
        reasons.append(
            Reason("qualifier_differs", {"words": " ".join(sorted({*left.qualifiers, *right.qualifiers}))}, -0.5)
        )
    conflict = forms_conflict(left.legal_form, right.legal_form)
    if conflict:
        log_odds -= 0.3
        reasons.append(Reason("legal_form_differs", {}, -0.3))
    generic = _trade_only(left.core) and not (left.region and left.region == right.region)
    core_says_enough = has_own_brand(left.core) and (not region_missing or len(left.core) >= 4)
    if generic and left.core == right.core:
        log_odds -= 0.5
        reasons.append(Reason("generic_name", {}, -0.5))
    compatible = full and not regions_differ and same_qualifiers
    equal = (
        compatible
        and left.core == right.core
        and not conflict
        and (core_says_enough or (bool(left.region) and left.region == right.region) or len(left.core) >= 6)
    )
    settled = compatible and not conflict and (equal or determines(left, right) or determines(right, left))
    return NameMatch(log_odds, equal=equal, compatible=compatible, reasons=tuple(reasons), sufficient=settled)


def _match_across(chinese: NameKey, latin: NameKey) -> NameMatch:
    """A Chinese name beside a Latin one. Pinyin is shared by many names: a reading makes two companies *same* only when
    nothing at all is left over, in one country."""
    read = cross_reading(chinese, latin)
    brand = read.brand**4
    log_odds = -1.6 + (2.0 + 2.0 * read.explained) * brand + 0.3 * read.trade
    reasons = [
        Reason(
            "reading_alike" if read.brand >= 0.75 else "reading_differs",
            {"reading": chinese.sort_key},
            round(log_odds, 2),
        )
    ]
    if read.trade and any(part.trade for part in segment(chinese.core)):
        reasons.append(Reason("trade_words_agree", {}, round(0.3 * read.trade, 2)))
    if read.region > 0:
        gain = 0.8 * (1 - brand) + 2.2 * brand
        log_odds += gain
        reasons.append(Reason("region_equal", {"region": chinese.region}, round(gain, 2)))
    elif read.region < 0:
        log_odds -= 2.6
        reasons.append(Reason("region_differs", {"left": chinese.region, "right": latin.display}, -2.6))
    compatible = read.brand >= 0.85 and read.region >= 0
    return NameMatch(
        log_odds, equal=False, compatible=compatible, reasons=tuple(reasons), sufficient=compatible and read.settled
    )
