"""Deals as other systems write and read them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from concord.deals.actions.drafts import Registration, WantedLine
from concord.deals.enums import OPEN_STAGES, RegistrationType, ReviewStatus
from concord.deals.models import Deal
from concord.deals.protection.working_time import appeal_until
from concord.deals.queries.programme import programme_terms
from concord.deals.rules import possible_deeds
from concord.partners.queries.twins import CustomerClaim
from concord.portal.models import Event


class StrictSerializer(serializers.Serializer[Any]):
    """Input: a member that means nothing here is an error and not a silent loss."""

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown members by name."""
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                errors = {name: [ErrorDetail(str(_("There is no such member.")), "unknown")] for name in unknown}
                raise serializers.ValidationError(errors)
        return super().to_internal_value(data)


@extend_schema_serializer(component_name="CustomerOfDeal")
class CustomerSerializer(StrictSerializer):
    """A customer as the caller knows it."""

    name = serializers.CharField(max_length=250)
    country = serializers.CharField(max_length=2, help_text="ISO 3166-1, two letters.")
    city = serializers.CharField(max_length=120, required=False, allow_blank=True)
    registration_number = serializers.CharField(max_length=64, required=False, allow_blank=True)
    website = serializers.CharField(max_length=250, required=False, allow_blank=True)


class ContactSerializer(StrictSerializer):
    """Who decides there."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    email = serializers.EmailField(required=False, allow_blank=True)
    role = serializers.CharField(max_length=120, required=False, allow_blank=True)


class LineSerializer(StrictSerializer):
    """A product and how many of it."""

    sku = serializers.CharField(max_length=64)
    quantity = serializers.IntegerField()


class DealInputSerializer(StrictSerializer):
    """A registration. ``partner_code`` and ``owner`` (an e-mail address) are for the vendor's systems."""

    customer = CustomerSerializer()
    contact = ContactSerializer(required=False)
    title = serializers.CharField(max_length=200, required=False, allow_blank=True)
    type = serializers.ChoiceField(choices=RegistrationType.choices, required=False)
    currency = serializers.CharField(max_length=3, required=False)
    expected_close_on = serializers.DateField(required=False, allow_null=True)
    description = serializers.CharField(max_length=10_000, required=False, allow_blank=True)
    competitor = serializers.CharField(max_length=120, required=False, allow_blank=True)
    tender_reference = serializers.CharField(max_length=120, required=False, allow_blank=True)
    tender_closes_on = serializers.DateField(required=False, allow_null=True)
    lines = LineSerializer(many=True, required=False)


class NewDealSerializer(DealInputSerializer):
    """A new registration; ``submit`` hands it in at once or, refused, writes nothing."""

    partner_code = serializers.CharField(max_length=32, required=False)
    owner = serializers.EmailField(required=False)
    submit = serializers.BooleanField(required=False, default=False)


_TENDER = ("tender_reference", "tender_closes_on")


def registration_from(values: Mapping[str, Any], deal: Deal | None = None) -> Registration:
    """What is registered: the members given, over those of an existing deal."""
    known = _as_registration(deal) if deal else {}
    for prefix in ("customer", "contact"):
        for name, value in values.get(prefix, {}).items():
            known[f"{prefix}_{name}"] = value
    for name in ("title", "type", "currency", "expected_close_on", "description", "competitor", *_TENDER):
        if name in values:
            known[name] = values[name]
    if "lines" in values:
        known["lines"] = tuple(WantedLine(line["sku"], line["quantity"]) for line in values["lines"])
    return Registration(**known)


def _as_registration(deal: Deal) -> dict[str, Any]:
    names = (
        "customer_name",
        "customer_country",
        "customer_city",
        "customer_registration_number",
        "customer_website",
        "contact_name",
        "contact_email",
        "contact_role",
        "title",
        "type",
        "currency",
        "expected_close_on",
        "description",
        "competitor",
        *_TENDER,
    )
    lines = tuple(WantedLine(line.product.sku, line.quantity) for line in deal.lines.all())
    return {**{name: getattr(deal, name) for name in names}, "lines": lines}


class ShownLineSerializer(serializers.Serializer[Any]):
    """A line of a registration."""

    sku = serializers.CharField(source="product.sku")
    quantity = serializers.IntegerField()
    family = serializers.CharField(source="product.family.code")


class ProtectionSerializer(serializers.Serializer[Any]):
    """What is protected: half-open, UTC."""

    family = serializers.CharField(source="family.code")
    starts_at = serializers.DateTimeField(source="period.lower")
    ends_at = serializers.DateTimeField(source="period.upper")


class DecisionSerializer(serializers.Serializer[Any]):
    """The vendor's last answer. Of a duplicate: the month, never the holder."""

    reason = serializers.CharField(source="decision_reason.code")
    note = serializers.CharField(source="decision_note")
    at = serializers.DateTimeField(source="decided_at")
    protected_until_month = serializers.SerializerMethodField()
    appeal_until = serializers.SerializerMethodField()

    @extend_schema_field({"type": ["string", "null"], "pattern": r"^\d{4}-\d{2}$"})
    def get_protected_until_month(self, deal: Deal) -> str | None:
        """Year and month."""
        return deal.protected_until_month.strftime("%Y-%m") if deal.protected_until_month else None

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def get_appeal_until(self, deal: Deal) -> str | None:
        """Until when the decision can be appealed against."""
        if deal.decided_at is None or deal.review_status not in {ReviewStatus.DUPLICATE, ReviewStatus.REJECTED}:
            return None
        known: dict[str, Any] = self.context  # type: ignore[assignment]
        if "terms" not in known:
            known["terms"] = programme_terms()  # read once for a whole list
        terms = known["terms"]
        return appeal_until(deal.decided_at, terms).isoformat()


class DealSerializer(serializers.Serializer[Deal]):
    """A deal as its reader may see it. Give ``actor`` in the context."""

    id = serializers.UUIDField(source="uuid")
    title = serializers.CharField()
    type = serializers.CharField()
    review_status = serializers.CharField()
    sales_stage = serializers.CharField()
    partner_code = serializers.CharField(source="partner.code")
    owner = serializers.EmailField(source="owner.email")
    customer = serializers.SerializerMethodField()
    end_customer = serializers.SerializerMethodField()
    contact = serializers.SerializerMethodField()
    currency = serializers.CharField()
    expected_close_on = serializers.DateField(allow_null=True)
    description = serializers.CharField()
    competitor = serializers.CharField()
    tender_reference = serializers.CharField()
    tender_closes_on = serializers.DateField(allow_null=True)
    lines = ShownLineSerializer(many=True)
    fields_to_complete = serializers.ListField(child=serializers.CharField())
    submitted_at = serializers.DateTimeField(allow_null=True)
    answer_due_at = serializers.DateTimeField(allow_null=True)
    decision = serializers.SerializerMethodField()
    protections = ProtectionSerializer(many=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closing_reason = serializers.SerializerMethodField()
    allowed_actions = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(CustomerSerializer)
    def get_customer(self, deal: Deal) -> dict[str, str]:
        """The customer as registered."""
        names = ("name", "country", "city", "registration_number", "website")
        return {name: getattr(deal, f"customer_{name}") for name in names}

    @extend_schema_field({"type": ["string", "null"], "format": "uuid"})
    def get_end_customer(self, deal: Deal) -> str | None:
        """The customer's record: the vendor's to know, and the partner's from its approval on."""
        may_know = self.context["actor"].is_vendor or deal.review_status == ReviewStatus.APPROVED
        return str(deal.end_customer.uuid) if may_know and deal.end_customer else None

    @extend_schema_field(ContactSerializer)
    def get_contact(self, deal: Deal) -> dict[str, str]:
        """Who decides at the customer."""
        return {name: getattr(deal, f"contact_{name}") for name in ("name", "email", "role")}

    @extend_schema_field(DecisionSerializer(allow_null=True))
    def get_decision(self, deal: Deal) -> Any:
        """The vendor's last answer, or nothing yet."""
        return DecisionSerializer(deal, context=self.context).data if deal.decision_reason else None

    @extend_schema_field({"type": ["string", "null"]})
    def get_closing_reason(self, deal: Deal) -> str | None:
        """Why it was lost or withdrawn."""
        return deal.closing_reason.code if deal.closing_reason else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_allowed_actions(self, deal: Deal) -> list[str]:
        """What the caller may do with it now."""
        return [deed.value for deed in possible_deeds(self.context["actor"], deal)]


class FactSerializer(serializers.Serializer[Event]):
    """One fact of a deal's chain. ``verified``: it and everything before it stand as they were written."""

    id = serializers.UUIDField(source="uuid")
    at = serializers.DateTimeField()
    verb = serializers.CharField()
    actor = serializers.CharField(source="actor_name")
    door = serializers.CharField()
    visibility = serializers.CharField()
    payload = serializers.SerializerMethodField()
    previous_hash = serializers.SerializerMethodField()
    hash = serializers.SerializerMethodField()
    verified = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField())
    def get_payload(self, event: Event) -> dict[str, Any]:
        """Ids, codes and what was decided."""
        payload: dict[str, Any] = json.loads(event.payload)
        return payload

    def get_previous_hash(self, event: Event) -> str:
        """The hash of the fact before, hexadecimal; that one may be the vendor's alone."""
        return bytes(event.previous_hash).hex()

    def get_hash(self, event: Event) -> str:
        """SHA-256 over this fact and the hash before it, hexadecimal."""
        return bytes(event.hash).hex()

    def get_verified(self, event: Event) -> bool:
        """Checked by the server over the whole chain, hidden facts included."""
        broken = self.context["first_broken"]
        return broken is None or event.sequence < broken


class DecisionInputSerializer(StrictSerializer):
    """What every decision carries."""

    reason = serializers.CharField(max_length=48)
    note = serializers.CharField(max_length=2_000, required=False, allow_blank=True)


class ApproveSerializer(StrictSerializer):
    """Approving: which twin it is, and which it is not."""

    reason = serializers.CharField(max_length=48, required=False)
    note = serializers.CharField(max_length=2_000, required=False, allow_blank=True)
    same_as = serializers.UUIDField(required=False, allow_null=True)
    different_from = serializers.ListField(child=serializers.UUIDField(), required=False)


class ReturnSerializer(DecisionInputSerializer):
    """Asking for completion."""

    fields_to_complete = serializers.ListField(child=serializers.CharField())


class DuplicateSerializer(DecisionInputSerializer):
    """Deciding that the customer belongs to another registration."""

    same_as = serializers.UUIDField(required=False, allow_null=True)
    protected_until_month = serializers.RegexField(r"^\d{4}-(0[1-9]|1[0-2])$", required=False, allow_null=True)


class EndSerializer(StrictSerializer):
    """Why it was lost or withdrawn."""

    reason = serializers.CharField(max_length=48)


class StageSerializer(StrictSerializer):
    """Where the sale stands now, while it goes on."""

    stage = serializers.ChoiceField(choices=[stage.value for stage in OPEN_STAGES])


class NothingSerializer(StrictSerializer):
    """No members."""


class CheckInputSerializer(StrictSerializer):
    """A customer, and the families that are asked for; none means any."""

    customer = CustomerSerializer()
    families = serializers.ListField(child=serializers.CharField(max_length=64), required=False, max_length=50)

    def claim(self) -> CustomerClaim:
        """The customer as typed."""
        return CustomerClaim(**self.validated_data["customer"])


class MatchSerializer(serializers.Serializer[Any]):
    """A record that the claim may be, for the vendor's systems."""

    customer = serializers.UUIDField()
    name = serializers.CharField()
    score = serializers.FloatField()
    verdict = serializers.CharField()
    reasons = serializers.ListField(child=serializers.DictField())


class HolderSerializer(serializers.Serializer[Any]):
    """Who protects the customer, for the vendor's systems."""

    partner_code = serializers.CharField()
    deal = serializers.UUIDField()
    customer = serializers.UUIDField()
    family = serializers.CharField()
    until = serializers.DateTimeField()


class RuleFindingSerializer(serializers.Serializer[Any]):
    """A rule of the programme that a registration would not meet."""

    rule = serializers.CharField()
    code = serializers.CharField()
    pointer = serializers.CharField()
    detail = serializers.CharField(source="message")


class CheckAnswerSerializer(serializers.Serializer[Any]):
    """The answer. ``matches`` and ``holders`` are there for the vendor's systems alone."""

    verdict = serializers.ChoiceField(choices=["free", "review", "protected", "pool", "vendor"])
    protected_until_month = serializers.CharField(allow_null=True)
    yours = serializers.BooleanField()
    rules = RuleFindingSerializer(many=True)
    matches = MatchSerializer(many=True, required=False)
    holders = HolderSerializer(many=True, required=False)
