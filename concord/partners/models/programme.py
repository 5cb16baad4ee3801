"""The programme's vocabulary: tiers and product families."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from concord.portal.models import PublicModel


class NamedInTwoLanguages(models.Model):
    """A name in English and, where there is one, in Chinese."""

    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("name in Chinese"), max_length=120, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name in the reader's language, else in English."""
        chinese = (get_language() or "").startswith("zh")
        return (self.name_zh if chinese else "") or self.name


class Tier(PublicModel, NamedInTwoLanguages):
    """A level of the programme. Limits against hoarding hang on it."""

    code = models.SlugField(_("code"), max_length=32, unique=True)
    rank = models.PositiveSmallIntegerField(_("rank"), unique=True, help_text=_("Higher is better."))
    open_registrations = models.PositiveIntegerField(_("open registrations at most"), default=50)
    new_registrations_a_day = models.PositiveIntegerField(_("new registrations a day at most"), default=20)
    shows_exact_stock = models.BooleanField(
        _("sees exact stock"),
        default=True,
        help_text=_("Without it, partners of this tier see bands: at least 50, at least 100."),
    )
    lead_claims_a_day = models.PositiveIntegerField(_("claims of leads a day at most"), default=5)
    leads_held = models.PositiveIntegerField(_("leads held at most"), default=20)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ["rank"]


class ProductFamily(PublicModel, NamedInTwoLanguages):
    """A group of products that partners are authorised for, and that protections are granted in."""

    code = models.SlugField(_("code"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("product family")
        verbose_name_plural = _("product families")
        ordering = ["code"]
