"""The lint finds what the browser's policy would drop, and nothing else."""

from __future__ import annotations

import pytest

from ops import template_lint


def problems(tmp_path, monkeypatch, text):
    monkeypatch.setattr(template_lint, "PROJECT", tmp_path)
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    return [problem.partition(": ")[2] for problem in template_lint.inline_code(path)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("<script>alert(1)</script>", "inline <script>"),
        ("<style>p { color: red }</style>", "inline <style>"),
        ('<p style="color: red">', "style attribute on <p>"),
        ('<button onclick="go()">', "onclick handler on <button>"),
        ('<form hx-on:htmx:after-request="go()">', "hx-on:htmx:after-request handler on <form>"),
        ('<a href="javascript:go()">', "code in href of <a>"),
        ("<div hx-vals='js:{now: Date.now()}'>", "code in hx-vals of <div>"),
        ('<p {% if wide %}class="x"{% endif %} style="width: {{ width }}">', "style attribute on <p>"),
    ],
)
def test_inline_code_is_found(tmp_path, monkeypatch, text, found):
    assert problems(tmp_path, monkeypatch, text) == [found]


@pytest.mark.parametrize(
    "text",
    [
        '<script src="{% static "portal/app.js" %}" defer></script>',
        '<script type="application/json" id="data">{"a": 1}</script>',
        '<p class="{% if a > b %}more{% endif %}" data-on="x">{{ text }}</p>',
        "{# <style>never sent</style> #}{% comment %}<script>x</script>{% endcomment %}<p>text</p>",
        '<a href="{{ page.url }}">onclick="in the text"</a>',
    ],
)
def test_clean_templates_pass(tmp_path, monkeypatch, text):
    assert problems(tmp_path, monkeypatch, text) == []


def test_the_line_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(template_lint, "PROJECT", tmp_path)
    path = tmp_path / "page.html"
    path.write_text("{% comment %}\nthree\nlines{% endcomment %}\n<style></style>", encoding="utf-8")
    assert list(template_lint.inline_code(path)) == ["page.html:4: inline <style>"]
