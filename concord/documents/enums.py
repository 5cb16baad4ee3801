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


class SigningFinding(models.TextChoices):
    """What may be amiss with the certificate that signs documents, the worst first."""

    MISSING = "missing", _("No certificate is set up: quotes go out without a signature.")
    EXPIRED = "expired", _("The certificate has run out: readers of PDFs call new signatures invalid.")
    EXPIRES_SOON = "expires_soon", _("The certificate runs out within 60 days. Ask your administrator to renew it.")
    SELF_SIGNED = "self_signed", _("The certificate vouches for itself alone: readers of PDFs do not know the signer.")


#: what the package's events are called
EVENT_LABELS = {
    "collateral.stored": _("Document stored"),
    "collateral.removed": _("Document removed"),
    "collateral.downloaded": _("Document downloaded"),
}
