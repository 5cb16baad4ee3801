"""One way to scope. A query on a partner's rows that forgot to say for whom raises, instead of leaking.

``Model.objects.visible_to(actor)`` is what doors use. ``Model.objects.unscoped("why")`` is for actions and queries
that must see across partners (constraints, matching, timers); the reason is for the reader and for ``grep``.
Rows reached from an instance (``deal.lines.all()``) are scoped by the instance they hang on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from concord.portal.actor import Actor

_Row = TypeVar("_Row", bound=models.Model)
_beyond_scope: ContextVar[bool] = ContextVar("beyond_scope", default=False)


class ScopeForgotten(RuntimeError):
    """A query on partner rows was evaluated without saying for whom."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__(
            f"{model.__name__}: say for whom with .visible_to(actor), or why for all with .unscoped(reason)",
        )


class ScopedQuerySet(models.QuerySet[_Row]):
    """A queryset that refuses to be evaluated before it was scoped. Models implement ``visible``."""

    _is_scoped: bool = False

    def visible(self, actor: Actor) -> Self:
        """Narrow to what the actor may see. Each scoped model's queryset implements it."""
        raise TypeError(f"{type(self).__name__} does not say what is visible to whom")

    def visible_to(self, actor: Actor) -> Self:
        """The rows that the actor may see; a stranger sees none."""
        if not actor.is_known:
            return self._marked().none()
        return self._marked().visible(actor)

    def unscoped(self, reason: str) -> Self:
        """All rows, for the stated reason."""
        if not reason:
            raise ValueError("say why all rows are needed")
        return self._marked()

    def _marked(self) -> Self:
        clone: Self = self._chain()  # type: ignore[attr-defined]
        clone._is_scoped = True
        return clone

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._is_scoped = self._is_scoped
        return clone

    def _demand_scope(self) -> None:
        hangs_on_instance = "instance" in (self._hints or {})  # type: ignore[attr-defined]
        if not (self._is_scoped or hangs_on_instance or self.query.is_empty() or _beyond_scope.get()):
            raise ScopeForgotten(self.model)

    # Every way of reaching the rows passes one of these.
    def _fetch_all(self) -> None:
        self._demand_scope()
        super()._fetch_all()

    def resolve_expression(self, *args: Any, **kwargs: Any) -> Any:
        self._demand_scope()
        return super().resolve_expression(*args, **kwargs)

    def iterator(self, chunk_size: int | None = None) -> Iterator[_Row]:
        self._demand_scope()
        return super().iterator(chunk_size)

    def count(self) -> int:
        self._demand_scope()
        return super().count()

    def exists(self) -> bool:
        self._demand_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        self._demand_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        self._demand_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        self._demand_scope()
        return super().delete()


def counts(**asked: models.QuerySet[Any]) -> dict[str, int]:
    """By name, how many rows each queryset has; all of them in one statement, each on the index that suits it."""
    arms = []
    for name, rows in asked.items():
        if isinstance(rows, ScopedQuerySet):
            rows._demand_scope()
        named = models.Value(name, output_field=models.CharField())
        arms.append(rows.order_by().annotate(asked=named).values_list("asked").annotate(n=models.Count("*")))
    found = dict(arms[0].union(*arms[1:], all=True)) if arms else {}
    return {name: found.get(name, 0) for name in asked}


class ScopedModel(models.Model):
    """Base of every model that holds a partner's rows. The queryset's ``visible`` says who sees what."""

    class Meta:
        abstract = True
        base_manager_name = "objects_for_django"

    #: what Django itself uses to follow a foreign key from a row that was fetched through the scope
    objects_for_django = models.Manager()

    #: Wagtail's index of what refers to what reads rows for nobody in particular: partners' rows stay out of it
    wagtail_reference_index_ignore = True

    def validate_unique(self, exclude: Any = None) -> None:
        """Uniqueness is asked of all rows, whoever may see them."""
        with beyond_scope("Django asks for uniqueness on its own account"):
            super().validate_unique(exclude=exclude)

    def validate_constraints(self, exclude: Any = None) -> None:
        """Constraints are asked of all rows, whoever may see them."""
        with beyond_scope("Django asks for uniqueness on its own account"):
            super().validate_constraints(exclude=exclude)


@contextmanager
def beyond_scope(reason: str) -> Iterator[None]:
    """While code that knows no scope reads on its own account: Django's validation, Wagtail's log for the operator."""
    if not reason:
        raise ValueError("say why all rows are needed")
    token = _beyond_scope.set(True)
    try:
        yield
    finally:
        _beyond_scope.reset(token)
