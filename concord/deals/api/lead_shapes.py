"""Leads as other systems write and read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from concord.deals.actions.leads_receiving import LEAD_TEXTS, LeadFacts
from concord.deals.api.serializers import CustomerSerializer, StrictSerializer
from concord.deals.models import Lead
from concord.deals.pool_enums import CompanySize, ReleaseReason
from concord.deals.pool_rules import possible_lead_deeds
from concord.deals.queries.leads import is_revealed
from concord.portal.actor import Actor
from concord.portal.refusals import FieldError, InvalidInput


class LeadContactSerializer(StrictSerializer):
    """A person at the customer."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    phone = serializers.CharField(max_length=40, required=False, allow_blank=True)
    role = serializers.CharField(max_length=120, required=False, allow_blank=True)


class NewLeadSerializer(StrictSerializer):
    """A lead, for the vendor's systems. The same ``external_id`` of a source is one lead, however often it is sent."""

    source = serializers.SlugField(  # type: ignore[assignment]  # a member of this name, not the option
        required=False, default="api", help_text="Code of a source in use."
    )
    external_id = serializers.CharField(max_length=64, required=False, allow_blank=True)
    customer = CustomerSerializer()
    contact = LeadContactSerializer(required=False)
    sector = serializers.CharField(max_length=120, required=False, allow_blank=True)
    size = serializers.ChoiceField(choices=CompanySize.choices, required=False, allow_blank=True)
    families = serializers.ListField(child=serializers.CharField(max_length=64), required=False, max_length=50)
    summary = serializers.CharField(
        max_length=LEAD_TEXTS["summary"],
        required=False,
        allow_blank=True,
        help_text="Read by partners before they claim: name no company and no person.",
    )
    details = serializers.CharField(max_length=LEAD_TEXTS["details"], required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)

    def facts(self) -> LeadFacts:
        """What was told, for the action."""
        given: Mapping[str, Any] = self.validated_data
        values = {f"customer_{name}": value for name, value in given["customer"].items()}
        values |= {f"contact_{name}": value for name, value in given.get("contact", {}).items()}
        plain = ("external_id", "sector", "size", "summary", "details", "language", "families")
        return LeadFacts(**values, **{name: given[name] for name in plain if name in given})


class ClaimInputSerializer(StrictSerializer):
    """Who works on it: a colleague's e-mail address, named by an administrator or a system."""

    owner = serializers.EmailField(required=False)


class GiveBackSerializer(StrictSerializer):
    """Why a lead is declined or released."""

    reason = serializers.ChoiceField(choices=ReleaseReason.choices, required=False, default=ReleaseReason.OTHER)


class LeadContactNoteSerializer(StrictSerializer):
    """What was done."""

    text = serializers.CharField(max_length=2_000)


class LeadSerializer(serializers.Serializer[Lead]):
    """A lead as its reader may see it: what names the customer is ``null`` until the reader's company holds it."""

    id = serializers.UUIDField(source="uuid")
    state = serializers.CharField()
    customer = serializers.SerializerMethodField()
    contact = serializers.SerializerMethodField()
    sector = serializers.CharField()
    size = serializers.CharField()
    families = serializers.SerializerMethodField()
    summary = serializers.CharField()
    details = serializers.SerializerMethodField()
    external_id = serializers.SerializerMethodField()
    source = serializers.SerializerMethodField()  # type: ignore[assignment]  # a member, not the option
    quality = serializers.IntegerField(source="source.quality", help_text="Score of 100 of the lead's source.")
    partner_code = serializers.SerializerMethodField()
    owner = serializers.SerializerMethodField()
    offered_until = serializers.DateTimeField(allow_null=True)
    claimed_at = serializers.DateTimeField(allow_null=True)
    contacted_at = serializers.DateTimeField(allow_null=True)
    follow_up_by = serializers.DateTimeField(allow_null=True)
    deal = serializers.SerializerMethodField()
    allowed_actions = serializers.SerializerMethodField()
    updated_at = serializers.SerializerMethodField()

    @property
    def actor(self) -> Actor:
        """Who reads."""
        actor: Actor = self.context["actor"]
        return actor

    def _told(self, lead: Lead, value: Any) -> Any:
        return value if is_revealed(self.actor, lead) else None

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def get_updated_at(self, lead: Lead) -> str | None:
        """The last change; to whoever does not hold it, it would tell that somebody else did."""
        told: str | None = self._told(lead, serializers.DateTimeField().to_representation(lead.updated_at))
        return told

    @extend_schema_field(serializers.DictField())
    def get_customer(self, lead: Lead) -> dict[str, Any]:
        """Country and city, and the rest once it may be read."""
        hidden = ("name", "registration_number", "website")
        shown = {"country": lead.customer_country, "city": lead.customer_city}
        return shown | {name: self._told(lead, getattr(lead, f"customer_{name}")) for name in hidden}

    @extend_schema_field(LeadContactSerializer(allow_null=True))
    def get_contact(self, lead: Lead) -> dict[str, str] | None:
        """The person there."""
        names = ("name", "email", "phone", "role")
        contact: dict[str, str] | None = self._told(lead, {name: getattr(lead, f"contact_{name}") for name in names})
        return contact

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_families(self, lead: Lead) -> list[str]:
        """Codes, in order."""
        return [family.code for family in lead.families.all()]

    @extend_schema_field({"type": ["string", "null"]})
    def get_details(self, lead: Lead) -> str | None:
        """What was asked."""
        details: str | None = self._told(lead, lead.details)
        return details

    @extend_schema_field({"type": ["string", "null"]})
    def get_external_id(self, lead: Lead) -> str | None:
        """The id in the system that it came from."""
        told: str | None = self._told(lead, lead.external_id)
        return told

    @extend_schema_field({"type": ["string", "null"]})
    def get_source(self, lead: Lead) -> str | None:
        """Code of the source."""
        told: str | None = self._told(lead, lead.source.code)
        return told

    @extend_schema_field({"type": ["string", "null"]})
    def get_partner_code(self, lead: Lead) -> str | None:
        """The partner that holds it or is offered it."""
        return lead.partner.code if lead.partner_id is not None and lead.partner is not None else None

    @extend_schema_field({"type": ["string", "null"], "format": "email"})
    def get_owner(self, lead: Lead) -> str | None:
        """The person who works on it."""
        return lead.owner.email if lead.owner is not None else None

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_deal(self, lead: Lead) -> str | None:
        """The deal that it was turned into."""
        return str(lead.deal.uuid) if lead.deal is not None else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_allowed_actions(self, lead: Lead) -> list[str]:
        """What the caller may do with it now."""
        return [deed.value for deed in possible_lead_deeds(self.actor, lead)]


def unknown_owner() -> InvalidInput:
    """The refusal of an address that nobody at the partner has."""
    return InvalidInput([FieldError("/owner", "unknown_owner", _("Nobody of that name works at this partner."))])
