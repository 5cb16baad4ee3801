"""The engine stays pure: no database, no clock, no HTTP, no float, nothing of Django but its translations."""

import ast
from pathlib import Path

import pytest

import concord.pricing.engine
from concord.pricing import enums
from concord.pricing.engine import SOLD_STATUSES, PriceKind

FOLDER = Path(concord.pricing.engine.__file__).parent
ALLOWED = {
    "bisect",
    "collections",
    "collections.abc",
    "concord.portal.money",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "itertools",
    "json",
    "operator",
    "orjson",
    "typing",
}
LABELS_TOO = {"django.utils.translation", "django.utils.functional"}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.name)
def test_modules_import_only_what_is_pure_and_hold_no_float_or_clock(path):
    allowed = ALLOWED | (LABELS_TOO if path.name == "labels.py" else set())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert {alias.name for alias in node.names} <= allowed
        elif isinstance(node, ast.ImportFrom) and not str(node.module).startswith("concord.pricing.engine"):
            assert node.module in allowed
        elif isinstance(node, ast.Constant):
            assert not isinstance(node.value, float)
        elif isinstance(node, ast.Name):
            assert node.id != "float"
        elif isinstance(node, ast.Attribute):
            assert node.attr not in {"now", "utcnow", "today"}


def test_codes_are_those_of_the_catalogue():
    assert set(PriceKind) == set(enums.PriceKind.values) - {enums.PriceKind.PARTNER_NET}
    assert set(enums.Lifecycle.values) >= SOLD_STATUSES


def test_there_are_modules_to_look_at():
    assert len(list(FOLDER.glob("*.py"))) > 10
