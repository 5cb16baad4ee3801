"""The measure itself is right, and the matcher stays clearly above plain string measures on real labelled pairs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from concord.partners.matching.evaluate import (
    MemoryFinder,
    Scored,
    area_under_curve,
    at_threshold,
    best_threshold,
    evaluate_directory,
    evaluate_namesakes,
    evaluate_pairs,
    load_companies,
    read_rows,
    summarise,
)
from concord.partners.matching.reasons import message
from concord.partners.matching.score import compare, profile


def scored(*pairs: tuple[float, bool]) -> list[Scored]:
    return [Scored(score, "same" if score >= 0.9 else "review" if score >= 0.5 else "different", label)
            for score, label in pairs]  # fmt: skip


def test_area_under_the_curve():
    assert area_under_curve(scored((0.9, True), (0.8, True), (0.2, False))) == 1.0
    assert area_under_curve(scored((0.1, True), (0.8, False))) == 0.0
    assert area_under_curve(scored((0.5, True), (0.5, False))) == 0.5
    assert area_under_curve(scored((0.9, True), (0.6, False), (0.5, True), (0.1, False))) == 0.75
    assert area_under_curve(scored((0.9, True))) == 0.5, "nothing to tell apart"


def test_best_threshold_and_its_figures():
    sample = scored((0.95, True), (0.8, True), (0.7, False), (0.6, True), (0.1, False))
    assert best_threshold(sample) == 0.6
    assert at_threshold(sample, 0.6) == (0.75, 1.0, pytest.approx(6 / 7))
    result = summarise(sample)
    assert (result.n, result.precision, result.recall, result.f1) == (5, 0.75, 1.0, 0.8571)
    assert (result.same_precision, result.same_recall, result.review_share) == (1.0, 0.3333, 0.6)


def test_a_directory_without_files_is_measured_as_empty(tmp_path: Path):
    result = evaluate_directory(tmp_path / "matching")
    assert result.as_dict() == {
        "pairs": {},
        "lookups": {},
        "namesakes": {"n": 0, "taken_for_same": 0},
        "comparisons_per_second": 0,
    }


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)


def test_lookups_are_measured_among_the_companies_beside_the_directory(tmp_path: Path):
    _write(
        tmp_path / "companies" / "firms.csv",
        [
            {"company_id": "1", "name": "Moonlight Robotics GmbH", "country": "Germany", "domain": "moon.example.com"},
            {"company_id": "2", "name": "Moonlight Foods Inc.", "country": "France", "domain": ""},
            {"company_id": "3", "name": "广东申菱环境系统股份有限公司", "country": "China", "domain": ""},
        ],
    )
    _write(
        tmp_path / "matching" / "org_queries.csv",
        [
            {"query_name": "moonlight robotic", "target_file": "firms.csv", "target_id": "1"},
            {"query_name": "申菱环境", "target_file": "firms.csv", "target_id": "3"},
            {"query_name": "MOONLIGHT ROBOTICS", "target_file": "firms.csv", "target_id": "2"},
            {"query_name": "nobody at all", "target_file": "firms.csv", "target_id": "2"},
        ],
    )
    found = evaluate_directory(tmp_path / "matching").lookups["firms.csv"]
    assert (found.n, found.first, found.first_five) == (4, 0.5, 0.75)
    assert 0 < found.p50_ms <= found.p95_ms


def test_a_repeated_identifier_adds_a_name(tmp_path: Path):
    _write(
        tmp_path / "c" / "a.csv",
        [
            {"code": "7", "full_name_zh": "明月股份有限公司", "name_en": "Moon"},
            {"code": "7", "full_name_zh": "晨星股份有限公司", "name_en": ""},
        ],
    )
    companies = load_companies(tmp_path / "c" / "a.csv")
    assert [name.key.core for name in companies["7"].names] == ["明月", "moon", "晨星"]
    assert MemoryFinder(companies).find("晨星") == ["7"]


# F1 and area under the curve that the best plain measure (trigram similarity or a weighted ratio) reaches at its best
# threshold; the matcher must stay above it by a clear margin.
BASELINES = {
    "exchange_lists": (0.78, 0.93),
    "sec_names/without_renames": (0.62, 0.86),
    "patent_applicants": (0.93, 0.94),
    "sibur_pairs": (0.69, 0.85),
    "a_share_names/zh": (0.82, 0.82),
    "a_share_names/zh-en": (0.67, 0.50),
    "zh_abbreviations": (0.82, 0.82),
}


def test_the_matcher_beats_plain_measures_on_real_pairs(shared_data: Path):
    results, _ = evaluate_pairs(read_rows(shared_data / "matching" / "org_pairs.csv"))
    for source, (f1, auc) in BASELINES.items():
        assert results[source].f1 >= f1 + 0.05, source
        assert results[source].auc >= auc + 0.05, source
    for source, result in results.items():
        assert result.same_precision >= 0.98, f"{source}: taken for the same without being so"


def test_no_namesake_is_taken_for_the_same(shared_data: Path):
    result = evaluate_namesakes(read_rows(shared_data / "matching" / "namesakes.csv"))
    assert result.n > 30
    assert result.taken_for_same == 0


def test_every_reason_of_real_pairs_has_its_sentence(shared_data: Path):
    rows = list(read_rows(shared_data / "matching" / "org_pairs.csv"))[::7]
    for row in rows:
        match = compare(
            profile(row["name_a"], country=row["country_a"]), profile(row["name_b"], country=row["country_b"])
        )
        assert match.reasons
        assert all(message(reason) for reason in match.reasons)
