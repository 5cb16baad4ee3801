"""Merges of end customers, each with a journal of the rows that it touched, so that it can be undone exactly."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.partners.models.end_customer import EndCustomer
from concord.portal.models import PublicModel


class CustomerMerge(PublicModel):
    """One record that went up in another one. The vendor's alone: partners never learn which records were one."""

    survivor = models.ForeignKey(EndCustomer, on_delete=models.PROTECT, related_name="+")
    absorbed = models.ForeignKey(EndCustomer, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    merged_at = models.DateTimeField(_("merged at"))
    merged_by = models.BigIntegerField(_("merged by"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.BigIntegerField(_("undone by"), null=True)

    class Meta:
        verbose_name = _("merge of customers")
        verbose_name_plural = _("merges of customers")
        constraints = [
            models.UniqueConstraint(
                fields=["absorbed"], condition=Q(undone_at__isnull=True), name="customer_merged_once"
            ),
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="customer_merge_of_two"),
        ]
        indexes = [models.Index(fields=["survivor", "-merged_at"], name="merges_into_customer")]

    def __str__(self) -> str:
        return f"{self.absorbed_id} → {self.survivor_id}"


class MergeStep(models.Model):
    """One row that a merge touched: where it pointed before and after, or what it held before."""

    merge = models.ForeignKey(CustomerMerge, on_delete=models.CASCADE, related_name="steps")
    #: the model's label (``deals.deal``) and the column that was written
    table = models.CharField(max_length=64)
    column = models.CharField(max_length=64)
    row_id = models.BigIntegerField()
    #: values as JSON; a row that the merge created has ``null`` before
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        verbose_name = _("step of a merge")
        verbose_name_plural = _("steps of a merge")
        constraints = [
            models.UniqueConstraint(fields=["merge", "table", "column", "row_id"], name="merge_step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.row_id}"
