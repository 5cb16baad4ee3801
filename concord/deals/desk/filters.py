"""Saved filters of the desk's lists: kept and removed by the person whose they are."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from concord.deals.actions.saved_filters import remove_filter, save_filter
from concord.deals.models import SavedFilter
from concord.portal.desk import RoleView
from concord.portal.enums import Role
from concord.portal.refusals import InvalidInput, NotThere, Refusal

_ADDRESSES = {"queue": "registrations:queue", "all": "registrations:all"}


def saved_filters(user_id: int | None, list_name: str) -> dict[str, Any]:
    """What a list shows of a person's filters."""
    address = reverse(_ADDRESSES[list_name])
    own = SavedFilter.objects.filter(user_id=user_id or 0, list_name=list_name)
    return {"saved_filters": own, "filters_list": list_name, "filters_address": address}


class SaveFilterView(RoleView):
    """Keep what the list shows now: the address that the person came from says it."""

    roles = (Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Save, and go back to the list as it was."""
        list_name = request.POST.get("list", "")
        if list_name not in _ADDRESSES:
            raise Http404
        address = reverse(_ADDRESSES[list_name])
        came_from = urlsplit(request.headers.get("referer", ""))
        query = came_from.query if came_from.path == address else request.POST.get("query", "")
        try:
            saved = save_filter(actor=self.actor, list_name=list_name, name=request.POST.get("name", ""), query=query)
        except InvalidInput as refusal:
            messages.error(request, " ".join(str(error.message) for error in refusal.errors))
        except Refusal as refusal:
            messages.error(request, str(refusal.message))
        else:
            messages.success(request, _("Kept as “%(name)s”.") % {"name": saved.name})
        return HttpResponseRedirect(f"{address}?{query}")


class RemoveFilterView(RoleView):
    """Forget one."""

    roles = (Role.CHANNEL_MANAGER, Role.PRICING_MANAGER)
    http_method_names = ["post"]

    def post(self, request: HttpRequest, filter_uuid: uuid.UUID) -> HttpResponse:
        """Remove, and go back to the list."""
        try:
            remove_filter(actor=self.actor, filter_uuid=filter_uuid)
        except NotThere as error:
            raise Http404 from error
        messages.success(request, _("Removed."))
        return HttpResponseRedirect(reverse(_ADDRESSES.get(request.POST.get("list", ""), "registrations:queue")))
