"""Making several records of one company one, and taking that back.

The record that goes up stays where it is with its own names, so that it can come back; everything that hangs on it
moves. Each row that is touched stands in the merge's journal.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from concord.partners.actions.customers import fill_keys
from concord.partners.enums import NameKind
from concord.partners.models import (
    CustomerMerge,
    CustomerName,
    CustomerRelation,
    CustomerVerdict,
    EndCustomer,
    MergeStep,
)
from concord.partners.queries.merging import Pointing, Preview, pointing_columns, preview_merge
from concord.partners.rules import can_merge_customers
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.locking import lock_end_customers
from concord.portal.refusals import Conflict, InvalidInput, NotThere, WrongState
from concord.portal.registry import MergeObstacle
from concord.portal.work import action, register_constraint

#: facts that the surviving record takes over where it has none of its own
_FACTS = ("short_name", "registration_number", "website", "city", "address", "sector", "parent_id")
_KINDS = {NameKind.LEGAL: NameKind.ALIAS, NameKind.SHORT: NameKind.ALIAS}

Expectation = Callable[[EndCustomer], None]


class CannotMerge(Conflict):
    """A person has to settle something first; ``details`` says what."""

    default_code = "cannot_merge"

    def __init__(self, obstacles: Sequence[MergeObstacle]) -> None:
        said = [{"code": one.code, "detail": str(one.message)} for one in obstacles]
        sentences = " ".join(one["detail"] for one in said)
        super().__init__(_("Nothing was merged. %(reasons)s") % {"reasons": sentences}, details={"obstacles": said})


class RecordChanged(Conflict):
    """Somebody wrote to a record that was merged away in the meantime."""

    default_code = "customer_record_changed"

    def __init__(self) -> None:
        super().__init__(_("The customer's record has just changed. Please look again and repeat."))


register_constraint("customer_not_merged", RecordChanged)
register_constraint("customer_merged_once", RecordChanged)


class GroupInACircle(InvalidInput):
    """A company cannot belong to itself, not even through others."""

    def __init__(self) -> None:
        super().__init__([])
        text = _("This company belongs to that group already, the other way round.")
        self.errors = InvalidInput.at("/parent", "circle", text).errors


register_constraint("customer_group_acyclic", GroupInACircle)
register_constraint("customer_not_its_own_parent", GroupInACircle)


class _Journal:
    """Collects the steps of one merge."""

    def __init__(self, merge: CustomerMerge) -> None:
        self._merge = merge
        self._steps: list[MergeStep] = []

    def add(self, table: str, column: str, row_id: int, before: Any, after: Any) -> None:
        step = MergeStep(merge=self._merge, table=table, column=column, row_id=row_id, before=before, after=after)
        self._steps.append(step)

    def write(self) -> None:
        MergeStep.objects.bulk_create(self._steps, batch_size=2_000)


@action
def merge_customers(
    *,
    actor: Actor,
    survivor_uuid: uuid.UUID | str,
    absorbed_uuids: Collection[uuid.UUID | str],
    now: datetime,
    reason: str = "",
    expect: Expectation | None = None,
) -> list[CustomerMerge]:
    """Make one or more records of a company part of another one.

    Locks all of them, sorted, first the advisory locks and then the rows. Checks that the actor may, that all are
    alive and that nothing stands in the way: live protections or promises of both, a verdict that they differ, a group
    that they share. Moves every row that points at them, takes over names, relations, verdicts and missing facts, and
    writes the journal. Records ``customer.merged`` on each record, for the vendor alone. Raises ``NotAllowed``,
    ``NotThere``, ``InvalidInput``, ``WrongState``, ``CannotMerge``.
    """
    can_merge_customers(actor).enforce()
    wanted = [str(one) for one in absorbed_uuids]
    if not wanted or str(survivor_uuid) in wanted or len(set(wanted)) != len(wanted):
        raise InvalidInput.at("/absorb", "others_needed", _("Name other customers, each once."))
    records = locked_records(actor, [str(survivor_uuid), *wanted])
    survivor = records[str(survivor_uuid)]
    if expect is not None:
        expect(survivor)
    for one in records.values():
        if one.merged_into_id is not None:
            raise WrongState(
                state="merged", allowed=["alive"], message=_("One of them was merged into another customer already.")
            )
    merges = []
    for name in wanted:
        merges.append(_absorb(survivor, records[name], actor=actor, now=now, reason=reason))
        survivor.refresh_from_db()
    return merges


def locked_records(actor: Actor, uuids: Sequence[str]) -> dict[str, EndCustomer]:
    """The records by public id, locked for everybody who writes at them. Raises ``NotThere``."""
    rows = EndCustomer.objects.visible_to(actor).filter(uuid__in=uuids)
    lock_end_customers(rows.values_list("pk", flat=True))
    locked = {str(one.uuid): one for one in rows.select_for_update(of=("self",)).order_by("pk")}
    if len(locked) != len(set(uuids)):
        raise NotThere
    return locked


def _absorb(survivor: EndCustomer, absorbed: EndCustomer, *, actor: Actor, now: datetime, reason: str) -> CustomerMerge:
    preview = preview_merge(survivor=survivor, absorbed=absorbed, now=now)
    if preview.obstacles:
        raise CannotMerge(preview.obstacles)
    merge = CustomerMerge.objects.create(
        survivor=survivor, absorbed=absorbed, reason=reason[:500], merged_at=now, merged_by=actor.user_id
    )
    journal = _Journal(merge)
    moved = {one.table: _move(one, merge, preview, journal) for one in pointing_columns()}
    _take_over_subsidiaries(survivor, absorbed, journal)
    _take_over_names(survivor, absorbed, now, journal)
    _take_over_relations(survivor, absorbed, journal)
    _take_over_verdicts(survivor, absorbed, actor, now, journal)
    _take_over_facts(survivor, absorbed, journal)
    journal.write()
    EndCustomer.objects.unscoped("merged").filter(pk=absorbed.pk).update(merged_into=survivor, updated_at=now)
    fill_keys(survivor)
    survivor.save()
    counts = {table: number for table, number in moved.items() if number}
    payload = {
        "survivor": survivor.uuid,
        "absorbed": absorbed.uuid,
        "merge": merge.uuid,
        "moved": counts,
        "reason": reason,
    }
    tell("customer.merged", survivor, absorbed, actor, payload)
    return merge


def tell(verb: str, survivor: EndCustomer, absorbed: EndCustomer, actor: Actor, payload: Mapping[str, Any]) -> None:
    for one in sorted((survivor, absorbed), key=lambda customer: customer.pk):
        subject = Subject("customer", one.uuid)
        record(verb, actor=actor, subject=subject, payload=payload, visibility=Visibility.INTERNAL)


# -- moving --------------------------------------------------------------------------------------------------------


def _move(one: Pointing, merge: CustomerMerge, preview: Preview, journal: _Journal) -> int:
    stay, park = preview.stay.get(one.table, frozenset()), preview.park.get(one.table, frozenset())
    moving = list(one.rows(merge.absorbed_id).exclude(pk__in=stay).order_by("pk").values_list("pk", flat=True))
    parked = list(one.rows(merge.survivor_id).filter(pk__in=park).order_by("pk").values_list("pk", flat=True))
    exchange(one, moving, merge.survivor_id, parked, merge.absorbed_id)
    for ids, before, after in (
        (moving, merge.absorbed_id, merge.survivor_id),
        (parked, merge.survivor_id, merge.absorbed_id),
    ):
        for row_id in ids:
            journal.add(one.table, one.column, row_id, before, after)
    return len(moving)


def exchange(one: Pointing, some: Collection[int], to: int, others: Collection[int], back: int) -> None:
    """Point some rows to one customer and others to another one, though they could not stand at one together.

    The others wait at a number that no customer has: the database asks for the customer only at the end.
    """
    rows = one.model._base_manager
    if others:
        rows.filter(pk__in=others).update(**{one.column: -back})
    if some:
        rows.filter(pk__in=some).update(**{one.column: to})
    if others:
        rows.filter(pk__in=others).update(**{one.column: back})


def _take_over_subsidiaries(survivor: EndCustomer, absorbed: EndCustomer, journal: _Journal) -> None:
    children = EndCustomer.objects.unscoped("its subsidiaries").filter(parent=absorbed).order_by("pk")
    for child in children.values_list("pk", flat=True):
        journal.add("partners.endcustomer", "parent_id", child, absorbed.pk, survivor.pk)
    children.update(parent=survivor)


def _take_over_names(survivor: EndCustomer, absorbed: EndCustomer, now: datetime, journal: _Journal) -> None:
    known = set(survivor.names.values_list("name", flat=True))
    names = [
        CustomerName(
            end_customer=survivor,
            name=one.name,
            kind=_KINDS.get(NameKind(one.kind), NameKind(one.kind)),
            until=one.until,
        )
        for one in absorbed.names.order_by("pk")
        if one.name not in known
    ]
    for one in CustomerName.objects.bulk_create(names):
        journal.add("partners.customername", "id", one.pk, None, one.name)


def _take_over_relations(survivor: EndCustomer, absorbed: EndCustomer, journal: _Journal) -> None:
    own = {
        one.partner_id: one
        for one in CustomerRelation.objects.unscoped("the survivor's relations").filter(end_customer=survivor)
    }
    for one in CustomerRelation.objects.unscoped("relations of both").filter(end_customer=absorbed).order_by("pk"):
        known = own.get(one.partner_id)
        if known is None:
            made = CustomerRelation.objects.create(partner_id=one.partner_id, end_customer=survivor, since=one.since)
            journal.add("partners.customerrelation", "id", made.pk, None, one.partner_id)
        elif one.since < known.since:
            journal.add("partners.customerrelation", "since", known.pk, known.since.isoformat(), one.since.isoformat())
            CustomerRelation.objects.unscoped("known earlier").filter(pk=known.pk).update(since=one.since)


def _take_over_verdicts(
    survivor: EndCustomer, absorbed: EndCustomer, actor: Actor, now: datetime, journal: _Journal
) -> None:
    """What people said of the merged record holds of the surviving one, where nothing was said of it."""
    either = models.Q(left=absorbed) | models.Q(right=absorbed)
    for one in CustomerVerdict.objects.filter(either).order_by("pk"):
        other = one.right_id if one.left_id == absorbed.pk else one.left_id
        if other == survivor.pk:
            continue
        low, high = sorted((survivor.pk, other))
        facts = {"verdict": one.verdict, "decided_by": one.decided_by, "decided_at": one.decided_at}
        made, created = CustomerVerdict.objects.get_or_create(left_id=low, right_id=high, defaults=facts)
        if created:
            journal.add("partners.customerverdict", "id", made.pk, None, one.verdict)


def _take_over_facts(survivor: EndCustomer, absorbed: EndCustomer, journal: _Journal) -> None:
    for name in _FACTS:
        own, other = getattr(survivor, name), getattr(absorbed, name)
        if other and not own and other != survivor.pk:
            journal.add("partners.endcustomer", name, survivor.pk, own, other)
            setattr(survivor, name, other)
