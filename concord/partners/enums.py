"""Choices of partners, their people and end customers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from concord.portal.ui.looks import Look


class PartnerStatus(models.TextChoices):
    """Where a partner stands in the programme."""

    APPLIED = "applied", _("Applied")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


class Verdict(models.TextChoices):
    """What two names of companies are to each other."""

    SAME = "same", _("Same company")
    REVIEW = "review", _("Needs a look")
    DIFFERENT = "different", _("Different companies")


class NameKind(models.TextChoices):
    """What a name of an end customer is."""

    LEGAL = "legal", _("Legal name")
    SHORT = "short", _("Short name")
    FORMER = "former", _("Former name")
    ALIAS = "alias", _("Also written")


#: how states look besides those that the whole product shares: by kind of object
LOOKS: dict[str, dict[str, Look]] = {
    "member": {
        "inactive": Look("muted", "user-off", pgettext_lazy("state of a colleague", "No access")),
        "invited": Look("info", "mail", pgettext_lazy("state of a colleague", "Invited")),
    },
    "api_client": {"revoked": Look("muted", "ban", pgettext_lazy("state", "Revoked"))},
    "tier": {"own": Look("accent", "award", _("Your tier"))},
    "customer": {
        Verdict.SAME: Look("bad", "copy", Verdict.SAME.label),
        Verdict.REVIEW: Look("warn", "eye", Verdict.REVIEW.label),
        Verdict.DIFFERENT: Look("ok", "arrows-split", Verdict.DIFFERENT.label),
    },
}

#: what the package's events are called in histories and notices
EVENT_LABELS = {
    "customer.created": _("Customer created"),
    "customer.verdict": _("Customers compared by a person"),
    "partner.created": _("Partner created"),
    "partner.changed": _("Partner changed"),
    "tier.saved": _("Tier changed"),
    "family.saved": _("Product family changed"),
    "customer.changed": _("Customer changed"),
    "customer.grouped": _("Customer put into a group, or taken out"),
    "customer.merged": _("Customers merged"),
    "customer.merge_undone": _("Merge of customers undone"),
    "member.created": _("Colleague added"),
    "member.invited": _("Colleague invited"),
    "member.role_changed": _("Role changed"),
    "member.deactivated": _("Access taken away"),
    "member.reactivated": _("Access given back"),
    "api_client.created": _("API client created"),
    "api_client.secret_renewed": _("Secret of an API client renewed"),
    "api_client.revoked": _("API client revoked"),
}
