"""Collateral: Wagtail documents with an entitlement, a version and a validity."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.search import index

from concord.documents.enums import CollateralKind
from concord.partners.models import ProductFamily, Tier


class Collateral(AbstractDocument):
    """A document of the library. A partner is entitled when tier, families and territory all fit; empty fits all."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=CollateralKind.choices, default=CollateralKind.OTHER)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    version = models.CharField(_("version"), max_length=32, blank=True)
    valid_from = models.DateTimeField(_("valid from"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    families = models.ManyToManyField(
        ProductFamily,
        verbose_name=_("product families"),
        blank=True,
        related_name="collateral",
        help_text=_("Only partners authorised for one of these; empty means all."),
    )
    minimum_tier = models.ForeignKey(
        Tier,
        verbose_name=_("from tier"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("This tier and better; empty means all."),
    )
    territories = ArrayField(
        models.CharField(max_length=2),
        verbose_name=_("territories"),
        default=list,
        blank=True,
        help_text=_("Countries, ISO 3166-1; empty means everywhere."),
    )
    #: text taken out of the file, for the search
    text = models.TextField(blank=True, editable=False)

    admin_form_fields = (
        "title",
        "file",
        "kind",
        "description",
        "language",
        "version",
        "valid_from",
        "valid_until",
        "families",
        "minimum_tier",
        "territories",
        "collection",
        "tags",
    )

    search_fields = [
        *AbstractDocument.search_fields,
        index.SearchField("description"),
        index.SearchField("text"),
    ]

    class Meta(AbstractDocument.Meta):
        verbose_name = _("collateral")
        verbose_name_plural = _("collateral")


class Download(models.Model):
    """One download: which document, by whom, through which door."""

    collateral = models.ForeignKey(Collateral, on_delete=models.CASCADE, related_name="downloads")
    partner_id = models.BigIntegerField(_("partner"), null=True)
    user_id = models.BigIntegerField(_("user"), null=True)
    door = models.CharField(_("door"), max_length=16)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("download")
        verbose_name_plural = _("downloads")
        indexes = [models.Index(fields=["collateral", "-at"], name="download_of_collateral")]

    def __str__(self) -> str:
        return f"{self.collateral_id} {self.at:%Y-%m-%d}"
