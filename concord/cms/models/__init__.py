"""The pages that editors write."""

from concord.cms.models.pages import (
    ArticlePage,
    HomePage,
    KnowledgeIndexPage,
    NewsIndexPage,
    NewsPage,
    ProgrammePage,
)

__all__ = [
    "ArticlePage",
    "HomePage",
    "KnowledgeIndexPage",
    "NewsIndexPage",
    "NewsPage",
    "ProgrammePage",
]
