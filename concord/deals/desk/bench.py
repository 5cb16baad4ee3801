"""The registration workbench: the claim beside its likely twins, both stories, and the decisions as buttons."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from concord.deals.access import access_deal
from concord.deals.actions.decisions import (
    approve_registration,
    decide_duplicate,
    reject_registration,
    return_for_completion,
)
from concord.deals.actions.locked import as_read_at
from concord.deals.actions.twins import link_to_customer, tell_apart
from concord.deals.desk.columns import CLOCKS
from concord.deals.enums import Deed, ReviewStatus
from concord.deals.forms.decisions import DECISION_FORMS, DecisionForm, DuplicateForm
from concord.deals.models import Deal
from concord.deals.queries.deals import waiting_for_an_answer
from concord.deals.queries.eligibility import asked_by, findings, list_unit_prices, value_at_list_prices
from concord.deals.queries.evidence import evidence_of
from concord.deals.queries.history import deal_histories
from concord.deals.queries.protections import protections_of
from concord.deals.queries.readiness import is_worked_on, readiness_of
from concord.deals.queries.registrations import lines_of
from concord.deals.queries.vendor_accounts import is_vendor_account
from concord.deals.queries.workbench import Workbench, rivals_of, urgency, workbench
from concord.deals.queries.workbench_prices import prices_at
from concord.deals.rules import DECIDING, can_decide, possible_deeds
from concord.partners.enums import Verdict
from concord.portal.actor import Actor
from concord.portal.desk import DeskPage, RoleView
from concord.portal.enums import Role
from concord.portal.refusals import InvalidInput, NotThere, Refusal

_KEYS = {Deed.APPROVE: "a", Deed.DUPLICATE: "d", Deed.RETURN: "r", Deed.REJECT: "x"}
_MOST_STORIES = 3

_STATES = {
    Deed.APPROVE: ReviewStatus.APPROVED,
    Deed.DUPLICATE: ReviewStatus.DUPLICATE,
    Deed.RETURN: ReviewStatus.RETURNED,
    Deed.REJECT: ReviewStatus.REJECTED,
}

_ACTIONS: dict[Deed, Callable[..., Deal]] = {
    Deed.APPROVE: approve_registration,
    Deed.DUPLICATE: decide_duplicate,
    Deed.RETURN: return_for_completion,
    Deed.REJECT: reject_registration,
}


def _deal(actor: Actor, deal_uuid: uuid.UUID) -> Deal:
    try:
        return access_deal(actor, deal_uuid)
    except NotThere as error:
        raise Http404 from error


class WorkbenchView(DeskPage):
    """One deal in the desk. Channel managers decide here; pricing managers read."""

    roles: ClassVar[Collection[Role]] = (Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)
    template_name = "deals/desk/bench.html"
    header_icon = "tasks"
    refused: Refusal | None = None
    refused_form: DecisionForm | None = None
    refused_deed: Deed | None = None
    above = (("registrations:queue", gettext_lazy("Registrations")),)

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Registration")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The workbench, the stories, the forms of what can be decided now."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        actor = self.actor
        deal = _deal(actor, self.kwargs["deal_uuid"])
        bench = workbench(actor, deal) if deal.end_customer_id else None
        deeds = [deed for deed in possible_deeds(actor, deal) if deed in DECIDING]
        rivals = rivals_of(bench)[:_MOST_STORIES] if bench else []
        histories = deal_histories(actor, [deal, *rivals])
        clock = urgency(deal.answer_due_at, now=timezone.now())
        context.update(
            deal=deal,
            bench=bench,
            **_rules_and_prices(deal, bench),
            following=waiting_for_an_answer(actor).exclude(pk=deal.pk).first() if deeds else None,
            protections=protections_of(deal),
            readiness=readiness_of(deal, timezone.now()) if is_worked_on(deal) else None,
            evidence=evidence_of(actor, deal),
            clock=clock,
            clock_look=CLOCKS[clock.state] if clock else None,
            history=histories[deal.pk],
            rivals=[(rival, histories[rival.pk]) for rival in rivals],
            decisions=[self._decision(deed, deal, bench) for deed in _KEYS if deed in deeds],
            can_judge=bool(deeds),
            can_keep=bool(can_decide(actor)),
            own_is_vendors=bench is not None and is_vendor_account({bench.own.customer.pk}),
            refused=self.refused,
            version=deal.updated_at.isoformat(),
        )
        return context

    def _decision(self, deed: Deed, deal: Deal, bench: Workbench | None) -> dict[str, Any]:
        mine = deed == self.refused_deed
        form = self.refused_form if mine and self.refused_form else decision_form(deed, deal, bench)
        return {"deed": deed, "form": form, "key": _KEYS[deed], "is_open": mine}


def _rules_and_prices(deal: Deal, bench: Workbench | None) -> dict[str, Any]:
    """The products with list price, promises and special prices at the customer; what stands against what waits."""
    now, lines = timezone.now(), lines_of(deal)
    own = bench.companies(bench.own) if bench else set()
    asked = asked_by(deal, customer_ids=own, lines=lines)
    listed = list_unit_prices(asked, now=now)
    prices = prices_at(listed, lines, customer_ids=own, now=now)
    if bench is None or deal.review_status != ReviewStatus.SUBMITTED:
        return {"prices": prices}
    same = bench.companies(bench.own, *(side for side in bench.others if side.is_same))
    asked = asked_by(deal, customer_ids=same, lines=lines)
    return {
        "prices": prices,
        "findings": findings(asked, now=now, listed=listed),  # also what the partner is not told
        "value": value_at_list_prices(asked, now=now, listed=listed),
    }


def decision_form(deed: Deed, deal: Deal, bench: Workbench | None, data: Any = None) -> DecisionForm:
    """The form of a decision about a deal; that of a duplicate offers the twins."""
    initial = {"version": deal.updated_at.isoformat()}
    if deed == Deed.DUPLICATE:
        twins = [(str(side.customer.uuid), side.customer.legal_name) for side in bench.others] if bench else []
        return DuplicateForm(data, initial=initial, prefix=deed.value, twins=twins)
    return DECISION_FORMS[deed](data, initial=initial, prefix=deed.value)


class DecideView(WorkbenchView):
    """A decision that was sent. Refused, the workbench comes back with what stands in the way and what was typed."""

    roles = (Role.CHANNEL_MANAGER,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, deal_uuid: uuid.UUID, deed: str) -> HttpResponse:
        """Decide."""
        if deed not in {one.value for one in _ACTIONS}:
            raise Http404
        chosen = Deed(deed)
        actor = self.actor
        deal = _deal(actor, deal_uuid)
        bench = workbench(actor, deal) if deal.end_customer_id and chosen == Deed.DUPLICATE else None
        form = decision_form(chosen, deal, bench, request.POST)
        if form.is_valid():
            try:
                _decide(chosen, actor, deal, form)
            except Refusal as refusal:
                self.refused = refusal
                _put_errors(form, refusal)
            else:
                following = waiting_for_an_answer(actor).first()
                way = reverse("registrations:bench", args=[following.uuid]) if following else ""
                messages.success(
                    request,
                    _("Decided: %(decision)s.") % {"decision": deal_word(chosen)},
                    buttons=[messages.button(way, _("Next registration"))] if way else None,
                )
                return HttpResponseRedirect(reverse("registrations:bench", args=[deal.uuid]))
        self.refused_form, self.refused_deed = form, chosen
        status = self.refused.status if self.refused else 422
        return self.render_to_response(self.get_context_data(), status=status)


def deal_word(deed: Deed) -> str:
    """What a registration is after a decision, in the reader's language."""
    return str(_STATES[deed].label)


def _decide(deed: Deed, actor: Actor, deal: Deal, form: DecisionForm) -> None:
    values = form.action_values()
    if values.get("same_as"):
        values["same_as"] = uuid.UUID(values["same_as"])
    _ACTIONS[deed](
        actor=actor,
        deal_uuid=deal.uuid,
        now=timezone.now(),
        expect=as_read_at(form.cleaned_data["version"]),
        **values,
    )


def _put_errors(form: DecisionForm, refusal: Refusal) -> None:
    """Show a refusal at the fields that it names, the rest above the form."""
    if not isinstance(refusal, InvalidInput):
        form.add_error(None, str(refusal.message))
        return
    for error in refusal.errors:
        name = error.pointer.strip("/").split("/")[0]
        name = {"fields": "fields_wanted"}.get(name, name)
        form.add_error(name if name in form.fields else None, str(error.message))


class JudgeTwinView(RoleView):
    """Same company or two: what a person says of the claim's record and a twin."""

    roles = (Role.CHANNEL_MANAGER,)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, deal_uuid: uuid.UUID, customer_uuid: uuid.UUID) -> HttpResponse:
        """Remember the verdict."""
        said = {Verdict.SAME.value: link_to_customer, Verdict.DIFFERENT.value: tell_apart}
        judge = said.get(request.POST.get("verdict", ""))
        if judge is None:
            raise Http404
        try:
            judge(
                actor=self.actor,
                deal_uuid=deal_uuid,
                customer_uuid=customer_uuid,
                now=timezone.now(),
                expect=as_read_at(request.POST.get("version", "")),
            )
        except NotThere as error:
            raise Http404 from error
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("This verdict is remembered and wins over the score."))
        return HttpResponseRedirect(reverse("registrations:bench", args=[deal_uuid]))
