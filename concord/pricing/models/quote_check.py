"""The log of the public check, and the proofs of mail that open a quote's lines there."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from concord.portal.models import PublicModel
from concord.pricing.enums import CheckKind, DocumentVerdict
from concord.pricing.models.quote import Quote

#: wrong codes after which a proof is void
MAX_ATTEMPTS = 5


class QuoteCheck(models.Model):
    """One public check of a quote: what was asked, what was answered. Shown to the quote's owner."""

    quote = models.ForeignKey(Quote, null=True, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=12, choices=CheckKind.choices, default=CheckKind.CODE)
    verdict = models.CharField(_("verdict"), max_length=16)
    #: of a PDF that was handed in
    document = models.CharField(_("document"), max_length=12, choices=DocumentVerdict.choices, blank=True)
    door = models.CharField(_("door"), max_length=16)

    class Meta:
        verbose_name = _("quote check")
        verbose_name_plural = _("quote checks")
        indexes = [
            models.Index(fields=["quote", "-at"], name="check_of_quote"),
            # Rows come in the order of time: a tiny index finds the old ones.
            BrinIndex(fields=["at"], name="check_by_time"),
        ]

    def __str__(self) -> str:
        return self.verdict


class MailProof(PublicModel):
    """Somebody says to read the mail that a quote was made for. A code sent there proves it, once and for a short time.

    Neither the address nor the code is kept, only keyed digests of both. A proof for a mail that is not the quote's is
    kept all the same and never gets a code, so that asking costs and says the same.
    """

    quote = models.ForeignKey(Quote, on_delete=models.CASCADE, related_name="proofs")
    mail_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    proved_at = models.DateTimeField(null=True)
    #: until when lines are shown for it
    opens_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("proof of mail")
        verbose_name_plural = _("proofs of mail")
        constraints = [
            models.CheckConstraint(condition=Q(attempts__lte=MAX_ATTEMPTS), name="mail_proof_attempts"),
            models.CheckConstraint(
                condition=Q(proved_at__isnull=True, opens_until__isnull=True)
                | (Q(proved_at__isnull=False, opens_until__isnull=False) & ~Q(code_hash="")),
                name="mail_proof_needs_code",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="mail_proof_over")]

    def __str__(self) -> str:
        return str(self.uuid)
