"""Partners, tiers and product families in the desk."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from concord.partners.actions.programme import save_family, save_partner, save_tier
from concord.partners.desk.recorded import RecordedViewSet
from concord.partners.forms.desk import FamilyForm, PartnerForm
from concord.partners.models import Partner, ProductFamily, Tier
from concord.portal.actor import Actor


def _write_partner(actor: Actor, partner: Partner, form: Any) -> Partner:
    return save_partner(actor=actor, partner=partner, families=form.cleaned_data["families"], changed=form.changed_data)


def _write_tier(actor: Actor, tier: Tier, _form: Any) -> Tier:
    return save_tier(actor=actor, tier=tier)


def _write_family(actor: Actor, family: ProductFamily, _form: Any) -> ProductFamily:
    return save_family(actor=actor, family=family)


class PartnerViewSet(RecordedViewSet):
    """Partners: their record, tier, territories and families."""

    model = Partner
    name = "partners"
    url_namespace = "partner_records"  # the extranet's pages have the other name
    icon = "group"
    menu_label = _("Partners")
    write = staticmethod(_write_partner)
    list_display = ["name", "code", "tier", "country", "status"]
    list_filter = ["status", "tier", "country"]
    search_fields = ["name", "code", "city"]
    ordering = ["name"]
    list_export = ["code", "name", "tier", "country", "currency", "status"]
    inspect_view_fields = [
        "code",
        "name",
        "status",
        "tier",
        "country",
        "city",
        "territories",
        "families",
        "currency",
        "language",
        "time_zone",
    ]

    def get_form_class(self, for_update: bool = False) -> type[PartnerForm]:
        """The record's own form."""
        return PartnerForm


class TierViewSet(RecordedViewSet):
    """Tiers and their limits."""

    model = Tier
    name = "tiers"
    icon = "order-up"
    menu_label = _("Tiers")
    write = staticmethod(_write_tier)
    form_fields = [
        "code",
        "name",
        "name_zh",
        "rank",
        "open_registrations",
        "new_registrations_a_day",
        "shows_exact_stock",
        "lead_claims_a_day",
        "leads_held",
    ]
    list_display = ["name", "name_zh", "code", "rank", "open_registrations", "new_registrations_a_day"]
    ordering = ["-rank"]
    inspect_view_fields = form_fields


class FamilyViewSet(RecordedViewSet):
    """Product families."""

    model = ProductFamily
    name = "families"
    icon = "folder-open-inverse"
    menu_label = _("Product families")
    write = staticmethod(_write_family)
    list_display = ["name", "name_zh", "code"]
    search_fields = ["name", "name_zh", "code"]
    ordering = ["code"]
    list_export = ["code", "name", "name_zh"]
    inspect_view_fields = ["code", "name", "name_zh"]

    def get_form_class(self, for_update: bool = False) -> type[FamilyForm]:
        """The family's own form."""
        return FamilyForm
