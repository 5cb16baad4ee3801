"""Groups of companies, as people have put them together."""

from __future__ import annotations

from concord.partners.models import EndCustomer


def group_of(customer: EndCustomer) -> int:
    """The record at the top of a company's group; its own for a company without one."""
    seen = {customer.pk}
    top, parent = customer.pk, customer.parent_id
    while parent is not None and parent not in seen:
        seen.add(parent)
        top = parent
        parent = EndCustomer.objects.unscoped("up a group").values_list("parent_id", flat=True).get(pk=parent)
    return top
