"""How well names are matched, and how fast two are compared.

``MATCHING_DATA`` names a folder as ``manage.py evaluate_matching`` takes it. Without it, the short and legal names of
the customers that the project carries are the pairs that match, neighbours in the alphabet those that do not.
"""

from __future__ import annotations

import csv
import itertools
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.frame import Case
from bench.server import Server

PROJECT = Path(__file__).resolve().parents[2]


class Matching:
    """The figures of ``evaluate_matching``; what is timed is one comparison of two names."""

    name = "matching"
    title = "Comparing two names"
    sizes: Sequence[int] = (1,)
    quick: Sequence[int] = (1,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Evaluate once."""
        from concord.partners.matching.evaluate import evaluate_directory
        from concord.partners.matching.score import compare, profile

        given = os.environ.get("MATCHING_DATA", "")
        with tempfile.TemporaryDirectory() as made:
            if not given:
                _write_own_pairs(Path(made))
            evaluation = evaluate_directory(Path(given or made))
        figures: dict[str, float] = {"comparisons_per_second": evaluation.comparisons_per_second}
        for source, pairs in evaluation.pairs.items():
            figures |= {f"{source} F1": pairs.f1, f"{source} AUC": pairs.auc, f"{source} same": pairs.same_precision}
        for file, found in evaluation.lookups.items():
            figures |= {f"{file} first": found.first, f"{file} first five": found.first_five}
        if evaluation.namesakes.n:
            figures["namesakes taken for the same"] = evaluation.namesakes.taken_for_same
        names = [(row["short_name"] or row["legal_name"], row["legal_name"]) for row in _own_customers()]

        def product(number: int) -> object:
            left, right = names[number % len(names)]
            return compare(profile(left), profile(right))

        return Case(product, calls=500, figures=figures)


def _own_customers() -> list[dict[str, str]]:
    with (PROJECT / "data" / "customers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write_own_pairs(folder: Path) -> None:
    rows = sorted(_own_customers(), key=lambda row: row["legal_name"])
    with (folder / "org_pairs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["pair_id", "source", "lang", "relation", "kind", "name_a", "name_b", "label"])
        numbers = itertools.count(1)
        for one, other in itertools.pairwise(rows):
            if one["short_name"] and one["short_name"] != one["legal_name"]:
                names = [one["short_name"], one["legal_name"]]
                writer.writerow([next(numbers), "own_customers", "en", "same_legal_entity", "short", *names, 1])
            names = [one["legal_name"], other["legal_name"]]
            writer.writerow([next(numbers), "own_customers", "en", "same_legal_entity", "near_name", *names, 0])
