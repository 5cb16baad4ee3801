"""The text that a file holds, for the search."""

from __future__ import annotations

from concord.documents.files.check import FileRefused, kind_of
from concord.documents.files.process import ChildFailed, Source, ask_child


def text_of(name: str, source: Source) -> str:
    """The text of a file, at most 200,000 characters; empty for pictures, scans, and files that cannot be read."""
    try:
        found = ask_child("text", source, kind_of(name))
    except (ChildFailed, FileRefused):
        return ""
    text = found.decode("utf-8", "replace").replace("\x00", " ")
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())
