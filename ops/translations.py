"""Message catalogues without GNU gettext: compile them, bring them up to date, and find what is not translated.

Each package under `concord/` has its own catalogue, `locale/<language>/LC_MESSAGES/django.po`. A message that a lower
package has translated already is not repeated: Django looks through all of them.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("portal", "partners", "documents", "pricing", "deals", "cms")  # lowest first
LANGUAGES = {"zh_Hans": "zh_Hans_CN"}  # Django's folder, Babel's name for it

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")

KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def catalogue_path(package: str, language: str) -> Path:
    return PROJECT / "concord" / package / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogues() -> Iterator[Path]:
    return PROJECT.glob("concord/*/locale/*/LC_MESSAGES/*.po")


# -- compiling -------------------------------------------------------------------------------------------------------


def outdated() -> list[Path]:
    """Catalogues whose compiled form is missing or older. Standard library only: asked before Babel is installed."""
    found = []
    for path in catalogues():
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns:
            found.append(path)
    return found


def compile_all() -> None:
    from babel.messages.mofile import write_mo

    for path in outdated():
        buffer = io.BytesIO()
        write_mo(buffer, read(path), use_fuzzy=False)
        temporary = path.with_suffix(".mo.new")
        temporary.write_bytes(buffer.getvalue())
        temporary.replace(path.with_suffix(".mo"))


def read(path: Path) -> Catalog:
    from babel.messages.pofile import read_po

    with path.open("rb") as handle:
        return read_po(handle, locale=LANGUAGES[path.parents[1].name], domain=path.stem, abort_invalid=True)


# -- collecting ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Found:
    """A message as the code has it, and where."""

    id: str | tuple[str, ...]
    context: str | None
    place: tuple[str, int]
    comments: tuple[str, ...]
    python_format: bool

    @property
    def key(self) -> tuple[str, str | None]:
        """Catalogues know a plural message by its singular."""
        return (self.id if isinstance(self.id, str) else self.id[0], self.context)


def messages_in(package: str) -> Iterator[Found]:
    root = PROJECT / "concord" / package
    for path in sorted(root.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield from _extract(path, path.read_text(encoding="utf-8"))
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield from _extract(path, _template_as_python(path))


def _template_as_python(path: Path) -> str:
    """Django rewrites a template so that only its messages are left; indentation would confuse Python's tokenizer."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure()
    rewritten = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return "\n".join(line.strip() for line in rewritten.split("\n"))


def _extract(path: Path, source: str) -> Iterator[Found]:
    from babel.messages.catalog import PYTHON_FORMAT
    from babel.messages.extract import extract

    place = str(path.relative_to(PROJECT))
    stream = io.BytesIO(source.encode())
    for line, message, comments, context in extract(
        "python", stream, KEYWORDS, ("Translators:",), {"encoding": "utf-8"}
    ):
        parts = (message,) if isinstance(message, str) else message
        formatted = any(PYTHON_FORMAT.search(part) for part in parts)
        yield Found(message, context, (place, line), tuple(comments), formatted)


def update() -> None:
    """Write every package's catalogue anew from its code and templates, keeping the translations there are."""
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    for language, locale in LANGUAGES.items():
        below: set[tuple[str, str | None]] = set()
        for package in PACKAGES:
            template = Catalog(project="Concord", copyright_holder="The Concord authors", fuzzy=False)
            for found in messages_in(package):
                if found.key not in below:
                    template.add(
                        found.id,
                        locations=[(found.place[0], 0)],
                        auto_comments=found.comments,
                        context=found.context,
                        flags={"python-format"} if found.python_format else set(),
                    )
            path = catalogue_path(package, language)
            catalogue = read(path) if path.exists() else Catalog(locale=locale, project="Concord", fuzzy=False)
            catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
            catalogue.obsolete.clear()
            path.parent.mkdir(parents=True, exist_ok=True)
            buffer = io.BytesIO()
            # No line numbers: they would change the file with every edit of the code.
            write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False)
            path.write_bytes(buffer.getvalue())
            below |= {key(message) for message in catalogue if message.id}


def key(message: Message) -> tuple[str, str | None]:
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


# -- checking --------------------------------------------------------------------------------------------------------


def problems() -> list[str]:
    """Every message that lacks a translation, and every translation that would not work."""
    report: list[str] = []
    for language in LANGUAGES:
        translated: set[tuple[str, str | None]] = set()
        for package in PACKAGES:
            path = catalogue_path(package, language)
            if path.exists():
                catalogue = read(path)
                report += _broken(path, catalogue)
                translated |= {key(message) for message in catalogue if message.id and _complete(message)}
            report += [
                f"{found.place[0]}:{found.place[1]}: no {language} translation of {found.key[0]!r}"
                for found in messages_in(package)
                if found.key[0] and found.key not in translated
            ]
    return report


def _complete(message: Message) -> bool:
    texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return bool(texts) and all(texts) and not message.fuzzy


def _broken(path: Path, catalogue: Catalog) -> Iterator[str]:
    """Translations whose placeholders are not those of the message: they would fail, or leave something out."""
    for message in catalogue:
        if not message.id or not _complete(message):
            continue
        ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        texts = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        wanted = _placeholders(ids[-1])  # of a plural message the plural form: the singular may leave the number out
        for text in texts:
            if _placeholders(text) != wanted:
                place = f"{path.relative_to(PROJECT)}:{message.lineno}"
                yield f"{place}: the translation of {ids[0]!r} has other placeholders: {text!r}"


def _placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text.replace("%%", "")))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.translations", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("compile", "update", "check"))
    command = parser.parse_args(arguments).command
    if command == "compile":
        compile_all()
    elif command == "update":
        update()
    else:
        found = problems()
        print("\n".join(found) if found else "Every message is translated.")
        return 1 if found else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
