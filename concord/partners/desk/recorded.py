"""Views of the desk that write through actions, so that each change is recorded and each refusal said at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.db import models
from django.http.response import HttpResponseBase
from wagtail.admin.views import generic
from wagtail.log_actions import log

from concord.portal.actor import Actor
from concord.portal.desk import ScopedDeleteView, ScopedEditView, ScopedModelViewSet, desk_actor
from concord.portal.doors import refuse_form
from concord.portal.refusals import Refusal

#: who acts, the row with the form's values (not saved), the form
Write = Callable[[Actor, Any, Any], models.Model]
#: who acts, the row that goes
Remove = Callable[[Actor, Any], None]


_View = TypeVar("_View")


class _Recorded:
    write: Write

    def save_instance(self) -> models.Model:
        """Hand the row to the action instead of saving it."""
        form = self.form  # type: ignore[attr-defined]
        request = self.request  # type: ignore[attr-defined]
        created = form.instance._state.adding
        saved = type(self).write(desk_actor(request.user), form.save(commit=False), form)
        log(instance=saved, action="wagtail.create" if created else "wagtail.edit", user=request.user)
        return saved

    def form_valid(self, form: Any) -> HttpResponseBase:
        """A refusal of the action stands at the field that it names."""
        try:
            response: HttpResponseBase = super().form_valid(form)  # type: ignore[misc]
        except Refusal as refusal:
            refuse_form(form, refusal)
            self.produced_error_code = "validation_error"
            self.produced_error_message = str(refusal)
            return self.form_invalid(form)  # type: ignore[attr-defined,no-any-return]
        return response


class RecordedCreateView(_Recorded, generic.CreateView):
    """Create through an action."""


class RecordedEditView(_Recorded, ScopedEditView):
    """Edit through an action."""


class RecordedDeleteView(ScopedDeleteView):
    """Delete through an action."""

    remove: Remove

    def delete_action(self) -> None:
        """Hand the row to the action; the desk's own log keeps what it was called."""
        log(instance=self.object, action="wagtail.delete", user=self.request.user, deleted=True)
        type(self).remove(desk_actor(self.request.user), self.object)


class RecordedViewSet(ScopedModelViewSet):
    """A model view set that creates and edits through ``write``, and deletes through ``remove`` where that is given."""

    write: Write
    remove: Remove | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Bind the views to the set's action."""
        super().__init_subclass__(**kwargs)
        cls.add_view_class = _bound(RecordedCreateView, cls.write)
        cls.edit_view_class = _bound(RecordedEditView, cls.write)
        if cls.remove is not None:
            bound = type("BoundDeleteView", (RecordedDeleteView,), {"remove": staticmethod(cls.remove)})
            cls.delete_view_class = cast("type[ScopedDeleteView]", bound)


def _bound(view: type[_View], write: Write) -> type[_View]:
    return cast("type[_View]", type(f"Bound{view.__name__}", (view,), {"write": staticmethod(write)}))
