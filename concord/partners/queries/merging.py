"""What would move, and what stands in the way, if two end customers became one; the floor of merging for all packages.

Every row that points at an end customer moves, whatever package it belongs to: the tables are found, not listed, so
that a new one cannot be forgotten. Packages only say what is special about theirs (``registry.merge_participants``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.apps import apps
from django.db import connection, models
from django.db.models import Exists, ForeignKey, OuterRef
from django.utils.translation import gettext_lazy as _

from concord.partners.enums import Verdict
from concord.partners.models import (
    CustomerMerge,
    CustomerName,
    CustomerRelation,
    CustomerVerdict,
    EndCustomer,
)
from concord.partners.queries.groups import group_of
from concord.portal import registry
from concord.portal.registry import MergeObstacle

#: tables of this package that are merged row by row instead of moved
OWN = (CustomerMerge, CustomerName, CustomerRelation, CustomerVerdict, EndCustomer)


@dataclass(frozen=True, slots=True)
class Pointing:
    """A column through which rows belong to an end customer."""

    model: type[models.Model]
    column: str
    #: whether a customer has one such row at most
    is_unique: bool = False

    @property
    def table(self) -> str:
        """The name under which the journal knows it."""
        return self.model._meta.label_lower

    def rows(self, customer_id: int) -> models.QuerySet[models.Model]:
        """The customer's rows, of every partner."""
        return self.model._base_manager.filter(**{self.column: customer_id})


def pointing_columns() -> list[Pointing]:
    """All of them, in the order of their tables."""
    found = [
        Pointing(model, column.attname, column.unique)
        for model in apps.get_models()
        if model not in OWN
        for column in model._meta.get_fields()
        if isinstance(column, ForeignKey) and column.related_model is EndCustomer
    ]
    return sorted(found, key=lambda one: (one.table, one.column))


def duplicates(one: Pointing, *, survivor_id: int, absorbed_id: int) -> set[int]:
    """Rows that say at the survivor what is said there already: a unique constraint keeps them where they are."""
    if one.is_unique and one.rows(survivor_id).exists():
        return set(one.rows(absorbed_id).values_list("pk", flat=True))
    twice: set[int] = set()
    for constraint in one.model._meta.constraints:
        if not isinstance(constraint, models.UniqueConstraint) or constraint.condition is not None:
            continue
        columns = {one.model._meta.get_field(name).attname for name in constraint.fields}  # type: ignore[union-attr]
        if one.column not in columns:
            continue
        same = {name: OuterRef(name) for name in columns - {one.column}}
        twice.update(
            one.rows(absorbed_id).filter(Exists(one.rows(survivor_id).filter(**same))).values_list("pk", flat=True)
        )
    return twice


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows, one of either customer, that one record could not hold."""

    absorbed_row: int
    survivor_row: int
    absorbed_is_over: bool
    survivor_is_over: bool
    about: str


@dataclass(frozen=True, slots=True)
class Untangled:
    """Overlaps taken apart: live against live needs a person, what is over makes room."""

    rivals: tuple[str, ...] = ()
    stay: frozenset[int] = frozenset()
    park: frozenset[int] = frozenset()


def untangle(overlaps: Iterable[Overlap]) -> Untangled:
    """Decide each overlap. Two rows that are both over and both have to make room for others need a person as well."""
    found = list(overlaps)
    rivals = {one.about for one in found if not one.absorbed_is_over and not one.survivor_is_over}
    park = {one.survivor_row for one in found if one.survivor_is_over and not one.absorbed_is_over}
    stay = {one.absorbed_row for one in found if one.absorbed_is_over and one.survivor_row not in park}
    rivals |= {one.about for one in found if one.absorbed_row in stay and one.survivor_row in park}
    return Untangled(tuple(sorted(rivals)), frozenset(stay), frozenset(park))


def overlaps_of(sql: str, *, survivor_id: int, absorbed_id: int, now: datetime) -> list[Overlap]:
    """Run a statement that selects the columns of ``Overlap``, given ``survivor``, ``absorbed`` and ``now``."""
    with connection.cursor() as cursor:
        cursor.execute(sql, {"survivor": survivor_id, "absorbed": absorbed_id, "now": now})
        return [Overlap(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a merge would do: counts of rows by what they are called, and what a person must settle before."""

    obstacles: Sequence[MergeObstacle] = ()
    counts: Sequence[tuple[str, int]] = ()
    stay: Mapping[str, frozenset[int]] = field(default_factory=dict)
    park: Mapping[str, frozenset[int]] = field(default_factory=dict)


def preview_merge(*, survivor: EndCustomer, absorbed: EndCustomer, now: datetime) -> Preview:
    """Look at both records; inside the merge itself, under their locks, the same question is asked again."""
    plans = [part.plan(survivor.pk, absorbed.pk, now) for part in registry.merge_participants]
    obstacles = [*_own_obstacles(survivor, absorbed), *(one for plan in plans for one in plan.obstacles)]
    stay, park = _together(plan.stay for plan in plans), _together(plan.park for plan in plans)
    counts: defaultdict[str, int] = defaultdict(int)
    for one in pointing_columns():
        twice = duplicates(one, survivor_id=survivor.pk, absorbed_id=absorbed.pk)
        stay[one.table] = stay.get(one.table, frozenset()) | twice
        moving = one.rows(absorbed.pk).exclude(pk__in=stay[one.table]).count()
        counts[str(one.model._meta.verbose_name_plural)] += moving
    return Preview(obstacles, [(name, number) for name, number in counts.items() if number], stay, park)


def _together(found: Iterable[Mapping[str, Collection[int]]]) -> dict[str, frozenset[int]]:
    rows: dict[str, frozenset[int]] = {}
    for by_table in found:
        for table, ids in by_table.items():
            rows[table] = rows.get(table, frozenset()) | frozenset(ids)
    return rows


def _own_obstacles(survivor: EndCustomer, absorbed: EndCustomer) -> list[MergeObstacle]:
    obstacles = []
    low, high = sorted((survivor.pk, absorbed.pk))
    said = CustomerVerdict.objects.filter(left_id=low, right_id=high).first()
    if said is not None and said.verdict == Verdict.DIFFERENT:
        text = _("A person said that they are different companies. Change that verdict first.")
        obstacles.append(MergeObstacle("judged_different", text))
    if group_of(survivor) == group_of(absorbed):
        text = _("They belong to one group and are kept apart. Take the link between them away first.")
        obstacles.append(MergeObstacle("same_group", text))
    return obstacles


def survivor_of(customer: EndCustomer) -> EndCustomer:
    """The record that a customer goes by now: itself, or the one that it was merged into, however often."""
    while customer.merged_into_id is not None:
        customer = EndCustomer.objects.unscoped("who may see the one may see the other").get(pk=customer.merged_into_id)
    return customer


def merges_of(customer: EndCustomer) -> list[CustomerMerge]:
    """The merges into and of a customer, newest first."""
    either = models.Q(survivor=customer) | models.Q(absorbed=customer)
    return list(
        CustomerMerge.objects.filter(either).select_related("survivor", "absorbed").order_by("-merged_at", "-pk")
    )
