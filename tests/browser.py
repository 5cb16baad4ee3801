"""A real browser for tests: Debian's Chromium, with the Chinese font of the product, watched for errors and looked at.

`open_page(path, …)` gives a page that fails the test when its console complains; `look_at(page, name)` judges it with
axe, refuses sideways scrolling, and keeps a picture in `test-artefacts/`.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

PROJECT = Path(__file__).resolve().parents[1]
ARTEFACTS = PROJECT / "test-artefacts" / "pages"
AXE = PROJECT / "node_modules" / "axe-core" / "axe.min.js"
FONTS = PROJECT / "node_modules" / "@expo-google-fonts" / "noto-sans-sc"
WIDTHS = {"desk": 1280, "phone": 390}
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _fontconfig(folder: Path) -> Path:
    """Make the product's own Chinese font known to the browser: no font of the system is needed."""
    weights = "".join(f"<dir>{FONTS / weight}</dir>" for weight in ("400Regular", "600SemiBold", "700Bold"))
    file = folder / "fonts.conf"
    file.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
        f"{weights}<cachedir>{folder / 'cache'}</cachedir></fontconfig>",
        encoding="utf-8",
    )
    return file


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    # Playwright's loop runs in this thread while Django's live server runs in another.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is needed for the browser tests; `make test` installs it"
    fonts = _fontconfig(tmp_path_factory.mktemp("fonts"))
    return {
        **browser_type_launch_args,
        "executable_path": program,
        "args": CHROMIUM_ARGUMENTS,
        "env": {**os.environ, "FONTCONFIG_FILE": str(fonts)},
    }


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Open a path in a fresh context: `open_page("/deals/", width=390, theme="dark", language="zh-hans")`."""
    contexts = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # A refusal that the test provokes shows up as a failed resource; what is not expected fails in the test itself.
        if message.type in {"error", "warning"} and not re.search(r"status of (400|403|404|409|422|429)", message.text):
            complaints.append(message.text)

    def open_(
        path: str, *, width: int = 1280, theme: str = "light", language: str = "en", session: str = "", **context: Any
    ) -> Page:
        made = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            reduced_motion="reduce",
            base_url=live_server.url,
            **context,
        )
        contexts.append(made)
        cookies = [{"name": "django_language", "value": language, "url": live_server.url}]
        if session:
            cookies.append({"name": "sessionid", "value": session, "url": live_server.url})
        made.add_cookies(cookies)
        page = made.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == [], complaints


def violations(page: Page) -> list[str]:
    """What axe finds that matters: serious or critical, with the element."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async () => (await axe.run(document)).violations
            .filter((one) => ["serious", "critical"].includes(one.impact))
            .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)"""
    )
    return list(found)


def look_at(page: Page, name: str) -> None:
    """Keep a picture, and hold the page to what every page promises."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)
    found = violations(page)
    assert found == [], "\n".join(found)
    sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert sideways <= 0, f"{name} scrolls sideways by {sideways} px"
