"""Measure the matcher on labelled pairs and look-ups."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from concord.partners.matching.evaluate import Evaluation, evaluate_directory


class Command(BaseCommand):
    """``manage.py evaluate_matching DIR [--json] [--without-lookups]``: no database is touched."""

    help = "Prints how well company names are matched: precision, recall, F1, AUC, look-ups, namesakes, speed."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Where the files are, and how to say the figures."""
        parser.add_argument("directory", type=Path, help="folder with the labelled CSV files")
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument("--without-lookups", action="store_true", help="leave out the slow part")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure and print."""
        directory: Path = options["directory"]
        if not directory.is_dir():
            raise CommandError(f"{directory} is not a folder.")
        try:
            evaluation = evaluate_directory(directory, lookups=not options["without_lookups"])
        except (KeyError, ValueError, OSError) as error:
            raise CommandError(f"{directory} cannot be read: {error!r}") from error
        if not evaluation.pairs and not evaluation.lookups:
            raise CommandError(f"{directory} holds no labelled pairs or look-ups.")
        if options["json"]:
            self.stdout.write(json.dumps(evaluation.as_dict(), indent=2))
        else:
            self._say(evaluation)

    def _say(self, evaluation: Evaluation) -> None:
        self.stdout.write(
            f"{'pairs':28} {'n':>7} {'prec.':>6} {'recall':>6} {'F1':>6} {'AUC':>6}"
            f" {'same p':>6} {'same r':>6} {'review':>6}"
        )
        for name, pairs in evaluation.pairs.items():
            verdicts = (pairs.same_precision, pairs.same_recall, pairs.review_share)
            figures = (pairs.precision, pairs.recall, pairs.f1, pairs.auc, *verdicts)
            self.stdout.write(f"{name:28} {pairs.n:7} " + " ".join(f"{figure:6.3f}" for figure in figures))
        if evaluation.lookups:
            self.stdout.write(f"\n{'look-ups':28} {'n':>7} {'first':>6} {'top 5':>6} {'p50 ms':>6} {'p95 ms':>6}")
        for name, found in evaluation.lookups.items():
            shares = f"{found.first:6.3f} {found.first_five:6.3f} {found.p50_ms:6.2f} {found.p95_ms:6.2f}"
            self.stdout.write(f"{name:28} {found.n:7} {shares}")
        namesakes = evaluation.namesakes
        if namesakes.n:
            self.stdout.write(f"\nnamesakes taken for the same: {namesakes.taken_for_same} of {namesakes.n}")
        self.stdout.write(f"\n{evaluation.comparisons_per_second:,.0f} comparisons a second")
