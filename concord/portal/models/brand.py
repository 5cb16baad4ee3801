"""How a vendor makes the portal its own."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting


@register_setting(icon="site")
class BrandSettings(BaseGenericSetting):
    """Name, logo, colour and the lines at the foot of documents."""

    brand_name = models.CharField(_("brand name"), max_length=60, default="Concord")
    vendor_name = models.CharField(_("vendor's legal name"), max_length=200, blank=True)
    vendor_address = models.CharField(_("vendor's address"), max_length=300, blank=True)
    logo = models.ForeignKey(
        "wagtailimages.Image",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("logo"),
    )
    accent_colour = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#3a49b5",
        validators=[RegexValidator("^#[0-9a-fA-F]{6}$", _("Write a colour as #rrggbb."))],
    )
    quote_terms = models.TextField(_("terms on quotes"), blank=True)
    quote_terms_zh = models.TextField(_("terms on quotes, in Chinese"), blank=True)

    panels = [
        FieldPanel("brand_name"),
        FieldPanel("vendor_name"),
        FieldPanel("vendor_address"),
        FieldPanel("logo"),
        FieldPanel("accent_colour"),
        FieldPanel("quote_terms"),
        FieldPanel("quote_terms_zh"),
    ]

    class Meta:
        verbose_name = _("brand")

    @classmethod
    def shown(cls) -> models.Subquery:
        """What every page shows of it, to be read along with something else; NULL until it was first looked at."""
        rows = cls.objects.order_by("pk")
        shown = JSONObject(name="brand_name", accent="accent_colour", logo="logo_id")
        return models.Subquery(rows.values(shown=shown)[:1], output_field=models.JSONField())
