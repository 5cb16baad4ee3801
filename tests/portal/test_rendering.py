"""The API's answers: the bytes that DRF itself would write, whatever stands in them."""

from __future__ import annotations

import enum
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer
from rest_framework.settings import api_settings

from concord.portal.api.rendering import FastJSONRenderer


class Pair(NamedTuple):
    first: int
    second: str


class Code(enum.StrEnum):
    GOOD = "good"


ANSWERS = [
    {"text": '继电器 “quoted” \\ " \n \t \x00 \x1f \x7f </script> \u2028 \u2029 🙂'},
    {"at": datetime(2026, 3, 1, 12, 30, 0, 120, UTC), "on": date(2026, 3, 1)},
    {"elsewhere": datetime.fromisoformat("2026-03-01T12:30:00+08:00"), "long": timedelta(hours=5)},
    {"id": uuid.UUID(int=7), "share": Decimal("0.25"), "rate": 0.1, "large": 123456.5},
    {"said": gettext_lazy("Customer price"), "code": Code.GOOD, "pair": Pair(1, "b"), "set": (1, None, True, False)},
    {"beyond": 2**64, "least": -(2**63), 3: "a key that is no text"},
    [],
    None,
    "a text",
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_bytes_are_those_of_drf(answer):
    assert FastJSONRenderer().render(answer) == JSONRenderer().render(answer)


def test_indented_where_that_is_asked_for():
    asked = "application/json; indent=2"
    assert FastJSONRenderer().render({"a": [1]}, asked) == JSONRenderer().render({"a": [1]}, asked)
    assert b"\n" in FastJSONRenderer().render({"a": [1]}, asked)


def test_what_has_no_form_is_refused():
    with pytest.raises(TypeError):
        FastJSONRenderer().render({"what": object()})


def test_every_view_renders_by_it():
    (renderer,) = api_settings.DEFAULT_RENDERER_CLASSES
    assert renderer is FastJSONRenderer
