"""Fetching partners, people, clients and customers for a door: the actor's own, or not there. Never told apart."""

from __future__ import annotations

import uuid
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from concord.partners.models import ApiClient, CustomerMerge, EndCustomer, Member, Partner
from concord.partners.queries.merging import survivor_of
from concord.portal.actor import Actor
from concord.portal.refusals import NotThere
from concord.portal.scoping import ScopedQuerySet

_Row = TypeVar("_Row", bound=models.Model)


def _one(rows: ScopedQuerySet[_Row], wanted: uuid.UUID | str) -> _Row:
    try:
        found = rows.filter(uuid=uuid.UUID(str(wanted))).first()
    except ValueError:
        raise NotThere from None
    if found is None:
        raise NotThere
    return found


def access_member(actor: Actor, member_uuid: uuid.UUID | str) -> Member:
    """A colleague with user and partner; systems' service users are not people. Raises ``NotThere``."""
    rows = Member.objects.visible_to(actor).people().select_related("user", "partner")
    return _one(rows, member_uuid)


def access_api_client(actor: Actor, client_uuid: uuid.UUID | str) -> ApiClient:
    """An API client with its credentials' record. Raises ``NotThere``."""
    return _one(ApiClient.objects.visible_to(actor).select_related("client", "partner"), client_uuid)


def access_customer(actor: Actor, customer_uuid: uuid.UUID | str) -> EndCustomer:
    """An end customer with its names: where it was merged into another one, that one. Raises ``NotThere``."""
    found = _one(EndCustomer.objects.visible_to(actor).prefetch_related("names"), customer_uuid)
    return survivor_of(found)


def access_merge(actor: Actor, merge_uuid: uuid.UUID | str) -> CustomerMerge:
    """A merge of customers, for those who may see both. Raises ``NotThere``."""
    try:
        found = CustomerMerge.objects.select_related("survivor", "absorbed").filter(uuid=merge_uuid).first()
    except ValidationError:
        raise NotThere from None
    if found is None or not actor.is_vendor or not actor.sees_business:
        raise NotThere
    return found


def access_partner(actor: Actor, code: str) -> Partner:
    """A partner by its code, whatever the case. Raises ``NotThere``."""
    partner = (
        Partner.objects.visible_to(actor)
        .select_related("tier")
        .prefetch_related("families")
        .filter(code__iexact=code)
        .first()
    )
    if partner is None:
        raise NotThere
    return partner


def access_own_partner(actor: Actor) -> Partner:
    """The company that the actor belongs to. Raises ``NotThere`` for everybody else."""
    partner = (
        Partner.objects.visible_to(actor)
        .select_related("tier")
        .prefetch_related("families")
        .filter(pk=actor.partner_id or 0)
        .first()
    )
    if partner is None:
        raise NotThere
    return partner
