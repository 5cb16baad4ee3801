"""People in the desk: inviting, roles, and taking access away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from wagtail.admin.ui.tables import Column

from concord.partners.access import access_member
from concord.partners.actions.members import (
    WorkRemains,
    change_role,
    deactivate_member,
    invite_again,
    invite_member,
    reactivate_member,
)
from concord.partners.desk.recorded import RecordedViewSet
from concord.partners.filters import MemberFilter
from concord.partners.forms.desk import InviteForm, MemberRoleForm
from concord.partners.models import Member
from concord.portal.actor import Actor
from concord.portal.desk import ScopedIndexView, ScopedInspectView, desk_actor, needs_role
from concord.portal.enums import Role
from concord.portal.models import User
from concord.portal.refusals import NotThere, Refusal
from concord.portal.ui.desk_columns import YesNoColumn

Change = Callable[..., Any]


def _write_member(actor: Actor, member: Member, form: Any) -> Member:
    role = Role(form.cleaned_data["role"])
    if member._state.adding:
        facts = {name: form.cleaned_data[name] for name in ("email", "name", "language", "partner")}
        return invite_member(actor=actor, role=role, **facts)
    return change_role(actor=actor, member=member, role=role)


class MemberIndexView(ScopedIndexView):
    """People without the service users of systems."""

    def get_base_queryset(self) -> models.QuerySet[Any]:
        """Scoped, with what the columns show."""
        return super().get_base_queryset().people().select_related("user", "partner")  # type: ignore[attr-defined,no-any-return]


class MemberInspectView(ScopedInspectView):
    """One person, with what can be done about the access."""

    template_name = "partners/desk/member.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The person and whether buttons make sense."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.request.user
        assert isinstance(user, User)
        may_change = desk_actor(user).has_role(Role.CHANNEL_MANAGER) and self.object.user_id != user.pk
        return {**context, "member": self.object, "may_change": may_change}


def _change(change: Change, said: str) -> Callable[..., HttpResponse]:
    @require_POST
    @needs_role(Role.CHANNEL_MANAGER)
    def carry_out(request: HttpRequest, member_uuid: str) -> HttpResponse:
        assert isinstance(request.user, User)
        actor = desk_actor(request.user)
        try:
            member = access_member(actor, member_uuid)
        except NotThere:
            messages.error(request, _("Not found."))
            return redirect("people:index")
        try:
            change(actor=actor, member=member)
        except WorkRemains as refusal:
            messages.error(request, str(refusal))
            return redirect(refusal.address or "people:index")
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _(said) % {"name": member.user.name})
        return redirect("people:inspect", member.pk)

    return carry_out


class MemberViewSet(RecordedViewSet):
    """Everybody who signs in."""

    model = Member
    name = "people"
    icon = "user"
    menu_label = gettext_lazy("People")
    write = staticmethod(_write_member)
    index_view_class = MemberIndexView
    inspect_view_class = MemberInspectView
    list_display = [
        "user",
        Column("email", label=gettext_lazy("E-mail address"), accessor="user.email"),
        "partner",
        "role",
        YesNoColumn("access", label=gettext_lazy("Access"), accessor="user.is_active"),
    ]
    filterset_class = MemberFilter
    search_fields = ["user__name", "user__email", "partner__name"]
    ordering = ["partner__name", "user__name"]
    list_export = ["user.name", "user.email", "partner", "role"]
    inspect_view_fields = ["user", "partner", "role", "phone"]

    def get_form_class(self, for_update: bool = False) -> type[InviteForm | MemberRoleForm]:
        """An invitation for new people, the role for those who are here."""
        return MemberRoleForm if for_update else InviteForm

    def get_urlpatterns(self) -> list[Any]:
        """Wagtail's own, and what is done about access."""
        changes = {
            "deactivate": (deactivate_member, gettext_lazy("%(name)s has no access any more.")),
            "reactivate": (reactivate_member, gettext_lazy("%(name)s has access again.")),
            "invite_again": (invite_again, gettext_lazy("The invitation to %(name)s is on its way.")),
        }
        own = [
            path(f"<uuid:member_uuid>/{name}/", _change(change, str(said)), name=name)
            for name, (change, said) in changes.items()
        ]
        return [*super().get_urlpatterns(), *own]
