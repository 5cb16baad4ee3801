"""Putting documents into the library, and taking the text out of them for the search."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.files.base import File

from concord.documents.enums import CollateralKind
from concord.documents.files import FileRefused, check_file, text_of
from concord.documents.models import Collateral
from concord.documents.rules import can_edit_library
from concord.partners.models import ProductFamily, Tier
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.refusals import InvalidInput
from concord.portal.work import action


@action
def add_collateral(
    *,
    actor: Actor,
    title: str,
    file: File[bytes],
    kind: CollateralKind = CollateralKind.OTHER,
    description: str = "",
    language: str = "",
    version: str = "",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    families: Iterable[ProductFamily] = (),
    minimum_tier: Tier | None = None,
    territories: Iterable[str] = (),
    released: bool = True,
) -> Collateral:
    """Put a document into the library.

    Checks that the actor may edit the library and that the file is what its name says and holds nothing that acts by
    itself. Writes file and document; storing it records ``collateral.stored``, and its text follows in the background.
    Raises ``NotAllowed``, ``InvalidInput``.
    """
    can_edit_library(actor=actor).enforce()
    try:
        check_file(file.name or "", file.size, file)
    except FileRefused as refused:
        raise InvalidInput.at("/file", refused.code, refused.message) from None
    collateral = Collateral(
        title=title,
        file=file,
        kind=kind,
        description=description,
        language=language,
        version=version,
        valid_from=valid_from,
        valid_until=valid_until,
        minimum_tier=minimum_tier,
        territories=sorted({place.upper() for place in territories}),
        released=released,
        uploaded_by_user_id=actor.user_id,
    )
    collateral._set_document_file_metadata()  # Wagtail's own way to size and hash; it has no public name
    collateral.save()
    collateral.file.close()
    collateral.families.set(families)
    return collateral


def tell_of_change(*, actor: Actor, collateral: Collateral) -> None:
    """Record ``collateral.stored`` in the transaction of the change."""
    record(
        "collateral.stored",
        actor=actor,
        subject=Subject("collateral", collateral.uuid),
        payload={"title": collateral.title, "version": collateral.version, "file": collateral.file_hash},
        visibility=Visibility.INTERNAL,
    )


def tell_of_removal(*, actor: Actor, collateral: Collateral) -> None:
    """Record ``collateral.removed`` in the transaction of the change."""
    record(
        "collateral.removed",
        actor=actor,
        subject=Subject("collateral", collateral.uuid),
        payload={"title": collateral.title, "version": collateral.version},
        visibility=Visibility.INTERNAL,
    )


@action
def take_text(*, collateral_uuid: str) -> bool:
    """Take the text out of a document's present file, unless that was done; whether anything was written.

    The file is read in a child process with limits. Safe to repeat: a file that changed meanwhile keeps its turn.
    """
    collateral = Collateral.objects.filter(uuid=collateral_uuid).first()
    if collateral is None or collateral.text_taken_from == collateral.file_hash:
        return False
    with collateral.open_file() as handle:
        text = text_of(collateral.filename, handle)
    rows = Collateral.objects.filter(pk=collateral.pk, file_hash=collateral.file_hash)
    return bool(rows.update(text=text, text_taken_from=collateral.file_hash))
