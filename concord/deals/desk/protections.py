"""Protections in the desk: what waits for an answer, what ends, one deal's clock, and appeals with both files."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet

from concord.deals.access import access_deal
from concord.deals.actions.appeals import overturn_decision, uphold_decision
from concord.deals.actions.customers_choice import record_customers_choice
from concord.deals.actions.extensions import grant_extension, refuse_extension
from concord.deals.actions.holds import grant_hold, hold_protection, refuse_hold
from concord.deals.actions.holds_ending import end_hold
from concord.deals.actions.locked import as_read_at
from concord.deals.actions.precedents import publish_precedent
from concord.deals.desk.protection_base import list_links
from concord.deals.desk.protection_lists import (
    AppealsView,
    ChoicesView,
    ExtensionsView,
    HoldsView,
    LivesView,
    PrecedentsView,
)
from concord.deals.forms import protection as forms
from concord.deals.models import ClosingDay, Deal
from concord.deals.protection_enums import AppealState, RequestState
from concord.deals.protection_rules import can_judge, is_extendable
from concord.deals.queries.appeals import (
    appeal_of,
    both_files,
    evidence_for_appeal,
    names_in,
    open_appeals,
    precedent_of,
    without_names,
)
from concord.deals.queries.deals import overdue_answers
from concord.deals.queries.evidence import evidence_of
from concord.deals.queries.programme import programme_terms
from concord.deals.queries.protection_life import (
    ending_lives,
    pending_extensions,
    pending_holds,
    protection_view,
    rivals_at,
)
from concord.portal.desk import DeskPage, ScopedModelViewSet
from concord.portal.enums import Role
from concord.portal.refusals import InvalidInput, NotThere, Refusal

_READERS = (Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)

#: what the desk does with a protection or an appeal: form, action, word for the button
DEEDS: dict[str, tuple[type[Any], Callable[..., Any], Any]] = {
    "grant-extension": (forms.GrantExtensionForm, grant_extension, gettext_lazy("Grant the extension")),
    "refuse-extension": (forms.RefuseExtensionForm, refuse_extension, gettext_lazy("Refuse the extension")),
    "grant-hold": (forms.GrantHoldForm, grant_hold, gettext_lazy("Stop the clock as asked")),
    "refuse-hold": (forms.RefuseHoldForm, refuse_hold, gettext_lazy("Let the clock run")),
    "hold": (forms.HoldForm, hold_protection, gettext_lazy("Stop the clock")),
    "end-hold": (forms.EndHoldForm, end_hold, gettext_lazy("Let the clock run on")),
    "choice": (forms.ChoiceForm, record_customers_choice, gettext_lazy("The customer chose in writing")),
    "uphold": (forms.UpholdForm, uphold_decision, gettext_lazy("The decision stands")),
    "overturn": (forms.OverturnForm, overturn_decision, gettext_lazy("The decision falls")),
    "precedent": (forms.PrecedentForm, publish_precedent, gettext_lazy("Publish as a precedent")),
}
_OF_APPEAL = ("uphold", "overturn", "precedent")


class ProtectionsView(DeskPage):
    """Everything about protections that waits for somebody."""

    roles: ClassVar[Collection[Role]] = _READERS
    template_name = "deals/desk/protections.html"
    header_icon = "calendar-check"
    page_title = gettext_lazy("Protections")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The five queues."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        actor, now = self.actor, timezone.now()
        context.update(
            extensions=pending_extensions(actor),
            holds=pending_holds(actor),
            appeals=open_appeals(actor),
            ending=ending_lives(actor, now=now, within=timedelta(days=programme_terms().warn_before_end_days)),
            overdue=overdue_answers(actor, now=now),
            now=now,
            lists=list_links(),
        )
        return context


class _OneDeal(DeskPage):
    roles: ClassVar[Collection[Role]] = _READERS
    refused: Refusal | None = None
    refused_deed = ""
    refused_form: Any = None
    above = (("protections:index", gettext_lazy("Protections")),)

    @property
    def deal(self) -> Deal:
        """The deal of the address."""
        try:
            return access_deal(self.actor, self.kwargs["deal_uuid"])
        except NotThere as error:
            raise Http404 from error

    def decisions(self, deal: Deal, names: Collection[str], **initial: Any) -> list[dict[str, Any]]:
        """The forms of what can be done, for those who decide."""
        if not self.actor.has_role(Role.CHANNEL_MANAGER):
            return []
        return [
            {
                "deed": name,
                "word": DEEDS[name][2],
                "is_open": name == self.refused_deed,
                "form": self.refused_form if name == self.refused_deed else deed_form(name, deal, **initial),
            }
            for name in names
        ]


class ProtectionDeskView(_OneDeal):
    """One deal's protection: its clock, what was asked for, the customer's choice."""

    template_name = "deals/desk/protection.html"
    header_icon = "calendar-check"
    page_title = gettext_lazy("Protection")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The clock and the forms."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        deal = self.deal
        view = protection_view(deal, now=timezone.now())
        possible: list[str] = []
        if view is not None and view.is_live:
            if view.extension is not None and view.extension.state == RequestState.PENDING:
                possible += ["grant-extension", "refuse-extension"]
            if view.hold is not None and view.hold.state == RequestState.PENDING:
                possible += ["grant-hold", "refuse-hold"]
            possible += ["end-hold"] if is_extendable(deal) and view.to_end is not None else []
            possible += ["hold"] if is_extendable(deal) and view.hold_left > timedelta() else []
            possible += ["choice"] if view.row.cut_at is None else []
        context.update(
            deal=deal,
            protection=view,
            evidence=evidence_of(self.actor, deal),
            decisions=self.decisions(deal, possible),
            refused=self.refused,
        )
        return context


class AppealDeskView(_OneDeal):
    """An appeal: both files side by side without names, and the judgement."""

    template_name = "deals/desk/appeal.html"
    header_icon = "tasks"
    page_title = gettext_lazy("Appeal")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Both files and the forms of whoever may judge."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        deal = self.deal
        appeal = appeal_of(deal)
        if appeal is None:
            raise Http404
        appeal.deal = deal
        may = can_judge(self.actor, appeal)
        precedent = precedent_of(appeal)
        initial = (
            {name: getattr(precedent, name) for name in ("title", "title_zh", "text", "text_zh")} if precedent else {}
        )
        judging = ["uphold", "overturn"] if may else []
        possible = judging if appeal.state == AppealState.OPEN else ["precedent"]
        context.update(
            deal=deal,
            appeal=appeal,
            grounds=without_names(appeal.grounds, names_in(appeal)),
            files=both_files(self.actor, appeal),
            evidence=evidence_for_appeal(self.actor, appeal),
            may_judge=may,
            precedent=precedent,
            decisions=self.decisions(deal, possible, **initial),
            refused=self.refused,
        )
        return context


def deed_form(name: str, deal: Deal, data: Any = None, files: Any = None, **initial: Any) -> Any:
    """The form of a deed about a deal."""
    extra: dict[str, Any] = {}
    if name == "hold":
        extra["time_zone"] = programme_terms().time_zone
    if name == "choice":
        extra["rivals"] = [(str(one.uuid), f"{one.partner.name}: {one.customer_name}") for one in rivals_at(deal)]
    first = {**initial, "version": deal.updated_at.isoformat()}
    form: Any = DEEDS[name][0](data, files, initial=first, prefix=name, **extra)
    return form


class _Deciding(_OneDeal):
    roles = (Role.CHANNEL_MANAGER,)
    http_method_names = ["post"]
    names: ClassVar[Collection[str]] = ()
    back = ""

    def post(self, request: HttpRequest, deal_uuid: uuid.UUID, deed: str) -> HttpResponse:
        """Do it; refused, the page comes back with the reason and what was typed."""
        if deed not in self.names:
            raise Http404
        deal = self.deal
        form = deed_form(deed, deal, request.POST, request.FILES)
        if form.is_valid():
            values = form.values()
            if values.get("chosen"):
                values["chosen"] = uuid.UUID(values["chosen"])
            elif "chosen" in values:
                values["chosen"] = None
            if deed != "precedent":
                values["expect"] = as_read_at(form.cleaned_data["version"])
            try:
                DEEDS[deed][1](actor=self.actor, deal_uuid=deal.uuid, now=timezone.now(), **values)
            except NotThere as error:
                raise Http404 from error
            except Refusal as refusal:
                self.refused = refusal
                _put_errors(form, refusal)
            else:
                messages.success(request, _("Done: %(deed)s.") % {"deed": DEEDS[deed][2]})
                return HttpResponseRedirect(reverse(self.back, args=[deal.uuid]))
        self.refused_deed, self.refused_form = deed, form
        status = self.refused.status if self.refused else 422
        return self.render_to_response(self.get_context_data(), status=status)


class ProtectionDoView(_Deciding, ProtectionDeskView):
    """An answer about a protection."""

    names = tuple(name for name in DEEDS if name not in _OF_APPEAL)
    back = "protections:one"


class AppealDoView(_Deciding, AppealDeskView):
    """A judgement, or its publication."""

    names = _OF_APPEAL
    back = "protections:appeal"


def _put_errors(form: Any, refusal: Refusal) -> None:
    if not isinstance(refusal, InvalidInput):
        form.add_error(None, str(refusal.message))
        return
    for error in refusal.errors:
        name = error.pointer.strip("/").split("/")[0]
        form.add_error(name if name in form.fields else None, str(error.message))


def _list_patterns() -> list[Any]:
    views = (ExtensionsView, HoldsView, AppealsView, ChoicesView, PrecedentsView, LivesView)
    return [
        found
        for view in views
        for found in (
            path(f"{view.name}/", view.as_view(), name=view.name),
            path(f"{view.name}/results/", view.as_view(results_only=True), name=f"{view.name}_results"),
        )
    ]


class ProtectionsViewSet(ViewSet):
    """Queues, one deal's protection, appeals."""

    name = "protections"
    icon = "calendar-check"

    def get_urlpatterns(self) -> list[Any]:
        """The queues come first: they are what the menu opens."""
        return [
            path("", ProtectionsView.as_view(), name="index"),
            *_list_patterns(),
            path("<uuid:deal_uuid>/", ProtectionDeskView.as_view(), name="one"),
            path("<uuid:deal_uuid>/do/<slug:deed>/", ProtectionDoView.as_view(), name="do"),
            path("appeals/<uuid:deal_uuid>/", AppealDeskView.as_view(), name="appeal"),
            path("appeals/<uuid:deal_uuid>/do/<slug:deed>/", AppealDoView.as_view(), name="judge"),
        ]


class ClosingDayViewSet(ScopedModelViewSet):
    """The vendor's own closing days."""

    model = ClosingDay
    name = "closing_days"
    empty_text = gettext_lazy(
        "No closing day is named. On such a day no clock of an answer runs; public holidays stand in the terms of the "
        "programme."
    )
    icon = "calendar"
    menu_label = gettext_lazy("Closing days")
    form_fields = ["day", "name"]
    list_display = ["day", "name"]
    list_filter = ["day"]
    search_fields = ["name"]
    copy_view_enabled = False
