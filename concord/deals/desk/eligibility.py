"""Eligibility rules and the vendor's own customers, as the channel manager keeps them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from concord.deals.actions.eligibility import delete_eligibility_rule, save_eligibility_rule
from concord.deals.forms.eligibility import EligibilityRuleForm
from concord.deals.models import EligibilityRule
from concord.partners.desk.recorded import RecordedViewSet
from concord.portal.actor import Actor


def _write(actor: Actor, rule: EligibilityRule, form: Any) -> EligibilityRule:
    values = form.cleaned_data
    return save_eligibility_rule(
        actor=actor, rule=rule, families=values["families"], tiers=values["tiers"], now=timezone.now()
    )


def _remove(actor: Actor, rule: EligibilityRule) -> None:
    delete_eligibility_rule(actor=actor, rule=rule, now=timezone.now())


class EligibilityViewSet(RecordedViewSet):
    """The rules: what they ask, of whom, and since when."""

    model = EligibilityRule
    name = "eligibility_rules"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Eligibility rules")
    write = staticmethod(_write)
    remove = staticmethod(_remove)
    list_display = ["name", "kind", "is_active", "valid_from", "valid_until"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name", "name_zh"]

    def get_form_class(self, for_update: bool = False) -> type[EligibilityRuleForm]:
        """The rule's own form."""
        return EligibilityRuleForm
