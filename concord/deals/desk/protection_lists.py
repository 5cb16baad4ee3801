"""The desk's lists around protections: extensions, stops of the clock, appeals, choices, precedents, protections."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn

from concord.deals.desk.lists import texts_harmless
from concord.deals.desk.protection_base import (
    DueColumn,
    Figure,
    LifeColumn,
    LookColumn,
    ProtectionList,
    appeal_url,
    one_url,
)
from concord.deals.models import Appeal, ExtensionRequest, Precedent, ProtectionHold, ProtectionLife
from concord.deals.protection_filters import (
    AppealFilter,
    ChoiceFilter,
    ExtensionFilter,
    HoldFilter,
    PrecedentFilter,
    ProtectionFilter,
)
from concord.deals.queries import protection_lists as lists
from concord.portal.actor import Actor
from concord.portal.ui.desk_columns import MomentColumn


class ExtensionsView(ProtectionList):
    """Requests for more time."""

    model = ExtensionRequest
    name = "extensions"
    page_title = _("Extensions")
    filterset_class = ExtensionFilter
    default_ordering = "answer_due_at"
    search_fields = ["deal__customer_name", "deal__title", "deal__partner__name", "note"]
    empty_text = _(
        "No extension was asked for yet. Partners ask on their deal's page, with evidence; the request then waits here "
        "for your answer, and is granted when nobody answers in time."
    )
    columns = [
        TitleColumn("deal", label=_("Customer as typed"), accessor="deal.customer_name", get_url=one_url,
                    sort_key="deal__customer_name"),
        Column("partner", label=_("Partner"), accessor="deal.partner.name", sort_key="deal__partner__name"),
        LookColumn("state", kind="request", label=_("State"), sort_key="state"),
        DueColumn("answer_due_at", label=_("Answer"), sort_key="answer_due_at"),
        MomentColumn("asked_at", label=_("Asked"), sort_key="asked_at"),
        MomentColumn("ends_after", label=_("Protected until"), sort_key="ends_after"),
    ]  # fmt: skip
    export_filename = "extensions"
    list_export = [
        "deal.uuid", "deal.customer_name", "deal.title", "deal.partner.name", "state", "note", "asker", "asked_at",
        "answer_due_at", "answered_at", "by_silence", "reason_code", "answer_note", "ends_before", "ends_after",
    ]  # fmt: skip
    export_headings = {
        "deal.uuid": _("Deal"), "deal.customer_name": _("Customer as typed"), "deal.title": _("Title"),
        "deal.partner.name": _("Partner"), "asker": _("Asked by"), "reason_code": _("Reason"),
    }  # fmt: skip
    custom_field_preprocess = texts_harmless(
        "deal.customer_name", "deal.title", "deal.partner.name", "note", "asker", "answer_note"
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """All requests."""
        return lists.extension_rows(actor)

    def figures(self, actor: Actor) -> list[Figure]:
        """What waits, and how the others were answered."""
        found = lists.extension_figures(actor, now=timezone.now())
        return [
            (found["waiting"], _("waiting for an answer"), "", "state=pending"),
            (found["overdue"], _("overdue"), "bad", "clock=overdue"),
            (found["lacking"], _("wait for what is missing"), "warn", "state=pending&how=lacking"),
            (found["granted"], _("granted"), "", "state=granted"),
            (found["by_silence"], _("granted for want of an answer"), "", "how=silence"),
            (found["refused"], _("refused"), "", "state=refused"),
        ]


class HoldsView(ProtectionList):
    """Stops of the clock."""

    model = ProtectionHold
    name = "holds"
    page_title = _("Stops of the clock")
    filterset_class = HoldFilter
    default_ordering = "-asked_at"
    search_fields = ["deal__customer_name", "deal__title", "deal__partner__name", "note"]
    empty_text = _(
        "No clock was ever stopped. Partners ask on their deal's page when the customer's project rests; you stop a "
        "clock yourself on the page of a deal's protection."
    )
    columns = [
        TitleColumn("deal", label=_("Customer as typed"), accessor="deal.customer_name", get_url=one_url,
                    sort_key="deal__customer_name"),
        Column("partner", label=_("Partner"), accessor="deal.partner.name", sort_key="deal__partner__name"),
        LookColumn("state", kind="request", label=_("State"), sort_key="state"),
        Column("cause", label=_("Why"), accessor="cause.display_name"),
        MomentColumn("starts_at", label=_("From"), sort_key="starts_at"),
        MomentColumn("ends_at", label=_("Until"), sort_key="ends_at"),
        MomentColumn("ended_at", label=_("Ended early"), sort_key="ended_at"),
    ]  # fmt: skip
    export_filename = "stops-of-the-clock"
    list_export = [
        "deal.uuid", "deal.customer_name", "deal.title", "deal.partner.name", "state", "cause.code", "note",
        "by_vendor", "asker", "asked_at", "starts_at", "ends_at", "ended_at", "answered_at", "answer_note",
    ]  # fmt: skip
    export_headings = {
        "deal.uuid": _("Deal"), "deal.customer_name": _("Customer as typed"), "deal.title": _("Title"),
        "deal.partner.name": _("Partner"), "cause.code": _("Why"), "asker": _("Asked by"),
        "starts_at": _("From"), "ends_at": _("Until"), "ended_at": _("Ended early"),
    }  # fmt: skip
    custom_field_preprocess = texts_harmless(
        "deal.customer_name", "deal.title", "deal.partner.name", "note", "asker", "answer_note"
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """All stops."""
        return lists.hold_rows(actor)

    def figures(self, actor: Actor) -> list[Figure]:
        """What waits, and which clocks stand."""
        found = lists.hold_figures(actor, now=timezone.now())
        return [
            (found["waiting"], _("waiting for an answer"), "warn", "state=pending"),
            (found["standing"], _("clocks stand now"), "", "clock=stands"),
            (found["ended_early"], _("ended early"), "", "clock=early"),
            (found["refused"], _("refused"), "", "state=refused"),
        ]


class AppealsView(ProtectionList):
    """Appeals, without the names of partners and customers."""

    model = Appeal
    name = "appeals"
    page_title = _("Appeals")
    filterset_class = AppealFilter
    default_ordering = "due_at"
    search_fields = ["judge__name"]
    empty_text = _(
        "Nobody has appealed. Partners may appeal once against a rejection or a duplicate, in time and with new "
        "evidence. Name the neutral person who judges in the terms of the programme."
    )
    columns = [
        TitleColumn("filed_at", label=_("Filed"), get_url=appeal_url, sort_key="filed_at"),
        LookColumn("state", kind="appeal", label=_("State"), sort_key="state"),
        Column("decision", label=_("Against"), accessor="deal.get_review_status_display", sort_key="decision"),
        DueColumn("due_at", label=_("Judgement"), sort_key="due_at"),
        Column("judge", label=_("Judge"), accessor="judge_name", sort_key="judge_name"),
        MomentColumn("judged_at", label=_("Judged"), sort_key="judged_at"),
        MomentColumn("precedent_on", label=_("Published"), sort_key="precedent_on"),
    ]
    export_filename = "appeals"
    list_export = [
        "uuid", "state", "decision", "decided_at", "filed_at", "due_at", "judge_name", "judged_at", "judged_by_name",
        "reason_code", "precedent_on",
    ]  # fmt: skip
    export_headings = {
        "judge_name": _("Judge"), "judged_by_name": _("Judged by"), "reason_code": _("Reason"),
        "precedent_on": _("Published"),
    }  # fmt: skip
    custom_field_preprocess = texts_harmless("judge_name", "judged_by_name")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """All appeals."""
        return lists.appeal_rows(actor)

    def figures(self, actor: Actor) -> list[Figure]:
        """What waits, and how appeals went."""
        found = lists.appeal_figures(actor, now=timezone.now())
        return [
            (found["waiting"], _("waiting for judgement"), "", "state=open"),
            (found["overdue"], _("overdue"), "bad", "clock=overdue"),
            (found["mine"], _("for you to judge"), "warn", "state=open&judge=me"),
            (found["upheld"], _("decisions stood"), "", "state=upheld"),
            (found["overturned"], _("decisions fell"), "", "state=overturned"),
        ]


class PrecedentsView(ProtectionList):
    """Published judgements."""

    model = Precedent
    name = "precedents"
    page_title = _("Precedents")
    filterset_class = PrecedentFilter
    default_ordering = "-published_on"
    search_fields = ["title", "title_zh", "text", "text_zh"]
    empty_text = _(
        "Nothing is published yet. Once an appeal is judged, its page offers to publish the judgement without names, "
        "so that partners know what to expect."
    )
    columns = [
        TitleColumn("title", label=_("Title"), accessor="shown_title", get_url=appeal_url, sort_key="title"),
        LookColumn("outcome", kind="appeal", label=_("Outcome"), sort_key="outcome"),
        MomentColumn("published_on", label=_("Published"), sort_key="published_on"),
        Column("publisher", label=_("By"), sort_key="publisher"),
    ]
    export_filename = "precedents"
    list_export = ["uuid", "title", "title_zh", "text", "text_zh", "outcome", "published_on", "publisher"]
    export_headings = {"publisher": _("By")}
    custom_field_preprocess = texts_harmless("title", "title_zh", "text", "text_zh", "publisher")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """All of them: everybody may read them."""
        return lists.precedent_rows()

    def figures(self, actor: Actor) -> list[Figure]:
        """How many there are, and how many appeals might follow."""
        found = lists.appeal_figures(actor, now=timezone.now())
        judged = found["upheld"] + found["overturned"]
        return [
            (lists.precedent_rows().count(), _("published judgements"), "", ""),
            (judged, _("appeals were judged"), "", ""),
        ]


class LivesView(ProtectionList):
    """Every protection that there was."""

    model = ProtectionLife
    name = "lives"
    page_title = _("All protections")
    filterset_class = ProtectionFilter
    default_ordering = "ends_at"
    search_fields = ["deal__customer_name", "deal__title", "deal__partner__name", "deal__owner__name"]
    empty_text = _("Nobody is protected yet. Approving a registration protects its customer.")
    columns = [
        TitleColumn("deal", label=_("Customer as typed"), accessor="deal.customer_name", get_url=one_url,
                    sort_key="deal__customer_name"),
        Column("partner", label=_("Partner"), accessor="deal.partner.name", sort_key="deal__partner__name"),
        LifeColumn("life", label=_("State"), accessor="end_cause", sort_key="end_cause"),
        MomentColumn("started_at", label=_("Began"), sort_key="started_at"),
        MomentColumn("ends_at", label=_("Ends"), sort_key="ends_at"),
        MomentColumn("test_due_at", label=_("Next test of activity"), sort_key="test_due_at"),
        MomentColumn("hard_end", label=_("Ends at the latest"), sort_key="hard_end"),
    ]  # fmt: skip
    export_filename = "protections"
    list_export = [
        "deal.uuid", "deal.customer_name", "deal.title", "deal.partner.name", "deal.owner.name", "started_at",
        "ends_at", "hard_end", "test_due_at", "in_grace", "grace_until", "extensions", "held", "cut_at", "ended_at",
        "end_cause",
    ]  # fmt: skip
    export_headings = {
        "deal.uuid": _("Deal"), "deal.customer_name": _("Customer as typed"), "deal.title": _("Title"),
        "deal.partner.name": _("Partner"), "deal.owner.name": _("Seller"),
    }  # fmt: skip
    custom_field_preprocess = texts_harmless("deal.customer_name", "deal.title", "deal.partner.name", "deal.owner.name")

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """All protections."""
        return lists.protection_rows(actor)

    def figures(self, actor: Actor) -> list[Figure]:
        """What is in force, and what is about to end."""
        found = lists.life_figures(lists.protection_rows(actor), now=timezone.now())
        return [
            (found["live"], _("in force"), "", "state=live"),
            (found["ending"], _("end within two weeks"), "warn", "state=fortnight"),
            (found["in_grace"], _("in grace"), "bad", "state=grace"),
            (found["over"], _("over"), "", "state=over"),
        ]


class ChoicesView(LivesView):
    """Protections that ended because the customer chose in writing."""

    name = "choices"
    page_title = _("Customers' choices")
    filterset_class = ChoiceFilter
    default_ordering = "-cut_at"
    export_filename = "customers-choices"
    empty_text = _(
        "No customer has chosen in writing. When a letter comes, open the customer's protection and record it there: "
        "the protection ends with the day, and both partners read that it was the customer."
    )

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """Those that a letter ended."""
        return lists.choice_rows(actor)

    def figures(self, actor: Actor) -> list[Figure]:
        """How many, and how many still end."""
        found = lists.life_figures(lists.choice_rows(actor), now=timezone.now())
        return [
            (found["live"] + found["over"], _("customers chose in writing"), "", ""),
            (found["live"], _("still protected today"), "", ""),
        ]
