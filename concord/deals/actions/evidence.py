"""Handing in evidence, and counting who fetches it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import locked_deal, subject_of
from concord.deals.enums import EvidencePurpose
from concord.deals.models import Deal, Evidence, EvidenceDownload
from concord.deals.rules import can_attach, demand_open_for_evidence
from concord.documents.files import FileRefused, check_file, download_name
from concord.portal.actor import Actor
from concord.portal.enums import Visibility
from concord.portal.events import record
from concord.portal.refusals import Conflict, InvalidInput, NotAllowed
from concord.portal.work import action

#: so many files of a deal at most: a deal is no archive
MOST_FILES: Final = 50
_LONGEST_NOTE: Final = 500


@action
def attach_evidence(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    upload: UploadedFile[bytes],
    purpose: EvidencePurpose | str,
    now: datetime,
    note: str = "",
    about: uuid.UUID | None = None,
    is_internal: bool = False,
    pointer: str = "/file",
) -> Evidence:
    """Keep a file with a deal, for good: evidence is neither changed nor taken away.

    ``about`` names the record that it proves something for, ``is_internal`` keeps it with the vendor, ``pointer`` is
    where the caller's input holds the file. Looks into the file before any lock. Locks the deal. Checks role, purpose,
    note, the file's kind and content, that a deal that is over takes evidence for an appeal or a promise alone, and
    the number of files. Writes the file and its row; the same file for the same purpose is written once. Records
    ``deal.evidence_attached``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``, ``InvalidInput``, ``Conflict``.
    """
    if purpose not in EvidencePurpose.values:
        raise InvalidInput.at("/purpose", "choice", _("There is no such purpose of evidence."))
    if len(note) > _LONGEST_NOTE or "\x00" in note:
        raise InvalidInput.at("/note", "max_length", _("At most %(most)d characters.") % {"most": _LONGEST_NOTE})
    if is_internal and not actor.is_vendor:
        raise NotAllowed(_("Only the vendor keeps evidence for itself."))
    kind = _checked(upload, pointer)
    sha256 = _hash_of(upload)
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_attach(actor, deal).enforce()
    demand_open_for_evidence(deal, EvidencePurpose(purpose))
    kept = _kept(deal)
    same = kept.filter(purpose=purpose, about=about, is_internal=is_internal, sha256=sha256).first()
    if same is not None:
        return same
    # Files that the partner does not see are not counted against it: a number would tell of them.
    if kept.filter(is_internal=is_internal).count() >= MOST_FILES:
        raise Conflict(_("At most %(most)d files belong to one deal.") % {"most": MOST_FILES}, code="too_many_files")
    evidence = Evidence(
        deal=deal,
        purpose=purpose,
        about=about,
        name=_name_of(upload, kind),
        note=note.strip(),
        extension=kind,
        size=upload.size or 0,
        sha256=sha256,
        is_internal=is_internal,
        at=now,
        by_id=actor.user_id,
    )
    evidence.file.save(f"evidence.{kind}", upload, save=False)
    try:
        evidence.save(force_insert=True)
        record(
            "deal.evidence_attached",
            actor=actor,
            subject=subject_of(deal),
            payload={"evidence": evidence.uuid, "purpose": evidence.purpose, "name": evidence.name, "sha256": sha256},
            visibility=Visibility.INTERNAL if is_internal else Visibility.PARTNER,
        )
    except Exception:
        _forget(evidence.file)
        raise
    return evidence


@action
def record_evidence_download(*, actor: Actor, evidence: Evidence, now: datetime) -> EvidenceDownload:
    """Count that somebody fetched a file that he or she may see (the caller asked for it through the scope).

    Locks and checks nothing. Writes the download; records no event: reading changes no story.
    """
    return EvidenceDownload.objects.create(evidence=evidence, user_id=actor.user_id, door=actor.door, at=now)


def _kept(deal: Deal) -> QuerySet[Evidence]:
    return Evidence.objects.unscoped("all files of a deal that this transaction holds").filter(deal=deal)


def _checked(upload: UploadedFile[bytes], pointer: str) -> str:
    """The extension of a file that may be kept. Raises ``InvalidInput`` with the reason."""
    try:
        return check_file(upload.name or "", upload.size or 0, upload).extension
    except FileRefused as refused:
        refusal = InvalidInput.at(pointer, refused.code, refused.message)
    raise refusal


def _hash_of(upload: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    upload.seek(0)
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _name_of(upload: UploadedFile[bytes], extension: str) -> str:
    title = (upload.name or "").replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    return download_name(title, "", extension)


def _forget(file: FieldFile) -> None:
    """The row was not written: its file is not kept either."""
    file.storage.delete(file.name or "")
