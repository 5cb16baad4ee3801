"""Habits that keep doors thin and the scope whole, held by reading the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from concord.portal.scoping import ScopedModel

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = ("portal", "partners", "documents", "pricing", "deals", "cms")
DOORS = ("views", "api", "desk", "panels", "forms", "filters", "tables")
LONGEST_FILE = 450


def sources() -> Iterator[Path]:
    for package in PACKAGES:
        for path in sorted((PROJECT / "concord" / package).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def is_door(path: Path) -> bool:
    parts = path.relative_to(PROJECT / "concord").parts[1:]
    return any(part.removesuffix(".py") in DOORS for part in parts)


def test_no_door_steps_out_of_the_scope() -> None:
    offenders = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in sources()
        if is_door(path) and "portal" not in path.relative_to(PROJECT / "concord").parts[:1]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"unscoped", "objects_for_django"}
    ]
    assert offenders == []


def test_no_door_writes_by_itself() -> None:
    writing = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
    offenders = [
        f"{path.relative_to(PROJECT)}:{node.lineno} {node.func.attr}"
        for path in sources()
        if is_door(path) and "portal" not in path.relative_to(PROJECT / "concord").parts[:1]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writing
    ]
    assert offenders == []


def test_every_model_with_a_partner_is_scoped() -> None:
    """A partner's rows raise when the scope is forgotten. The exceptions are read through scoped parents only."""
    read_through_a_parent = {"ConflictCheck", "Download", "QuoteNumber", "UnmetDemand", "PriceCommitment"}
    rules_of_the_vendor = {"RegistrationBenefit", "SpecialPrice"}
    unscoped = {
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("concord.")
        and not issubclass(model, ScopedModel)
        and any(
            field.name in {"partner", "partner_id"} and isinstance(field, models.Field)
            for field in model._meta.get_fields()
        )
    }
    assert unscoped <= read_through_a_parent | rules_of_the_vendor


@pytest.mark.parametrize("path", list(sources()), ids=lambda path: str(path.relative_to(PROJECT)))
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= LONGEST_FILE
