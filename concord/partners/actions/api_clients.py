"""Credentials of systems that call the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from concord.partners.models import ApiClient, Member, Partner
from concord.partners.rules import can_manage_members
from concord.portal.actor import Actor
from concord.portal.api import scopes as known
from concord.portal.enums import Role
from concord.portal.events import Subject, record
from concord.portal.models import User
from concord.portal.refusals import InvalidInput, WrongState
from concord.portal.work import action


@action
def create_api_client(
    *,
    actor: Actor,
    name: str,
    scopes: Iterable[str],
    partner: Partner | None = None,
) -> tuple[ApiClient, str]:
    """Create a client with its own service user; the secret is returned once and stored only as a hash.

    Checks that the actor may manage members there and that the scopes are within those of the side. Writes the OAuth
    client (client credentials only), the service user (no password, cannot sign in to pages) and the link. Records
    ``api_client.created``. Raises ``NotAllowed`` and ``InvalidInput``.
    """
    partner_id = partner.pk if partner else None
    can_manage_members(actor=actor, partner_id=partner_id).enforce()
    role = Role.PARTNER_SYSTEM if partner else Role.VENDOR_SYSTEM
    wanted = frozenset(scopes)
    too_much = wanted - known.OF_ROLE[role]
    if too_much or not wanted:
        raise InvalidInput.at("/scopes", "scope", _("Choose scopes out of those that this side may have."))
    namesakes = ApiClient.objects.unscoped("one name, one client of a company").filter(name=name, revoked_at=None)
    if namesakes.filter(partner=partner).exists():
        raise InvalidInput.at("/name", "taken", _("A client with this name exists already."))
    secret = get_adapter().generate_client_secret()
    client = Client(
        name=name,
        secret=make_password(secret),
        type=Client.Type.CONFIDENTIAL,
        grant_types=Client.GrantType.CLIENT_CREDENTIALS,
    )
    client.set_scopes(sorted(wanted))
    client.set_default_scopes(sorted(wanted))
    user = User.objects.create_user(f"{client.id}@clients.invalid", None, name=name)
    Member.objects.create(user=user, partner=partner, role=role)
    client.owner = user
    client.save(force_insert=True)
    api_client = ApiClient.objects.create(client=client, partner=partner, name=name)
    record(
        "api_client.created",
        actor=actor,
        subject=_subject(api_client),
        payload={"name": name, "scopes": sorted(wanted)},
    )
    return api_client, secret


@action
def renew_secret(*, actor: Actor, api_client: ApiClient) -> str:
    """Give a client a new secret, returned once; the old one and every token stop at once.

    Records ``api_client.secret_renewed``. Raises ``NotAllowed``, and ``WrongState`` for a revoked client.
    """
    can_manage_members(actor=actor, partner_id=api_client.partner_id).enforce()
    if api_client.revoked_at is not None:
        raise WrongState(state="revoked", allowed=["active"], message=_("This client was revoked."))
    secret: str = get_adapter().generate_client_secret()
    api_client.client.secret = make_password(secret)
    api_client.client.save(update_fields=["secret"])
    Token.objects.filter(client=api_client.client).delete()
    record("api_client.secret_renewed", actor=actor, subject=_subject(api_client))
    return secret


@action
def revoke_api_client(*, actor: Actor, api_client: ApiClient, now: datetime) -> ApiClient:
    """End a client for good: no tokens any more, and none of those that it has.

    Records ``api_client.revoked``. Doing it twice changes nothing. Raises ``NotAllowed``.
    """
    can_manage_members(actor=actor, partner_id=api_client.partner_id).enforce()
    if api_client.revoked_at is not None:
        return api_client
    api_client.revoked_at = now
    api_client.save(update_fields=["revoked_at", "updated_at"])
    client = api_client.client
    client.secret = make_password(None)
    client.save(update_fields=["secret"])
    Token.objects.filter(client=client).delete()
    User.objects.filter(pk=client.owner_id).update(is_active=False)
    record("api_client.revoked", actor=actor, subject=_subject(api_client))
    return api_client


def _subject(api_client: ApiClient) -> Subject:
    return Subject("api_client", api_client.uuid, api_client.partner_id)
