"""The library's part of the search across everything."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from concord.documents.queries.library import Filters, excerpt_of, library
from concord.portal.actor import Actor
from concord.portal.registry import SearchProvider, SearchResult


def _search(actor: Actor, text: str, limit: int) -> Sequence[SearchResult]:
    rows = library(actor=actor, now=timezone.now(), filters=Filters(text=text))[:limit]
    return [
        SearchResult(
            title=document.title,
            url=document.page_url,
            kind=document.get_kind_display(),
            icon="file-text",
            summary=excerpt_of(document),
        )
        for document in rows
    ]


LIBRARY = SearchProvider("library", 60, _search)
