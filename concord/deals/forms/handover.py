"""Handing a person's work over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from concord.deals.enums import ReviewStatus
from concord.deals.models import Deal
from concord.portal.models import User
from concord.portal.ui.formats import format_moment


class HandoverForm(forms.Form):
    """Who takes over everything, who single deals, and who is told."""

    successor = forms.ChoiceField(label=_("Who takes over"))
    note = forms.CharField(
        label=_("What the successor should know"),
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tell_customer = forms.BooleanField(
        label=_("Write to the customers' people"),
        required=False,
        help_text=_("Each gets a short mail in his or her language that names the new contact."),
    )
    then_deactivate = forms.BooleanField(label=_("Take the access away afterwards"), required=False)

    def __init__(
        self,
        *args: Any,
        people: Sequence[User],
        deals: Sequence[Deal],
        may_deactivate: bool,
        is_vendor: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose")), *((str(one.uuid), one.get_full_name()) for one in people)]
        everybody = self.fields["successor"]
        assert isinstance(everybody, forms.ChoiceField)
        everybody.choices = choices
        same = [("", _("like everything else")), *choices[1:]]
        self.deal_fields = {f"deal_{deal.uuid.hex}": deal for deal in deals}
        for name, deal in self.deal_fields.items():
            label = f"{deal.customer_name} · {deal.title}"
            if is_vendor and deal.review_status == ReviewStatus.DRAFT:
                # What a seller keeps as a draft moves along, but is not read.
                label = _("A seller's draft of %(day)s") % {"day": format_moment(deal.created_at, "date")}
            self.fields[name] = forms.ChoiceField(label=label, required=False, choices=same)
        if not is_vendor:
            self.fields["note"].help_text = _("Your company alone reads it; the vendor does not.")
        if not may_deactivate:
            del self.fields["then_deactivate"]

    def plan(self) -> dict[uuid.UUID, uuid.UUID]:
        """The deals with a successor of their own."""
        values = self.cleaned_data
        return {deal.uuid: uuid.UUID(values[name]) for name, deal in self.deal_fields.items() if values[name]}
