"""``manage.py import_file KIND FILE``: the same import as through desk and API, with a progress bar."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from concord.portal.actor import portal_actor
from concord.portal.enums import Door
from concord.portal.imports import import_kinds, words_of
from concord.portal.imports.mapping import described, in_parts
from concord.portal.imports.runs import carry_out, start_import
from concord.portal.models import ImportRun
from concord.portal.refusals import InvalidInput, Refusal

WIDTH = 30
#: lines shown of each part of the mapping
SHOWN = 12


class Command(BaseCommand):
    """Imports a file as the portal itself; the run is kept and shown in the desk like any other."""

    help = "Imports a CSV or XLSX file of products, prices, stock, customers, partners …"

    def add_arguments(self, parser: CommandParser) -> None:
        """What to import, from where, and how."""
        parser.add_argument("kind", choices=sorted(import_kinds))
        parser.add_argument("file", type=Path)
        parser.add_argument("--list", default="", help="Prices: the code of the price list.")
        parser.add_argument(
            "--publish",
            nargs="?",
            const="now",
            default="",
            metavar="MOMENT",
            help="Prices: publish the version now, or from a moment such as 2026-01-01T00:00:00Z.",
        )
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="Any other option of the kind, such as new_warehouses=true. " + _explained(),
        )
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen, store nothing.")
        parser.add_argument(
            "--accept-good-rows", action="store_true", help="Store the good rows although some are wrong."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Hand the file in, carry the run out at once, and print what became of it."""
        path: Path = options["file"]
        bar = Bar(self, f"{options['kind']} {path.name}")
        try:
            with path.open("rb") as file:
                run = start_import(
                    actor=portal_actor(Door.SHELL),
                    kind=options["kind"],
                    file=File(file),
                    file_name=path.name,
                    options=chosen(options),
                    dry_run=options["dry_run"],
                    accept_good_rows=options["accept_good_rows"],
                )
        except (OSError, Refusal) as error:
            raise CommandError(_sentence(error)) from error
        run = carry_out(run.pk, now=timezone.now(), progress=bar)
        bar.finish(run)
        self._say_mapping(run)
        if run.state == ImportRun.State.DONE and run.message:
            self.stdout.write(run.message)
        if run.state != ImportRun.State.DONE:
            raise CommandError(self._reasons(run))

    def _say_mapping(self, run: ImportRun) -> None:
        """What of the file becomes what, the frequent lines of each part."""
        for part in in_parts(described(run.mapping, words_of(run.kind)), shown=SHOWN):
            self.stdout.write(f"\n{part.label}")
            for line in part.lines:
                what = " → ".join(one for one in (line.theirs, line.ours) if one)
                how = " – ".join(one for one in (line.how_label, line.note) if one)
                self.stdout.write(f"  {line.rows:>8,}  {what}  ({how})" if how else f"  {line.rows:>8,}  {what}")
            if part.more:
                self.stdout.write(f"            … {part.more:,}")

    def _reasons(self, run: ImportRun) -> str:
        lines = [run.message]
        if run.rejections:
            with run.rejections.open("rb") as file:
                lines += [line.decode("utf-8-sig").rstrip() for line in file.readlines()[:21]]
        return "\n".join(lines)


def _explained() -> str:
    """What the options of each kind mean."""
    return " ".join(
        f"{kind.code}: " + "; ".join(f"{name} = {text}" for name, text in kind.option_help.items()) + "."
        for kind in import_kinds.values()
        if kind.option_help
    )


def chosen(options: dict[str, Any]) -> dict[str, Any]:
    """The options of the kind, out of those of the command line."""
    found: dict[str, Any] = {}
    if options["list"]:
        found["list"] = options["list"]
    if options["publish"]:
        found["publish_at"] = options["publish"]
    for pair in options["option"]:
        name, equals, value = pair.partition("=")
        if not equals:
            raise CommandError(f"{pair}: write NAME=VALUE")
        found[name] = value
    return found


def _sentence(error: Exception) -> str:
    if isinstance(error, InvalidInput):
        return " ".join(f"{one.pointer}: {one.message}" for one in error.errors)
    return str(error)


class Bar:
    """A progress bar on a terminal; one line at the end elsewhere."""

    def __init__(self, command: BaseCommand, label: str) -> None:
        self._out = command.stdout
        self._label = label
        self._live = sys.stdout.isatty()

    def __call__(self, done: int, total: int) -> None:
        if not self._live:
            return
        share = min(done / total, 1) if total else 0
        drawn = "█" * round(share * WIDTH)
        self._out.write(f"\r{self._label:<40.40} {drawn:<{WIDTH}} {done:>9,}", ending="")
        self._out.flush()

    def finish(self, run: ImportRun) -> None:
        """The counts."""
        counts = (
            f"{run.rows:,} rows: {run.created:,} created, {run.updated:,} updated, {run.unchanged:,} unchanged,"
            f" {run.rejected:,} rejected"
        )
        self._out.write(f"{chr(13) if self._live else ''}{self._label:<40.40} {counts:<60}")
