"""No inline code in templates: the content security policy would silently drop it in the browser.

Templates for PDF and e-mail are exempt: no policy reaches them, and both need their style inside.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
EXEMPT_FOLDERS = {"pdf", "email", "mail"}
DATA_SCRIPT_TYPES = {"application/json", "application/ld+json", "text/template"}
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)
TEMPLATE_COMMENT = re.compile(r"\{%\s*comment.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)


class InlineCode(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script" and "src" not in values and values.get("type", "") not in DATA_SCRIPT_TYPES:
            self._report("inline <script>")
        if tag == "style":
            self._report("inline <style>")
        for name, value in values.items():
            if name == "style":
                self._report(f"style attribute on <{tag}>")
            elif name.startswith(("on", "hx-on", "data-hx-on")):
                self._report(f"{name} handler on <{tag}>")
            elif value.strip().lower().startswith(("javascript:", "js:")):
                self._report(f"code in {name} of <{tag}>")

    def _report(self, what: str) -> None:
        self.found.append((self.getpos()[0], what))


def _blank(match: re.Match[str]) -> str:
    """Take a template tag out of the parser's sight without moving a line; a value stays a value."""
    return (
        "x" + "\n" * match.group().count("\n") if match.group().startswith("{{") else "\n" * match.group().count("\n")
    )


def inline_code(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    text = TEMPLATE_COMMENT.sub(_blank, text)
    text = TEMPLATE_TAG.sub(_blank, text)
    parser = InlineCode()
    parser.feed(text)
    parser.close()
    for line, what in parser.found:
        yield f"{path.relative_to(PROJECT)}:{line}: {what}"


def templates() -> Iterator[Path]:
    for path in sorted(PROJECT.glob("concord/*/templates/**/*.html")):
        if not EXEMPT_FOLDERS & set(path.parts):
            yield path


def main() -> int:
    found = [problem for path in templates() for problem in inline_code(path)]
    print("\n".join(found) if found else "No inline code in the templates.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
