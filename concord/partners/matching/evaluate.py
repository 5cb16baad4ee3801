"""How good is the matcher? Measures it on labelled pairs, look-ups and namesakes (CSV, see the loaders for columns).

Pure but for reading the files. The look-up measures go through a `Finder`: the one here keeps an inverted index in
memory, so that the figures can be had without a database; another one (over the real tables) can be passed in.
"""

from __future__ import annotations

import csv
import heapq
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, Protocol

from concord.partners.matching.alignment import Rarity
from concord.partners.matching.candidates import (
    CANDIDATES,
    block_keys,
    exact_keys,
    query_blocks,
    query_key,
    search_key,
    trigrams,
)
from concord.partners.matching.ranking import likeness_as_written, standing
from concord.partners.matching.score import Profile, Verdict, compare, profile

RENAMES: Final = frozenset({"rename", "rename_zh"})
"""Kinds of pairs in which a company took a new name: no measure on names can see those, a list of former names can."""

_FORMER_CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class PairResult:
    """The figures of one source of pairs. `precision`, `recall`, `f1` are those at `threshold`, the source's best
    line."""

    n: int
    precision: float
    recall: float
    f1: float
    auc: float
    same_precision: float
    same_recall: float
    review_share: float
    threshold: float
    f1_at_review: float


@dataclass(frozen=True, slots=True)
class LookupResult:
    """The figures of one file of look-ups: shares found first and among the first five, times in milliseconds."""

    n: int
    first: float
    first_five: float
    p50_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class NamesakeResult:
    """How many different companies of one name were taken for the same."""

    n: int
    taken_for_same: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one run."""

    pairs: Mapping[str, PairResult]
    lookups: Mapping[str, LookupResult]
    namesakes: NamesakeResult
    comparisons_per_second: float

    def as_dict(self) -> dict[str, object]:
        """The figures as plain dictionaries, for JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored pair."""

    score: float
    verdict: Verdict
    label: bool


class Finder(Protocol):
    """Finds companies by name: identifiers, best first."""

    def find(self, name: str) -> Sequence[str]: ...


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file in UTF-8 (with or without a byte order mark)."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def area_under_curve(scored: Iterable[Scored]) -> float:
    """The area under the ROC curve (ties count half); 0.5 when one of the labels is missing."""
    ordered = sorted(scored, key=lambda item: item.score)
    positives = sum(item.label for item in ordered)
    negatives = len(ordered) - positives
    if not positives or not negatives:
        return 0.5
    rank_sum = 0.0
    seen = 0
    for _, group in groupby(ordered, key=lambda item: item.score):
        tied = list(group)
        rank_sum += sum(item.label for item in tied) * (seen + (len(tied) + 1) / 2)
        seen += len(tied)
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def at_threshold(scored: Sequence[Scored], threshold: float) -> tuple[float, float, float]:
    """Precision, recall and F1 when every score from the threshold on counts as a match."""
    taken = [item for item in scored if item.score >= threshold]
    right = sum(item.label for item in taken)
    positives = sum(item.label for item in scored)
    precision = right / len(taken) if taken else 0.0
    recall = right / positives if positives else 0.0
    return precision, recall, 2 * right / (len(taken) + positives) if taken or positives else 0.0


def best_threshold(scored: Sequence[Scored]) -> float:
    """The threshold with the highest F1 (the higher one of equals)."""
    ordered = sorted(scored, key=lambda item: -item.score)
    positives = sum(item.label for item in ordered)
    best, best_at, right, taken = -1.0, 1.0, 0, 0
    for score, group in groupby(ordered, key=lambda item: item.score):
        tied = list(group)
        right += sum(item.label for item in tied)
        taken += len(tied)
        f1 = 2 * right / (taken + positives) if positives else 0.0
        if f1 > best:
            best, best_at = f1, score
    return best_at


def summarise(scored: Sequence[Scored], review_line: float = 0.5) -> PairResult:
    """The figures of one source."""
    threshold = best_threshold(scored)
    precision, recall, f1 = at_threshold(scored, threshold)
    same = [item for item in scored if item.verdict == "same"]
    positives = sum(item.label for item in scored)
    same_right = sum(item.label for item in same)
    return PairResult(
        n=len(scored),
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(f1, 4),
        auc=round(area_under_curve(scored), 4),
        same_precision=round(same_right / len(same), 4) if same else 1.0,
        same_recall=round(same_right / positives, 4) if positives else 0.0,
        review_share=round(sum(item.verdict == "review" for item in scored) / len(scored), 4) if scored else 0.0,
        threshold=threshold,
        f1_at_review=round(at_threshold(scored, review_line)[2], 4),
    )


def pair_groups(row: Mapping[str, str]) -> tuple[str, ...]:
    """The groups a pair counts in: its source, and the source's parts that are different questions.

    `source/without_renames` leaves out companies that took a new name; `source/zh`, `source/zh-en` part a source that
    holds several kinds of languages.
    """
    source = row["source"]
    groups = [source]
    if row.get("kind") not in RENAMES:
        groups.append(f"{source}/without_renames")
        groups.append(f"{source}/{row.get('lang', '')}")
    return tuple(groups)


def evaluate_pairs(
    rows: Iterable[Mapping[str, str]], rarity: Rarity | None = None
) -> tuple[dict[str, PairResult], float]:
    """Score labelled pairs (`source, kind, lang, name_a, name_b, country_a, country_b, label`).

    Returns the figures per group and the comparisons per second (profiles being normalised before). A group that would
    repeat its whole source is left out.
    """
    prepared = [
        (
            row,
            profile(row["name_a"], country=row.get("country_a", "")),
            profile(row["name_b"], country=row.get("country_b", "")),
        )
        for row in rows
    ]
    started = time.perf_counter()
    matches = [compare(left, right, rarity=rarity) for _, left, right in prepared]
    elapsed = time.perf_counter() - started
    groups: defaultdict[str, list[Scored]] = defaultdict(list)
    for (row, _, _), match in zip(prepared, matches, strict=True):
        for group in pair_groups(row):
            groups[group].append(Scored(match.score, match.verdict, row["label"] == "1"))
    results = {
        group: summarise(scored)
        for group, scored in sorted(groups.items())
        if "/" not in group or len(scored) < len(groups[group.partition("/")[0]])
    }
    return results, len(prepared) / elapsed if elapsed else 0.0


def evaluate_namesakes(rows: Iterable[Mapping[str, str]], rarity: Rarity | None = None) -> NamesakeResult:
    """Different companies of one name (`name_a, country_a, domain_a, name_b, country_b, domain_b`): none may be
    *same*."""
    total = taken = 0
    for row in rows:
        left = profile(row["name_a"], country=row["country_a"], domain=row["domain_a"])
        right = profile(row["name_b"], country=row["country_b"], domain=row["domain_b"])
        total += 1
        taken += compare(left, right, rarity=rarity).verdict == "same"
    return NamesakeResult(total, taken)


class MemoryFinder:
    """Candidates from an inverted index in memory, then the score: what the database does, for some ten thousand
    rows."""

    def __init__(self, companies: Mapping[str, Profile], rarity: Rarity | None = None) -> None:
        self._profiles = list(companies.values())
        self._identifiers = list(companies)
        self._rarity = rarity
        self._postings: defaultdict[str, list[int]] = defaultdict(list)
        self._sizes: list[float] = []
        for number, company in enumerate(self._profiles):
            for feature in {*exact_keys(company), *block_keys(company), *trigrams(search_key(company))}:
                self._postings[feature].append(number)
        total = len(self._profiles) or 1
        self._weights = {feature: math.log(1 + total / len(posting)) for feature, posting in self._postings.items()}
        sizes = [0.0] * len(self._profiles)
        for feature, posting in self._postings.items():
            weight = self._weights[feature]
            for number in posting:
                sizes[number] += weight
        self._sizes = sizes

    def candidates(self, name: str) -> list[tuple[int, float]]:
        """The numbers of the likeliest companies, with the weight of what they share, taken by their length."""
        wanted = profile(name)
        features = {*exact_keys(wanted), *query_blocks(name), *trigrams(query_key(name))}
        known = sorted((feature for feature in features if feature in self._postings), key=lambda f: -self._weights[f])
        limit = max(len(self._profiles) // 10, CANDIDATES)
        found: Counter[int] = Counter()
        for position, feature in enumerate(known):
            posting = self._postings[feature]
            if len(posting) > limit and position > 2:  # everyday trigrams order, they do not find
                continue
            weight = self._weights[feature]
            for number in posting:
                found[number] += weight  # type: ignore[assignment]
        shared = {number: weight / (8 + self._sizes[number] ** 0.5) for number, weight in found.items()}
        return heapq.nlargest(CANDIDATES, shared.items(), key=lambda item: (item[1], -item[0]))

    def find(self, name: str) -> list[str]:
        """Identifiers of the candidates, the nearest first (`ranking.standing`)."""
        wanted = profile(name)
        ranked = [
            (self._standing(name, wanted, self._profiles[number], shared), number)
            for number, shared in self.candidates(name)
        ]
        ranked.sort(key=lambda item: (-item[0], item[1]))
        return [self._identifiers[number] for _, number in ranked]

    def _standing(self, name: str, wanted: Profile, company: Profile, shared: float) -> float:
        written = max((likeness_as_written(name, known.key.display) for known in company.names), default=0.0)
        return standing(compare(wanted, company, rarity=self._rarity), shared, written)


def load_companies(path: Path) -> dict[str, Profile]:
    """Companies to look up among, by identifier. Takes the columns that are there; a repeated identifier adds names.

    Identifier: `company_id`, `cik` or `code`. Names: `name`, `full_name_zh`, `name_en`; a trading short name is left
    out, since the look-ups ask for it. Facts: `country`, `city`, `domain`.
    """
    identified: dict[str, tuple[list[str], Mapping[str, str]]] = {}
    for row in read_rows(path):
        identifier = row.get("company_id") or row.get("cik") or row.get("code") or ""
        names = [row[column] for column in ("name", "full_name_zh", "name_en") if row.get(column)]
        if not identifier or not names:
            continue
        if identifier in identified:
            identified[identifier][0].extend(names)
        else:
            identified[identifier] = (names, row)
    return {
        identifier: profile(
            names[0],
            aliases=names[1:],
            country=row.get("country", ""),
            city=row.get("city", ""),
            domain=row.get("domain", ""),
        )
        for identifier, (names, row) in identified.items()
    }


def evaluate_lookups(rows: Iterable[Mapping[str, str]], finder_for: Callable[[str], Finder]) -> dict[str, LookupResult]:
    """Look names up (`query_name, target_file, target_id`) with a finder per file of companies."""
    by_file: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in rows:
        by_file[row["target_file"]].append(row)
    results: dict[str, LookupResult] = {}
    for file, queries in sorted(by_file.items()):
        finder = finder_for(file)
        first = five = 0
        times: list[float] = []
        for row in queries:
            started = time.perf_counter()
            found = list(finder.find(row["query_name"]))[:5]
            times.append((time.perf_counter() - started) * 1000)
            first += found[:1] == [row["target_id"]]
            five += row["target_id"] in found
        times.sort()
        results[file] = LookupResult(
            n=len(queries),
            first=round(first / len(queries), 4),
            first_five=round(five / len(queries), 4),
            p50_ms=round(_quantile(times, 0.5), 2),
            p95_ms=round(_quantile(times, 0.95), 2),
        )
    return results


def _quantile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)] if ordered else 0.0


def evaluate_directory(directory: Path, *, rarity: Rarity | None = None, lookups: bool = True) -> Evaluation:
    """Everything about `directory` (`org_pairs.csv`, `org_queries.csv`, `namesakes.csv`; companies in `../companies`).

    A file that is missing is measured as empty.
    """
    companies = directory.parent / "companies"
    pairs, speed = evaluate_pairs(_rows_if_there(directory / "org_pairs.csv"), rarity)
    found: dict[str, LookupResult] = {}
    if lookups:
        found = evaluate_lookups(
            _rows_if_there(directory / "org_queries.csv"),
            lambda file: MemoryFinder(load_companies(companies / file), rarity),
        )
    namesakes = evaluate_namesakes(_rows_if_there(directory / "namesakes.csv"), rarity)
    return Evaluation(pairs=pairs, lookups=found, namesakes=namesakes, comparisons_per_second=round(speed))


def _rows_if_there(path: Path) -> list[dict[str, str]]:
    return list(read_rows(path)) if path.is_file() else []
