"""Taking a merge of end customers back: every row of its journal stands again where it stood."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from concord.partners.actions.customers import fill_keys
from concord.partners.actions.merging import Expectation, exchange, locked_records, tell
from concord.partners.models import (
    CustomerMerge,
    CustomerName,
    CustomerRelation,
    CustomerVerdict,
    EndCustomer,
    MergeStep,
)
from concord.partners.queries.merging import pointing_columns
from concord.partners.rules import can_merge_customers
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.refusals import Conflict, NotThere, WrongState
from concord.portal.registry import MergeObstacle
from concord.portal.work import action


class CannotUndo(Conflict):
    """Something was built on the merge since."""

    default_code = "cannot_undo_merge"

    def __init__(self, obstacles: Sequence[MergeObstacle]) -> None:
        said = [{"code": one.code, "detail": str(one.message)} for one in obstacles]
        sentences = " ".join(one["detail"] for one in said)
        super().__init__(_("Nothing was undone. %(reasons)s") % {"reasons": sentences}, details={"obstacles": said})


@action
def undo_merge(
    *, actor: Actor, merge_uuid: uuid.UUID | str, now: datetime, expect: Expectation | None = None
) -> CustomerMerge:
    """Take a merge back: every row of its journal stands again where it stood.

    Locks both records as merging does. Checks that the actor may, that it was not undone already, that neither record
    was merged further and that nothing was built on the moved rows since. What the merged record's names and facts
    gave to the surviving one is taken away unless somebody changed it since; a relation stays where the partner has
    something at the surviving record by now. Records ``customer.merge_undone`` on both, for the vendor alone. Raises
    ``NotAllowed``, ``NotThere``, ``WrongState``, ``CannotUndo``.
    """
    can_merge_customers(actor).enforce()
    found = CustomerMerge.objects.select_related("survivor", "absorbed").filter(uuid=merge_uuid).first()
    if found is None:
        raise NotThere
    records = locked_records(actor, [str(found.survivor.uuid), str(found.absorbed.uuid)])
    merge = CustomerMerge.objects.select_for_update().get(pk=found.pk)
    survivor, absorbed = records[str(found.survivor.uuid)], records[str(found.absorbed.uuid)]
    if expect is not None:
        expect(survivor)
    if merge.undone_at is not None:
        raise WrongState(state="undone", allowed=[], message=_("This merge was undone already."))
    steps: dict[tuple[str, str], list[MergeStep]] = defaultdict(list)
    for step in merge.steps.order_by("pk"):
        steps[step.table, step.column].append(step)
    obstacles = _in_the_way(survivor, merge, steps, now)
    if obstacles:
        raise CannotUndo(obstacles)
    EndCustomer.objects.unscoped("alive again").filter(pk=absorbed.pk).update(merged_into=None, updated_at=now)
    for one in pointing_columns():
        touched = steps.get((one.table, one.column), [])
        moved = [step.row_id for step in touched if step.after == survivor.pk]
        parked = [step.row_id for step in touched if step.after == absorbed.pk]
        exchange(one, parked, survivor.pk, moved, absorbed.pk)
    _put_back_own(survivor, steps)
    merge.undone_at, merge.undone_by = now, actor.user_id
    merge.save()
    absorbed.refresh_from_db()
    survivor.refresh_from_db()
    for customer in (survivor, absorbed):
        fill_keys(customer)
        customer.save()
    payload = {"survivor": survivor.uuid, "absorbed": absorbed.uuid, "merge": merge.uuid}
    tell("customer.merge_undone", survivor, absorbed, actor, payload)
    return merge


def _in_the_way(
    survivor: EndCustomer, merge: CustomerMerge, steps: Mapping[tuple[str, str], Sequence[MergeStep]], now: datetime
) -> list[MergeObstacle]:
    if survivor.merged_into_id is not None:
        text = _("The surviving record was itself merged into another one since. Undo that first.")
        return [MergeObstacle("merged_further", text)]
    obstacles = []
    moved: dict[str, list[int]] = {}
    for one in pointing_columns():
        touched = steps.get((one.table, one.column), [])
        expected: defaultdict[Any, list[int]] = defaultdict(list)
        for step in touched:
            expected[step.after].append(step.row_id)
        moved[one.table] = expected.get(survivor.pk, [])
        elsewhere = sum(
            one.model._base_manager.filter(pk__in=ids).exclude(**{one.column: after}).count()
            for after, ids in expected.items()
        )
        if elsewhere:
            text = _("%(what)s that were moved belong to another customer by now: %(count)s.")
            words = {"what": str(one.model._meta.verbose_name_plural).capitalize(), "count": elsewhere}
            obstacles.append(MergeObstacle("moved_on", text % words))
    for part in registry.merge_participants:
        obstacles.extend(part.stands_in_way(moved, survivor.pk, merge.absorbed_id, now))
    return obstacles


def _put_back_own(survivor: EndCustomer, steps: Mapping[tuple[str, str], Sequence[MergeStep]]) -> None:
    for step in steps.get(("partners.customername", "id"), ()):
        CustomerName.objects.filter(pk=step.row_id, end_customer=survivor, name=step.after).exclude(
            name=survivor.legal_name
        ).delete()
    for step in steps.get(("partners.customerverdict", "id"), ()):
        CustomerVerdict.objects.filter(pk=step.row_id, verdict=step.after).delete()
    relations = CustomerRelation.objects.unscoped("what the merge wrote")
    for step in steps.get(("partners.customerrelation", "since"), ()):
        relations.filter(pk=step.row_id, since=str(step.after)).update(since=str(step.before))
    for step in steps.get(("partners.customerrelation", "id"), ()):
        if not _has_something_at(survivor, partner_id=int(str(step.after))):
            relations.filter(pk=step.row_id).delete()
    for (table, column), touched in steps.items():
        if table != "partners.endcustomer":
            continue
        for step in touched:
            unchanged = {"pk": step.row_id, column: step.after}
            EndCustomer.objects.unscoped("what the merge wrote").filter(**unchanged).update(**{column: step.before})


def _has_something_at(survivor: EndCustomer, *, partner_id: int) -> bool:
    """Whether a partner has a row of its own at the record, so that its relation no longer rests on the merge."""
    return any(
        one.rows(survivor.pk).filter(partner_id=partner_id).exists()
        for one in pointing_columns()
        if any(column.name == "partner" for column in apps.get_model(one.table)._meta.get_fields())
    )
