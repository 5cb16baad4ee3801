"""A page on which anybody may ask to be contacted: no account, consent first."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import RichTextField
from wagtail.models import Page

_FEATURES = ["bold", "italic", "ol", "ul", "link"]


class LeadFormPage(Page):
    """A form whose answers become leads of one source. It stands at ``/enquire/<slug>/``, open to everybody."""

    introduction = RichTextField(_("introduction"), features=_FEATURES, blank=True)
    consent = models.TextField(
        _("consent"),
        max_length=1_000,
        help_text=_(
            "What the person agrees to: who contacts them, about what. It is kept word for word with the lead."
        ),
    )
    thanks = RichTextField(_("thanks"), features=_FEATURES, blank=True)
    source = models.ForeignKey(
        "deals.LeadSource", on_delete=models.PROTECT, related_name="+", verbose_name=_("source of the leads")
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("introduction"),
        FieldPanel("consent"),
        FieldPanel("thanks"),
        FieldPanel("source"),
    ]
    template = "cms/lead_form.html"
    subpage_types: list[str] = []
    parent_page_types = ["cms.HomePage"]

    class Meta:
        verbose_name = _("lead form")
