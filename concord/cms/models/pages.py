"""Home, news, knowledge base and programme. The home page's dashboard is filled by the packages' panels."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link", "hr"]


class HomePage(Page):
    """The root of one language's pages."""

    introduction = RichTextField(_("introduction"), features=_FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    subpage_types = ["cms.NewsIndexPage", "cms.KnowledgeIndexPage", "cms.ProgrammePage", "cms.LeadFormPage"]
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("home page")


class NewsIndexPage(Page):
    """All news, newest first."""

    subpage_types = ["cms.NewsPage"]
    parent_page_types = ["cms.HomePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("news")


class NewsPage(Page):
    """One piece of news."""

    published_on = models.DateField(_("date"))
    summary = models.CharField(_("summary"), max_length=300)
    body = RichTextField(_("text"), features=_FEATURES, blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("published_on"),
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    subpage_types: list[str] = []
    parent_page_types = ["cms.NewsIndexPage"]

    class Meta:
        verbose_name = _("news item")


class KnowledgeIndexPage(Page):
    """The knowledge base."""

    introduction = RichTextField(_("introduction"), features=_FEATURES, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    subpage_types = ["cms.ArticlePage"]
    parent_page_types = ["cms.HomePage"]
    max_count_per_parent = 1

    class Meta:
        verbose_name = _("knowledge base")


class ArticlePage(Page):
    """One answer of the knowledge base."""

    summary = models.CharField(_("summary"), max_length=300, blank=True)
    body = RichTextField(_("text"), features=_FEATURES)

    content_panels = [*Page.content_panels, FieldPanel("summary"), FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("summary"), index.SearchField("body")]
    subpage_types: list[str] = []
    parent_page_types = ["cms.KnowledgeIndexPage"]

    class Meta:
        verbose_name = _("article")


class ProgrammePage(Page):
    """How the programme works: rules, tiers and benefits in words."""

    body = RichTextField(_("text"), features=_FEATURES)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    search_fields = [*Page.search_fields, index.SearchField("body")]
    subpage_types: list[str] = []
    parent_page_types = ["cms.HomePage"]

    class Meta:
        verbose_name = _("programme page")
