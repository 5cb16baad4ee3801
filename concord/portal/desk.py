"""What the desk's views share: permissions by role, and one way to scope.

Stock model view sets of Wagtail ask for the model's permission only, never for the instance's. These put the scope in
front of every view, so that a row which is not visible is not there, in lists, exports and single views alike.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import TemplateView, View
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic
from wagtail.admin.views.generic import history, usage
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from concord.portal.actor import Actor, actor_for_user, stranger
from concord.portal.enums import VENDOR_ROLES, Door, Role
from concord.portal.models import User
from concord.portal.scoping import ScopedQuerySet
from concord.portal.tabular.writing import harmless
from concord.portal.ui.desk_columns import column_for

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

_P = ParamSpec("_P")
_Answer = TypeVar("_Answer", bound=HttpResponseBase)

PEOPLE_OF_THE_DESK = frozenset({Role.CHANNEL_MANAGER, Role.PRICING_MANAGER, Role.CONTENT_EDITOR})
NOBODY: frozenset[Role] = frozenset()


def desk_actor(user: User) -> Actor:
    """The actor of a person at the desk; asked once per request."""
    known: Actor | None = getattr(user, "_desk_actor", None)
    if known is None:
        known = actor_for_user(user, Door.DESK)
        user._desk_actor = known  # type: ignore[attr-defined]
    return known


class RolePolicy(BasePermissionPolicy):
    """Who may do what to a model's rows, by role; operators (superusers) may do everything.

    ``by_action`` maps Wagtail's actions (``view``, ``add``, ``change``, ``delete``, ``choose``) to roles. Whoever may
    change may view and choose.
    """

    def __init__(self, model: type[models.Model], **by_action: Collection[Role]) -> None:
        super().__init__(model)
        self.by_action: dict[str, frozenset[Role]] = {name: frozenset(roles) for name, roles in by_action.items()}
        self.by_action["view"] = self.by_action.get("view", NOBODY) | self.by_action.get("change", NOBODY)
        self.by_action["choose"] = self.by_action.get("choose", NOBODY) | self.by_action["view"]

    def user_has_permission(self, user: User, action: str) -> bool:
        """Whether the role allows the action."""
        if not user.is_active:
            return False
        return desk_actor(user).has_role(*self.by_action.get(action, NOBODY))

    def users_with_any_permission(self, actions: Collection[str]) -> models.QuerySet[User]:
        """The people whose role allows one of the actions."""
        roles = frozenset().union(*(self.by_action.get(action, NOBODY) for action in actions))
        allowed = models.Q(is_superuser=True) | models.Q(member__role__in=roles & VENDOR_ROLES)
        return User.objects.filter(allowed, is_active=True)


def give_permissions(
    model: type[models.Model],
    *,
    view: Collection[Role] = PEOPLE_OF_THE_DESK,
    change: Collection[Role] = NOBODY,
    add: Collection[Role] | None = None,
    delete: Collection[Role] = NOBODY,
) -> None:
    """Register who may do what to a model in the desk; ``add`` defaults to ``change``. Call it when apps are ready."""
    policy = RolePolicy(model, view=view, change=change, add=change if add is None else add, delete=delete)
    register_permission_policy(model, policy)


def needs_role(*roles: Role) -> Callable[[Callable[_P, _Answer]], Callable[_P, _Answer]]:
    """A desk view for some roles only: others get a refusal, and people without the desk never come here."""

    def decorate(view: Callable[_P, _Answer]) -> Callable[_P, _Answer]:
        @wraps(view)
        def checked(*args: _P.args, **kwargs: _P.kwargs) -> _Answer:
            request = next(argument for argument in args if isinstance(argument, HttpRequest))
            if not isinstance(request.user, User) or not desk_actor(request.user).has_role(*roles):
                raise PermissionDenied
            return view(*args, **kwargs)

        return checked

    return decorate


def make_exports_harmless() -> None:
    """Let no text in any export of the desk be run as a formula, Wagtail's own reports included.

    These name rows as somebody else has called them. Call it when apps are ready.
    """
    for kind in (str, models.Model):
        write = dict.fromkeys(SpreadsheetExportMixin.FORMATS, lambda cell: harmless(str(cell)))
        SpreadsheetExportMixin.custom_value_preprocess[kind] = write


def visible_rows(view: Any, model: type[models.Model]) -> models.QuerySet[Any]:
    """The rows of a model that the person at this view may see."""
    rows = model._default_manager.all()
    if isinstance(rows, ScopedQuerySet):
        return rows.visible_to(desk_actor(view.request.user))
    return rows


class _ScopedList:
    def get_base_queryset(self) -> models.QuerySet[Any]:
        return visible_rows(self, self.model)  # type: ignore[attr-defined]


class _ScopedObject:
    def get_object(self, queryset: models.QuerySet[Any] | None = None) -> models.Model:
        rows = visible_rows(self, self.model)  # type: ignore[attr-defined]
        try:
            found: models.Model = rows.get(pk=self.kwargs["pk"])  # type: ignore[attr-defined]
        except (rows.model.DoesNotExist, ValueError) as error:
            raise Http404 from error
        return found


class ScopedIndexView(_ScopedList, generic.IndexView):
    """The list and its export, in which nothing that somebody typed is run as a formula."""

    #: what a list without rows says to do first, or why it may stay so
    empty_text: str | _StrPromise = ""

    def get_base_queryset(self) -> models.QuerySet[Any]:
        """The visible rows together with what their columns name, so that no row asks for it by itself."""
        shown = {str(getattr(one, "accessor", one)).partition(".")[0].partition("__")[0] for one in self._shown()}
        named = {one.name for one in self.model._meta.concrete_fields if one.is_relation} & shown
        rows = super().get_base_queryset()
        return rows.select_related(*sorted(named)) if named else rows

    def _get_custom_column(self, field_name: str, column_class: type[Column] = Column, **kwargs: Any) -> Column:
        """Yes and no, days and moments as the whole portal writes them."""
        if column_class is Column:
            column_class = column_for(next((one for one in self.model._meta.fields if one.name == field_name), None))
        return super()._get_custom_column(field_name, column_class, **kwargs)

    def _shown(self) -> list[Any]:
        return [*(self.list_display or ()), *(self.list_export or ())]

    def get_preprocess_function(self, field: str, value: Any, export_format: str) -> Callable[[Any], Any]:
        """How a cell is written: texts and names of rows so that no spreadsheet takes them for a formula."""
        found: Callable[[Any], Any] = super().get_preprocess_function(field, value, export_format)
        if not isinstance(value, (str, models.Model)):
            return found
        return lambda cell: harmless(str(found(cell)))


class ScopedEditView(_ScopedObject, generic.EditView):
    """Edit."""


class ScopedDeleteView(_ScopedObject, generic.DeleteView):
    """Delete."""


class ScopedInspectView(_ScopedObject, generic.InspectView):
    """Look at one row."""

    def get_field_display_value(self, field_name: str, field: Any) -> Any:
        """A dash where there is nothing."""
        value = super().get_field_display_value(field_name, field)
        return "–" if value is None or value == "" else value


class ScopedHistoryView(_ScopedObject, history.HistoryView):
    """Who edited the row in the desk."""


class ScopedUsageView(_ScopedObject, usage.UsageView):
    """Where the row is used."""


class ScopedModelViewSet(ModelViewSet):
    """A model view set whose every view sees visible rows only. Register permissions with ``give_permissions``."""

    index_view_class = ScopedIndexView
    edit_view_class = ScopedEditView
    delete_view_class = ScopedDeleteView
    inspect_view_class = ScopedInspectView
    history_view_class = ScopedHistoryView
    usage_view_class = ScopedUsageView
    copy_view_enabled = False
    inspect_view_enabled = True
    search_backend_name = None
    list_export: Any = ()
    empty_text: str | _StrPromise = ""

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """The set says what its list shows while it is empty."""
        known: dict[str, Any] = super().get_index_view_kwargs(**{"empty_text": self.empty_text, **kwargs})
        return known


class RoleView(View):
    """A view for some roles alone; others get a refusal before anything is read."""

    roles: ClassVar[Collection[Role]] = NOBODY

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


def page_header(title: str | _StrPromise, icon: str, *above: tuple[str, str | _StrPromise]) -> dict[str, Any]:
    """What the header of a page reads: title, icon, and the way from home by each step above, a named address."""
    steps = [{"url": reverse(name), "label": label} for name, label in above]
    way = [*WagtailAdminTemplateMixin.breadcrumbs_items, *steps, {"url": "", "label": title}]
    return {"page_title": title, "header_title": title, "header_icon": icon, "breadcrumbs_items": way}


class DeskPage(WagtailAdminTemplateMixin, RoleView, TemplateView):
    """A page of the desk with its breadcrumbs; ``above`` names what lies between home and the page.

    Each step is a named address and its label; where a step depends on the row at hand, ``trail`` says it.
    """

    above: ClassVar[Collection[tuple[str, str | _StrPromise]]] = ()

    def trail(self) -> list[dict[str, Any]]:
        """Address and label of each step above."""
        return [{"url": reverse(name), "label": label} for name, label in self.above]

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the trail, this page."""
        return [*self.breadcrumbs_items, *self.trail(), {"url": "", "label": self.get_page_title()}]
