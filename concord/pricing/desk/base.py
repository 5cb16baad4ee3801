"""What the desk's own pages about prices share: who may open them, and the actor behind the request."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from concord.portal.actor import Actor, stranger
from concord.portal.desk import desk_actor
from concord.portal.enums import Door, Role
from concord.portal.models import User

MANAGERS = frozenset({Role.CHANNEL_MANAGER, Role.PRICING_MANAGER})
KEEPING = frozenset({Role.PRICING_MANAGER})


class ForRoles(View):
    """A view for some roles alone; others get a refusal before anything is read."""

    roles: ClassVar[Collection[Role]] = MANAGERS

    @property
    def actor(self) -> Actor:
        """Who is at the desk."""
        user = self.request.user
        return desk_actor(user) if isinstance(user, User) else stranger(Door.DESK)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse or go on."""
        if not self.actor.has_role(*self.roles):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PricePage(WagtailAdminTemplateMixin, ForRoles, TemplateView):
    """A page of the desk with its breadcrumbs; ``trail`` is what lies between home and the page."""

    def trail(self) -> list[dict[str, Any]]:
        """Address and label of each step above."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the trail, this page."""
        return [*self.breadcrumbs_items, *self.trail(), {"url": "", "label": self.get_page_title()}]
