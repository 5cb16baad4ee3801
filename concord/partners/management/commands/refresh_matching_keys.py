"""Fill the keys that customers are found by anew."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand

from concord.partners.actions.matching_keys import BATCH, begin_refresh, refresh_some
from concord.partners.queries.matching_keys import stale_version


class Command(BaseCommand):
    """``manage.py refresh_matching_keys [--all] [--batch N]``: while people work; go on by calling it again."""

    help = "Fills customers' matching keys anew where a new release makes them otherwise; does nothing where it has."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Which customers, and how many in one transaction."""
        parser.add_argument("--all", action="store_true", help="from the first customer, though nothing has changed")
        parser.add_argument("--batch", type=int, default=BATCH, metavar="N", help="customers in one transaction")

    def handle(self, *args: Any, **options: Any) -> None:
        """Batch by batch, each a transaction of its own; says how many customers were looked at and changed."""
        if options["all"]:
            begin_refresh()
        elif stale_version() is None:
            self.stdout.write("All keys are of the matcher in use.")
            return
        examined = changed = 0
        while True:
            step = refresh_some(most=max(1, options["batch"]))
            examined, changed = examined + step.examined, changed + step.changed
            if step.is_finished:
                break
            if options["verbosity"] > 1:
                self.stdout.write(f"{examined:,} customers, {changed:,} with other keys …")
        self.stdout.write(f"{examined:,} customers looked at, the keys of {changed:,} changed.")
