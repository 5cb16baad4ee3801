"""Discounts, bonuses, promotions and floors in the desk."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column

from concord.partners.desk.recorded import RecordedViewSet
from concord.portal.actor import Actor
from concord.portal.ui.desk_columns import MomentColumn
from concord.pricing.actions.rules import PriceRule, save_price_rule
from concord.pricing.actions.special_price_levels import save_approval_level
from concord.pricing.forms.desk import (
    PriceFloorForm,
    ProgrammeBonusForm,
    PromotionForm,
    RegistrationDiscountForm,
    TierDiscountForm,
)
from concord.pricing.models import (
    ApprovalLevel,
    PriceFloor,
    ProgrammeBonus,
    Promotion,
    RegistrationDiscount,
    TierDiscount,
)


def _write(actor: Actor, rule: PriceRule, _form: Any) -> PriceRule:
    return save_price_rule(actor=actor, rule=rule, now=timezone.now())


def _write_level(actor: Actor, level: ApprovalLevel, _form: Any) -> ApprovalLevel:
    return save_approval_level(actor=actor, level=level)


_PERIOD = [
    MomentColumn("valid_from", label=_("Valid from"), accessor="period.lower", with_distance=False),
    MomentColumn("valid_until", label=_("Valid until"), accessor="period.upper", with_distance=False),
]


def _percent(rule: PriceRule) -> str:
    return f"{rule.percent.normalize():f} %"


_PERCENT = Column("percent", label=_("Percent"), accessor=_percent, sort_key="percent")


class TierDiscountViewSet(RecordedViewSet):
    """By tier and family."""

    model = TierDiscount
    name = "tier_discounts"
    empty_text = _("No discount was made yet: without one, partners pay the customer price.")
    icon = "order-down"
    menu_label = _("Tier discounts")
    write = staticmethod(_write)
    list_display = ["tier", "family", _PERCENT, *_PERIOD]
    list_filter = ["tier", "family"]
    ordering = ["tier__rank", "family__code"]
    inspect_view_fields = ["tier", "family", "percent", "period"]

    def get_form_class(self, for_update: bool = False) -> type[TierDiscountForm]:
        """With the period as two moments."""
        return TierDiscountForm


class RegistrationDiscountViewSet(RecordedViewSet):
    """What a live registration is worth, by family."""

    model = RegistrationDiscount
    name = "registration_discounts"
    empty_text = _("No discount was made yet. One lowers the net price of a partner whose registration is approved.")
    icon = "lock"
    menu_label = _("Registration discounts")
    write = staticmethod(_write)
    list_display = ["family", _PERCENT, *_PERIOD]
    list_filter = ["family"]
    ordering = ["family__code"]
    inspect_view_fields = ["family", "percent", "period"]

    def get_form_class(self, for_update: bool = False) -> type[RegistrationDiscountForm]:
        """With the period as two moments."""
        return RegistrationDiscountForm


class ProgrammeBonusViewSet(RecordedViewSet):
    """What a tier gets on top."""

    model = ProgrammeBonus
    name = "programme_bonuses"
    empty_text = _("No bonus was made yet. One lowers the net price of every partner of a tier for a time.")
    icon = "pick"
    menu_label = _("Programme bonuses")
    write = staticmethod(_write)
    list_display = ["name", "tier", _PERCENT, *_PERIOD]
    list_filter = ["tier"]
    ordering = ["tier__rank"]
    inspect_view_fields = ["name", "tier", "percent", "period"]

    def get_form_class(self, for_update: bool = False) -> type[ProgrammeBonusForm]:
        """With the period as two moments."""
        return ProgrammeBonusForm


class PromotionViewSet(RecordedViewSet):
    """Percent off for everybody, for a while."""

    model = Promotion
    name = "promotions"
    empty_text = _(
        "No promotion was made yet. One takes a percentage off a product or a family, from a quantity on, for a time."
    )
    icon = "tag"
    menu_label = _("Promotions")
    write = staticmethod(_write)
    list_display = ["name", "price_list", "product", "family", "minimum_quantity", _PERCENT, *_PERIOD]
    list_filter = ["price_list", "family"]
    search_fields = ["name"]
    ordering = ["-pk"]
    inspect_view_fields = ["name", "price_list", "product", "family", "minimum_quantity", "percent", "period"]

    def get_form_class(self, for_update: bool = False) -> type[PromotionForm]:
        """With the period as two moments and the product by its number."""
        return PromotionForm


class ApprovalLevelViewSet(RecordedViewSet):
    """Who approves special prices, by depth."""

    model = ApprovalLevel
    name = "approval_levels"
    empty_text = _(
        "Without levels a pricing manager approves every special price. Add one to say who approves down to how many "
        "percent."
    )
    icon = "check"
    menu_label = _("Approval levels")
    write = staticmethod(_write_level)
    list_display = ["down_to_percent", "by_channel_manager", "by_pricing_manager", "decide_within_hours"]
    ordering = ["down_to_percent"]
    form_fields = ["down_to_percent", "by_channel_manager", "by_pricing_manager", "decide_within_hours"]
    inspect_view_fields = form_fields


class PriceFloorViewSet(RecordedViewSet):
    """Below it, somebody has to approve."""

    model = PriceFloor
    name = "price_floors"
    empty_text = _("Without a floor no net price needs an approval. Add one for a family.")
    icon = "minus"
    menu_label = _("Price floors")
    write = staticmethod(_write)
    list_display = ["family", _PERCENT, *_PERIOD]
    list_filter = ["family"]
    ordering = ["family__code"]
    inspect_view_fields = ["family", "percent", "period"]

    def get_form_class(self, for_update: bool = False) -> type[PriceFloorForm]:
        """With the period as two moments."""
        return PriceFloorForm
