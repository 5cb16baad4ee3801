"""Groups as other systems send them: which companies are part of whose group, written for a whole feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from concord.partners.models import EndCustomer
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Fact, Subject, record_all
from concord.portal.locking import Space, lock
from concord.portal.work import action


@action
def store_groups(*, actor: Actor, pairs: Sequence[tuple[EndCustomer, EndCustomer]], now: datetime) -> int:
    """Put each first customer into the group of the second one; how many were not in it yet. They stay companies apart.

    Locks the groups. Checks nothing: a feed's rows were checked, and the database refuses a circle. Records
    ``customer.grouped`` for each that changed, for the vendor. Raises ``GroupInACircle``.
    """
    changed = [(part, whole) for part, whole in pairs if part.parent_id != whole.pk]
    if not changed:
        return 0
    lock(Space.CUSTOMER_GROUP, [0])
    for part, whole in changed:
        part.parent, part.updated_at = whole, now
    rows = EndCustomer.objects.unscoped("a feed says which companies belong together")
    rows.bulk_update([part for part, _whole in changed], ["parent", "updated_at"], batch_size=1_000)
    record_all(
        [
            Fact("customer.grouped", Subject("customer", part.uuid), {"parent": whole.uuid}, Visibility.INTERNAL)
            for part, whole in changed
        ],
        actor=actor,
    )
    return len(changed)
