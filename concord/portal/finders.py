"""Serve the few npm files that the pages use, and nothing else of `node_modules`.

The packages carry megabytes of variants, sources and examples, some of which a manifest storage cannot even
process. So the files are named one by one: what is not listed is neither served nor collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage, Storage

# Public static path -> file below node_modules. Source maps stand beside their file, as the manifest storage
# follows the reference to them.
NODE_FILES: dict[str, str] = {
    "vendor/tabler/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler/tabler.min.css.map": "@tabler/core/dist/css/tabler.min.css.map",
    "vendor/chart/chart.umd.min.js": "chart.js/dist/chart.umd.min.js",
    "vendor/chart/chart.umd.min.js.map": "chart.js/dist/chart.umd.min.js.map",
}


def node_modules() -> Path:
    """The folder that `npm ci` filled."""
    return Path(settings.NODE_MODULES)


class _NodeFile(FileSystemStorage):
    """One allowed file, stored under its npm path and known to staticfiles under its public path."""

    prefix = ""

    def path(self, name: str) -> str:
        return super().path(NODE_FILES[name])


class NodeModulesFinder(BaseFinder):
    """Finds exactly the files of `NODE_FILES`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.storage = _NodeFile(location=node_modules())
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [source for source in NODE_FILES.values() if not (node_modules() / source).is_file()]
        if not missing:
            return []
        return [
            Error(
                f"{len(missing)} front-end files are missing from {node_modules()}, the first is {missing[0]}.",
                hint="Install the assets of package-lock.json (npm ci) or point NODE_MODULES at them.",
                id="portal.E002",
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        source = NODE_FILES.get(path.replace("\\", "/"))
        found = node_modules() / source if source else None
        if found is None or not found.is_file():
            return []
        return [str(found)] if find_all else str(found)

    def list(self, ignore_patterns: object) -> Iterator[tuple[str, Storage]]:
        for public in NODE_FILES:
            yield public, self.storage
