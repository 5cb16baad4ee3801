"""Several registrations decided at once: one reason for all, each in a transaction of its own, reported row by row."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.deals.actions.decisions import approve_registration, reject_registration, return_for_completion
from concord.deals.actions.locked import as_read_at
from concord.deals.enums import Deed
from concord.deals.forms.decisions import DECISION_FORMS, DecisionForm
from concord.deals.models import Deal
from concord.deals.queries.deals import waiting_for_an_answer
from concord.portal.actor import Actor
from concord.portal.desk import DeskPage
from concord.portal.enums import Role
from concord.portal.refusals import InvalidInput, Refusal

MOST: Final = 100

_ACTIONS: Final[dict[Deed, Callable[..., Deal]]] = {
    Deed.APPROVE: approve_registration,
    Deed.RETURN: return_for_completion,
    Deed.REJECT: reject_registration,
}
_KEYS: Final = {Deed.APPROVE: "a", Deed.RETURN: "r", Deed.REJECT: "x"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one registration; ``refusal`` says why nothing did."""

    deal: Deal
    refusal: str = ""


class BulkView(DeskPage):
    """The chosen registrations, and what can be said of all of them."""

    roles = (Role.CHANNEL_MANAGER,)
    template_name = "deals/desk/bulk.html"
    header_icon = "tasks"
    above = (("registrations:queue", gettext_lazy("Registrations")),)

    def get_page_title(self) -> str:
        """What the page is about."""
        return _("Decide on several registrations")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The rows that still wait for an answer, and a form for each decision."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context.setdefault("deals", chosen(self.actor, self.request.GET.getlist("deal")))
        context.setdefault("decisions", [_decision(deed) for deed in _ACTIONS])
        context["most"] = MOST
        return context

    def post(self, request: HttpRequest, deed: str) -> HttpResponse:
        """Decide on each; what is refused stays as it was and is listed with its reason."""
        wanted = next((one for one in _ACTIONS if one.value == deed), None)
        if wanted is None:
            raise Http404
        versions = dict(one.partition("|")[::2] for one in request.POST.getlist("deal"))
        deals = chosen(self.actor, list(versions))
        form = _form(wanted, request.POST)
        if not form.is_valid():
            decisions = [_decision(one, form if one == wanted else None) for one in _ACTIONS]
            return self.render_to_response(self.get_context_data(deals=deals, decisions=decisions), status=422)
        values = form.action_values()
        outcomes = [_decide(wanted, self.actor, deal, versions[str(deal.uuid)], values) for deal in deals]
        context = self.get_context_data(deals=deals, outcomes=outcomes, deed=wanted, decisions=[])
        return self.render_to_response(context)


def chosen(actor: Actor, ids: Sequence[str]) -> list[Deal]:
    """The waiting registrations among these, the one that is due first at the top; what is no id is nobody's."""
    wanted = [one for one in ids[:MOST] if _is_id(one)]
    return list(waiting_for_an_answer(actor).filter(uuid__in=wanted))


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _form(deed: Deed, data: Any = None) -> DecisionForm:
    form = DECISION_FORMS[deed](data, prefix=deed.value)
    del form.fields["version"]  # each registration carries its own
    return form


def _decision(deed: Deed, form: DecisionForm | None = None) -> dict[str, Any]:
    return {"deed": deed, "form": form or _form(deed), "key": _KEYS[deed], "is_open": form is not None}


def _decide(deed: Deed, actor: Actor, deal: Deal, version: str, values: dict[str, Any]) -> Outcome:
    try:
        _ACTIONS[deed](actor=actor, deal_uuid=deal.uuid, now=timezone.now(), expect=as_read_at(version), **values)
    except InvalidInput as refusal:
        return Outcome(deal, " ".join(str(error.message) for error in refusal.errors))
    except Refusal as refusal:
        return Outcome(deal, str(refusal.message))
    return Outcome(deal)
