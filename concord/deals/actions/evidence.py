"""Handing in evidence, and counting who fetches it."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import Expectation, locked_deal, subject_of
from concord.deals.enums import EvidencePurpose, ReviewStatus
from concord.deals.models import Deal, Evidence, EvidenceDownload
from concord.deals.queries.evidence import lies_at
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


class AboutSomethingElse(InvalidInput):
    """The record that a file is to prove something for is not one of this deal, or is not there: told alike."""

    def __init__(self) -> None:
        super().__init__([])
        text = _("This deal has no promise, objection, activity, request or appeal of that number.")
        self.errors = InvalidInput.at("/about", "unknown", text).errors


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
    expect: Expectation | None = None,
) -> Evidence:
    """Keep a file with a deal, for good: evidence is neither changed nor taken away.

    ``about`` names the record that it proves something for, ``is_internal`` keeps it with the vendor, ``pointer`` is
    where the caller's input holds the file. Looks into the file before any lock. Locks the deal. Checks role, purpose,
    note, that the record lies at the same deal, the file's kind and content, that a deal that is over takes evidence
    for an appeal or a promise alone, and the number of files. Writes the file and its row; the same file for the same
    purpose is written once. Records ``deal.evidence_attached``. Raises ``NotThere``, ``NotAllowed``, ``WrongState``,
    ``InvalidInput``, ``Conflict`` and what ``expect`` raises.
    """
    if purpose not in EvidencePurpose.values:
        raise InvalidInput.at("/purpose", "choice", _("There is no such purpose of evidence."))
    if len(note) > _LONGEST_NOTE or "\x00" in note:
        raise InvalidInput.at("/note", "max_length", _("At most %(most)d characters.") % {"most": _LONGEST_NOTE})
    if is_internal and not actor.is_vendor:
        raise NotAllowed(_("Only the vendor keeps evidence for itself."))
    kind = _checked(upload, pointer)
    sha256 = _hash_of(upload)
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid, expect=expect)
    can_attach(actor, deal).enforce()
    demand_open_for_evidence(deal, EvidencePurpose(purpose))
    if about is not None and not lies_at(actor, deal, about):
        raise AboutSomethingElse
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
            payload=_told(evidence, deal),
            visibility=Visibility.INTERNAL if is_internal else Visibility.PARTNER,
        )
    except Exception:
        _forget(evidence.file)
        raise
    return evidence


def _told(evidence: Evidence, deal: Deal) -> dict[str, Any]:
    """What the fact says: of a draft, which is the seller's own, no more than that there is a file."""
    told = {"evidence": evidence.uuid, "purpose": evidence.purpose, "sha256": evidence.sha256}
    return told if deal.review_status == ReviewStatus.DRAFT else {**told, "name": evidence.name}


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
