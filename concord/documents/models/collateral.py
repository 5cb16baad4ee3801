"""Collateral: Wagtail documents with an entitlement, a version and a validity."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models, transaction
from django.db.models import F, Func
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, DocumentQuerySet
from wagtail.search import index

from concord.documents.enums import CollateralKind
from concord.documents.search_text import SEARCH_KEY_SQL
from concord.partners.models import ProductFamily, Tier


class CollateralManager(models.Manager.from_queryset(DocumentQuerySet)):  # type: ignore[misc] # an untyped base
    """Documents without the long texts that only the search looks at."""

    def get_queryset(self) -> models.QuerySet[Collateral]:
        """All documents; the texts are fetched when somebody asks."""
        rows: models.QuerySet[Collateral] = super().get_queryset().defer("text", "search_key")
        return rows


class Collateral(AbstractDocument):
    """A document of the library. A partner is entitled when tier, families and territory all fit; empty fits all."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=CollateralKind.choices, default=CollateralKind.OTHER)
    description = models.TextField(_("description"), blank=True)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, blank=True)
    version = models.CharField(_("version"), max_length=32, blank=True)
    released = models.BooleanField(
        _("released"),
        default=False,
        help_text=_("Partners see the document. Leave it off until all the rest is right."),
    )
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
    #: text taken out of the file, for the search, and the file (its hash) that it was taken from
    text = models.TextField(blank=True, editable=False)
    text_taken_from = models.CharField(max_length=40, blank=True, editable=False)
    search_key = models.GeneratedField(
        expression=Func("title", "version", "description", "text", template=SEARCH_KEY_SQL, arg_joiner=" || ' ' || "),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = CollateralManager()

    admin_form_fields = (
        "title",
        "file",
        "kind",
        "description",
        "language",
        "version",
        "families",
        "minimum_tier",
        "territories",
        "valid_from",
        "valid_until",
        "released",
        "collection",
        "tags",
    )

    search_fields = [*AbstractDocument.search_fields, index.SearchField("description")]

    class Meta(AbstractDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.CheckConstraint(
                name="collateral_validity_in_order",
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gt=F("valid_from")),
                violation_error_message=_("The document must stay valid until after it becomes valid."),
            ),
        ]
        indexes = [GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="collateral_search_key")]

    def clean(self) -> None:
        """Wagtail asks for the file's ending, also while a document still waits for its file."""
        if self.file:
            super().clean()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """One transaction, so that the event which tells of the change is committed with it."""
        with transaction.atomic():
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """One transaction with its event."""
        with transaction.atomic():
            gone: tuple[int, dict[str, int]] = super().delete(*args, **kwargs)
        return gone

    @property
    def url(self) -> str:
        """Where the file is fetched by whoever is entitled to it. Wagtail's own address for it is not routed."""
        return reverse("documents:download", args=[self.uuid])

    @property
    def page_url(self) -> str:
        """The document's page in the library."""
        return reverse("documents:detail", args=[self.uuid])


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
