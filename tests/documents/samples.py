"""Real documents, and hostile ones, from the data folder that lies beside the project; and small ones made here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from concord.documents.actions.collateral import add_collateral
from concord.documents.models import Collateral
from concord.portal.actor import portal_actor
from concord.portal.enums import Door

PROJECT = Path(__file__).resolve().parents[2]
PLAIN_TEXT = b"Torque 12 Nm, sealed against dust.\n"


def data_file(*parts: str) -> Path:
    """A file of the data folder; the test is skipped where the folder is not."""
    for folder in (PROJECT.parent / "shared", PROJECT.parent.parent / "shared"):
        path = folder.joinpath("data", *parts)
        if path.exists():
            return path
    pytest.skip("the data folder is not here")


def make_collateral(title: str = "Data sheet", *, content: bytes = PLAIN_TEXT, name: str = "sheet.txt", **facts):
    """A released document, stored through the action."""
    return add_collateral(actor=portal_actor(Door.SHELL), title=title, file=ContentFile(content, name=name), **facts)


def stored(path: Path, **facts) -> Collateral:
    """A document made of a real file."""
    return make_collateral(path.stem, content=path.read_bytes(), name=path.name, **facts)


def archive(parts: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP file made of parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return buffer.getvalue()
