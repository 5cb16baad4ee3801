"""``manage.py evaluate_matching`` says what it measured, or why it cannot."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.core.management import CommandError, call_command


def test_it_says_what_is_missing(tmp_path):
    with pytest.raises(CommandError, match="is not a folder"):
        call_command("evaluate_matching", tmp_path / "nowhere")
    with pytest.raises(CommandError, match="holds no labelled pairs"):
        call_command("evaluate_matching", tmp_path)
    (tmp_path / "org_pairs.csv").write_text("left,right\na,b\n")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate_matching", tmp_path)


def test_it_says_what_it_measured(tmp_path):
    with (tmp_path / "org_pairs.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("source", "lang", "kind", "name_a", "name_b", "country_a", "country_b", "label"))
        writer.writerow(("invented", "de", "near", "Brückner Pressen GmbH", "Brueckner Pressen GmbH", "DE", "DE", "1"))
        writer.writerow(("invented", "de", "near", "Nordwind Pumpen AG", "Silberbach Optik KG", "DE", "DE", "0"))
    out = io.StringIO()
    call_command("evaluate_matching", tmp_path, "--json", "--without-lookups", stdout=out)
    figures = json.loads(out.getvalue())["pairs"]["invented"]
    assert (figures["n"], figures["precision"], figures["recall"]) == (2, 1.0, 1.0)
    out = io.StringIO()
    call_command("evaluate_matching", tmp_path, "--without-lookups", stdout=out)
    assert "invented" in out.getvalue()
    assert "comparisons a second" in out.getvalue()
