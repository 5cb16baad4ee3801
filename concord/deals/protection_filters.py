"""Filters of the desk's lists around protections; they stay in the address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from concord.deals.enums import ReasonKind
from concord.deals.models import Appeal, ExtensionRequest, Precedent, ProtectionHold, ProtectionLife, ReasonCode
from concord.deals.protection_enums import AppealState, EndCause, RequestState
from concord.deals.queries.protection_lists import SOON, live, standing
from concord.partners.models import Partner, ProductFamily, Tier
from concord.portal.desk import desk_actor
from concord.portal.models import User

_DAY = timedelta(hours=24)


def _partners(request: HttpRequest | None) -> QuerySet[Partner]:
    if request is None or not isinstance(request.user, User):
        return Partner.objects.none()
    return Partner.objects.visible_to(desk_actor(request.user))


def _by_clock(name: str) -> Any:
    def apply(_self: Any, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        now = timezone.now()
        if value == "overdue":
            return rows.filter(**{f"{name}__lte": now})
        if value == "due_soon":
            return rows.filter(**{f"{name}__gt": now, f"{name}__lte": now + _DAY})
        return rows.filter(**{f"{name}__gt": now + _DAY})

    return apply


_CLOCKS = [("overdue", _("Overdue")), ("due_soon", _("Due within a day")), ("in_time", _("In time"))]


class _OfDeal(WagtailFilterSet):
    partner = django_filters.ModelChoiceFilter(label=_("Partner"), field_name="deal__partner", queryset=_partners)
    tier = django_filters.ModelChoiceFilter(
        label=_("Tier"), field_name="deal__partner__tier", queryset=Tier.objects.all()
    )
    family = django_filters.ModelChoiceFilter(
        label=_("Product family"), queryset=ProductFamily.objects.all(), method="with_family"
    )

    def with_family(self, rows: QuerySet[Any], _name: str, family: ProductFamily) -> QuerySet[Any]:
        """Those of deals about a family."""
        return rows.filter(deal__families__family=family)


class ExtensionFilter(_OfDeal):
    """Requests for extension: where they stand, how urgent, whose."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[one for one in RequestState.choices if one[0] != RequestState.TAKEN_BACK]
    )
    clock = django_filters.ChoiceFilter(label=_("Answer"), choices=_CLOCKS, method="by_clock")
    how = django_filters.ChoiceFilter(
        label=_("Answered"),
        choices=[
            ("silence", _("Granted for want of an answer")),
            ("person", _("By a person")),
            ("lacking", _("Too little known when it was due")),
        ],
        method="by_answer",
    )

    class Meta:
        model = ExtensionRequest
        fields: list[str] = []

    def by_clock(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Of those that wait, by how urgent the answer is."""
        waiting: QuerySet[Any] = _by_clock("answer_due_at")(self, rows.filter(state="pending"), name, value)
        return waiting

    def by_answer(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Who answered."""
        if value == "silence":
            return rows.filter(by_silence=True)
        if value == "lacking":
            return rows.filter(lacking_at__isnull=False)
        return rows.filter(by_silence=False, answered_by__isnull=False)


class HoldFilter(_OfDeal):
    """Stops of the clock: where they stand, why, whether the clock stands now."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=RequestState.choices)
    cause = django_filters.ModelChoiceFilter(label=_("Why"), queryset=ReasonCode.objects.filter(kind=ReasonKind.HOLD))
    clock = django_filters.ChoiceFilter(
        label=_("Clock"),
        choices=[("stands", _("Stands now")), ("early", _("Ended early")), ("vendor", _("Stopped by the vendor"))],
        method="by_clock",
    )

    class Meta:
        model = ProtectionHold
        fields: list[str] = []

    def by_clock(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """What the clock does."""
        if value == "stands":
            return rows.filter(standing(timezone.now()))
        return rows.filter(ended_at__isnull=False) if value == "early" else rows.filter(by_vendor=True)


class AppealFilter(WagtailFilterSet):
    """Appeals: where they stand, how urgent, whose to judge. Nothing here asks for a partner."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=AppealState.choices)
    clock = django_filters.ChoiceFilter(label=_("Judgement"), choices=_CLOCKS, method="by_clock")
    judge = django_filters.ChoiceFilter(
        label=_("Judge"), choices=[("me", _("I judge")), ("nobody", _("Nobody is named"))], method="by_judge"
    )
    published = django_filters.ChoiceFilter(
        label=_("Precedent"), choices=[("yes", _("Published")), ("no", _("Not published"))], method="by_precedent"
    )

    class Meta:
        model = Appeal
        fields: list[str] = []

    def by_clock(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Of those that wait, by how urgent the judgement is."""
        waiting: QuerySet[Any] = _by_clock("due_at")(self, rows.filter(state=AppealState.OPEN), name, value)
        return waiting

    def by_judge(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """The reader's own, or anybody's."""
        if value == "nobody":
            return rows.filter(judge__isnull=True)
        request: Any = self.request
        return rows.filter(judge_id=request.user.pk)

    def by_precedent(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Published or not."""
        return rows.filter(precedent__isnull=value != "yes")


class PrecedentFilter(WagtailFilterSet):
    """Published judgements: how they went, and since when."""

    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=[one for one in AppealState.choices if one[0] != AppealState.OPEN]
    )
    published_on = django_filters.DateFromToRangeFilter(label=_("Published"))

    class Meta:
        model = Precedent
        fields: list[str] = []


class ProtectionFilter(_OfDeal):
    """Protections: in force, ending soon, in grace, over; and why they ended."""

    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("live", _("In force")), ("week", _("End within a week")), ("fortnight", _("End within two weeks")),
            ("month", _("End within a month")),
            ("grace", _("In grace")), ("over", _("Over")),
        ],
        method="by_state",
    )  # fmt: skip
    end_cause = django_filters.ChoiceFilter(label=_("Why it ended"), choices=EndCause.choices)

    class Meta:
        model = ProtectionLife
        fields: list[str] = []

    def by_state(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        """Where it stands."""
        now = timezone.now()
        kinds = {
            "live": Q(),
            "week": Q(ends_at__lte=now + timedelta(days=7)),
            "fortnight": Q(ends_at__lte=now + SOON),
            "month": Q(ends_at__lte=now + timedelta(days=30)),
            "grace": Q(in_grace=True),
        }
        return rows.exclude(live(now)) if value == "over" else rows.filter(live(now) & kinds[value])


class ChoiceFilter(_OfDeal):
    """Customers' written choices: since when."""

    cut_at = django_filters.DateFromToRangeFilter(label=_("Protection ends"))

    class Meta:
        model = ProtectionLife
        fields: list[str] = []
