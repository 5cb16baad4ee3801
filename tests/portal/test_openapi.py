"""The description of the API that other systems generate their clients from."""

from __future__ import annotations

from django.core.management import call_command


def test_it_is_valid_and_no_two_shapes_share_a_name(db, tmp_path):
    file = tmp_path / "schema.yml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(file))
    assert "openapi: 3.1" in file.read_text(encoding="utf-8")[:200]
