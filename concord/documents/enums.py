"""Choices of the library."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CollateralKind(models.TextChoices):
    """What a document is."""

    DATA_SHEET = "data_sheet", _("Data sheet")
    MANUAL = "manual", _("Manual")
    BROCHURE = "brochure", _("Brochure")
    PRESENTATION = "presentation", _("Presentation")
    PRICE_INFORMATION = "price_information", _("Price information")
    IMAGE = "image", _("Picture")
    OTHER = "other", _("Other")


#: what the package's events are called
EVENT_LABELS = {
    "collateral.stored": _("Document stored"),
    "collateral.removed": _("Document removed"),
    "collateral.downloaded": _("Document downloaded"),
}
