"""From a template to a PDF."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext

from concord.documents.pdf.process import TIME_BUDGET_SECONDS, typesetting_process
from concord.documents.pdf.request import Image, Request


def render_pdf(
    template_name: str,
    context: Mapping[str, Any],
    *,
    language: str,
    stylesheets: Sequence[str] = (),
    images: Mapping[str, Image] | None = None,
    seconds: float = TIME_BUDGET_SECONDS,
) -> bytes:
    """Render a template in a language and lay it out as a tagged PDF with the portal's fonts embedded.

    ``stylesheets`` are templates too (they get the same context, so that a brand's colour can be said in them);
    ``images`` are shown as ``image:<name>``. The document can reach nothing else. The context has ``language`` (as
    HTML names it) and ``page_counter`` (a CSS value that says *page x of y*) in addition. The same input gives the same
    bytes. Raises ``PdfFailed``, ``PdfTimedOut`` and ``DocumentTooLong``.
    """
    with translation.override(language):
        whole = {**context, "language": translation.to_locale(language).replace("_", "-"), "page_counter": _counter()}
        request = Request(
            html=render_to_string(template_name, whole),
            stylesheets=tuple(render_to_string(name, whole) for name in stylesheets),
            images=images or {},
        )
    return typesetting_process.lay_out(request, seconds=seconds)


def _counter() -> str:
    """*Page x of y* as the value of CSS ``content``, in the active language."""
    # Translators: {page} and {pages} stand for the numbers, as in "Page 2 of 5".
    sentence = gettext("Page {page} of {pages}")
    quoted = sentence.replace("\\", "").replace('"', "'")
    return '"' + quoted.replace("{page}", '" counter(page) "').replace("{pages}", '" counter(pages) "') + '"'
