"""What the desk's lists around protections share: columns, scope, figures and links above, words for an empty list."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views import generic

from concord.deals.desk.columns import CLOCKS
from concord.deals.models import Precedent, ProtectionLife
from concord.deals.queries.workbench import urgency
from concord.portal.actor import Actor
from concord.portal.desk import desk_actor
from concord.portal.ui.looks import look_of

#: the lists, as the line of links above each of them and the overview name them
LISTS: tuple[tuple[str, Promise], ...] = (
    ("extensions", _("Extensions")),
    ("holds", _("Stops of the clock")),
    ("appeals", _("Appeals")),
    ("choices", _("Customers' choices")),
    ("precedents", _("Precedents")),
    ("lives", _("All protections")),
)
Figure = tuple[int, Promise, str, str]


def list_links() -> list[tuple[str, Promise]]:
    """Address and name of each list."""
    return [(reverse(f"protections:{name}"), label) for name, label in LISTS]


def one_url(row: Any) -> str:
    """Where a deal's protection is looked after."""
    return reverse("protections:one", args=[row.deal.uuid])


def appeal_url(row: Any) -> str:
    """Where an appeal is judged, or a precedent's judgement is read."""
    return reverse("protections:appeal", args=[(row.appeal if isinstance(row, Precedent) else row).deal.uuid])


class LookColumn(Column):
    """A state as icon and word."""

    cell_template_name = "deals/desk/look_cell.html"

    def __init__(self, name: str, *, kind: str, **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self.kind = kind

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """The look."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        label = getattr(instance, f"get_{self.name}_display")()
        context["look"] = look_of(getattr(instance, self.name), kind=self.kind, label=label)
        return context


class DueColumn(Column):
    """The clock of an answer that somebody waits for; nothing once it was given."""

    cell_template_name = "deals/desk/clock_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        """The urgency of what waits."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        waits = instance.state in {"pending", "open"}
        context["urgency"] = urgency(getattr(instance, self.name), now=timezone.now()) if waits else None
        if context["urgency"]:
            context["tone"], context["icon"], context["word"] = CLOCKS[context["urgency"].state]
        return context


class LifeColumn(Column):
    """Whether a protection is in force, in grace, or why it ended."""

    cell_template_name = "deals/desk/look_cell.html"

    def get_cell_context_data(self, instance: ProtectionLife, parent_context: Any) -> dict[str, Any]:
        """The look."""
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        if instance.ended_at is not None or instance.ends_at <= timezone.now():
            label = instance.get_end_cause_display() or _("Over")
            context["look"] = look_of("ended", kind="life", label=label)
        else:
            context["look"] = look_of("grace" if instance.in_grace else "live", kind="life")
        return context


class ProtectionList(generic.IndexView):
    """What the six lists share: the scope, figures with links above, what an empty list says, files."""

    name: ClassVar[str]
    empty_text: ClassVar[Promise]
    header_icon = "calendar-check"
    template_name = "deals/desk/protection_list.html"
    results_template_name = "deals/desk/protection_list_results.html"
    paginate_by = 50
    is_searchable = True
    search_backend_name = None
    any_permission_required = ["view"]

    @property
    def index_url_name(self) -> str:
        """Where the list stands."""
        return f"protections:{self.name}"

    @property
    def index_results_url_name(self) -> str:
        """Where its rows alone stand."""
        return f"protections:{self.name}_results"

    def get_base_queryset(self) -> QuerySet[Any]:
        """The rows, scoped."""
        return self.rows(desk_actor(self.request.user))

    def rows(self, actor: Actor) -> QuerySet[Any]:
        """The rows that the actor may see."""
        raise NotImplementedError

    def figures(self, actor: Actor) -> list[Figure]:
        """Number, word, tone and the query that shows what was counted."""
        raise NotImplementedError

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """Home, the queues, this list."""
        queues = {"url": reverse("protections:index"), "label": _("Protections")}
        return [*self.breadcrumbs_items, queues, {"url": "", "label": self.page_title}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The figures, and the other lists."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        address = reverse(self.index_url_name)
        context["figures"] = [
            {"number": number, "word": word, "tone": tone, "url": f"{address}?{query}" if query else address}
            for number, word, tone, query in self.figures(desk_actor(self.request.user))
        ]
        context["lists"] = [(url, label, url == address) for url, label in list_links()]
        context["empty_text"] = self.empty_text
        return context
