"""The pages that editors write."""

from concord.cms.models.lead_form import LeadFormPage
from concord.cms.models.pages import (
    ArticlePage,
    HomePage,
    KnowledgeIndexPage,
    NewsIndexPage,
    NewsPage,
    ProgrammePage,
)
from concord.cms.models.reading import NewsRead

__all__ = [
    "ArticlePage",
    "HomePage",
    "KnowledgeIndexPage",
    "LeadFormPage",
    "NewsIndexPage",
    "NewsPage",
    "NewsRead",
    "ProgrammePage",
]
