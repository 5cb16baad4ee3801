"""The people and systems of the demo, and the file that says how they sign in."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings

from concord.partners.actions.api_clients import create_api_client, renew_secret
from concord.partners.actions.members import create_member
from concord.partners.models import ApiClient, Partner
from concord.portal.actor import Actor
from concord.portal.api import scopes as known
from concord.portal.enums import Role
from concord.portal.models import User

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that are mistaken for each other


def sign_ins_path() -> Path:
    """Where the demo writes how to sign in; ignored by git."""
    return Path(settings.DEMO_STATE) / "sign-ins.json"


def address() -> str:
    """Where the portal will be served, as the runner says."""
    return os.environ.get("BASE_URL") or f"http://localhost:{os.environ.get('PORT') or 8000}"


def load_people(actor: Actor, people: list[dict[str, Any]], clients: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Create who is missing; give each the password or secret that the file already says, or a new one.

    Returns the entries of the file. Passwords stay the same as long as the file is kept.
    """
    kept = {entry["role"]: entry for entry in _kept_entries()}
    partners = {partner.code: partner for partner in Partner.objects.unscoped("the demo's people by company")}
    entries = [_person(actor, person, partners, kept.get(person["role"], {})) for person in people]
    entries += [_client(actor, client, partners, kept.get(client["role"], {})) for client in clients]
    return entries


def write_sign_ins(entries: list[dict[str, Any]]) -> Path:
    """Write the file, readable by its owner alone."""
    path = sign_ins_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"address": address(), "sign_ins": entries}, indent=2, ensure_ascii=False) + "\n"
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)
    return path


def _kept_entries() -> list[dict[str, Any]]:
    try:
        content = json.loads(sign_ins_path().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    entries = content.get("sign_ins", []) if isinstance(content, dict) else []
    return [entry for entry in entries if isinstance(entry, dict) and "role" in entry]


def _new_password() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _letter in range(5)) for _group in range(4))


def _person(actor: Actor, person: dict[str, Any], partners: dict[str, Partner], kept: dict[str, Any]) -> dict[str, Any]:
    password = kept.get("password") if kept.get("email") == person["email"] else None
    user = User.objects.filter(email=person["email"]).first()
    partner = partners[person["partner"]] if "partner" in person else None
    if user is None:
        password = password or _new_password()
        create_member(
            actor=actor,
            email=person["email"],
            name=person["name"],
            role=Role(person["member_role"]),
            partner=partner,
            password=password,
            language=person.get("language", "en"),
            time_zone=person.get("time_zone") or (partner.time_zone if partner else "UTC"),
        )
    elif password is None:
        password = _new_password()  # the file is gone and nobody can know the old one
        user.set_password(password)
        user.save(update_fields=["password"])
    entry = {"role": person["role"], "name": person["name"], "email": person["email"], "password": password}
    return {**entry, "partner": partner.code} if partner else entry


def _client(actor: Actor, client: dict[str, Any], partners: dict[str, Partner], kept: dict[str, Any]) -> dict[str, Any]:
    partner = partners[client["partner"]] if "partner" in client else None
    api_client = (
        ApiClient.objects.unscoped("the demo's client by name")
        .filter(name=client["name"], partner=partner, revoked_at__isnull=True)
        .select_related("client")
        .first()
    )
    if api_client is None:
        scopes = known.OF_ROLE[Role.PARTNER_SYSTEM if partner else Role.VENDOR_SYSTEM]
        api_client, secret = create_api_client(actor=actor, name=client["name"], partner=partner, scopes=scopes)
    elif kept.get("client_id") == api_client.client_id and kept.get("client_secret"):
        secret = kept["client_secret"]
    else:
        secret = renew_secret(actor=actor, api_client=api_client)
    entry = {
        "role": client["role"],
        "name": client["name"],
        "client_id": api_client.client_id,
        "client_secret": secret,
        "scopes": api_client.client.get_scopes(),
    }
    return {**entry, "partner": partner.code} if partner else entry
