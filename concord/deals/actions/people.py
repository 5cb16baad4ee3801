"""Who decides at the customer, what speaks against buying, and against whom one sells."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.activities import contact_named
from concord.deals.actions.locked import locked_deal, subject_of
from concord.deals.enums import ContactRole, ReviewStatus
from concord.deals.models import Deal, DealContact, Objection
from concord.deals.rules import can_add_activity
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.refusals import Conflict, FieldError, InvalidInput, NotThere
from concord.portal.work import action


class ContactTaken(Conflict):
    """The deal knows a person with this address already."""

    default_code = "contact_taken"

    def __init__(self) -> None:
        super().__init__(_("Somebody with this e-mail address belongs to the deal already."))


@action
def save_contact(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    contact_uuid: uuid.UUID | None = None,
    name: str,
    role: str = "",
    position: str = "",
    email: str = "",
    phone: str = "",
    language: str = "en",
    note: str = "",
) -> DealContact:
    """Add a person at the customer, or change one.

    Locks the deal. Checks the role and every value. Writes the person. Records ``deal.contact_added`` or
    ``deal.contact_changed`` (with the part in the decision). Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``,
    ``ContactTaken``.
    """
    deal = _deal_to_tell_of(actor, deal_uuid)
    errors: list[FieldError] = []
    texts = {"name": (name, 150), "position": (position, 120), "phone": (phone, 40), "note": (note, 300)}
    facts = {field: checked_text(field, value, most, errors) for field, (value, most) in texts.items()}
    if not facts["name"]:
        errors.append(FieldError("/name", "required", _("Say who it is.")))
    if role and role not in ContactRole.values:
        errors.append(FieldError("/role", "choice", _("There is no such role in a decision.")))
    if email:
        try:
            validate_email(email)
        except ValidationError:
            errors.append(FieldError("/email", "invalid", _("This is not an e-mail address.")))
    if errors:
        raise InvalidInput(errors)
    contact = _contact_of(deal, contact_uuid) if contact_uuid else DealContact(deal=deal)
    is_new = contact.pk is None
    for field, value in {**facts, "role": role, "email": email.strip(), "language": language}.items():
        setattr(contact, field, value)
    contact.save()
    record(
        "deal.contact_added" if is_new else "deal.contact_changed",
        actor=actor,
        subject=subject_of(deal),
        payload={"contact": contact.uuid, "role": role},
    )
    return contact


@action
def contact_has_left(*, actor: Actor, deal_uuid: uuid.UUID, contact_uuid: uuid.UUID, now: datetime) -> DealContact:
    """Say that a person is not with the customer any more. Safe to repeat.

    Locks the deal. Checks the role. Writes when it became known. Records ``deal.contact_left`` the first time. Raises
    ``NotThere``, ``NotAllowed``.
    """
    deal = _deal_to_tell_of(actor, deal_uuid)
    contact = _contact_of(deal, contact_uuid)
    if contact.left_at is None:
        contact.left_at = now
        contact.save(update_fields=["left_at", "updated_at"])
        record("deal.contact_left", actor=actor, subject=subject_of(deal), payload={"contact": contact.uuid})
    return contact


@action
def save_objection(
    *,
    actor: Actor,
    deal_uuid: uuid.UUID,
    now: datetime,
    objection_uuid: uuid.UUID | None = None,
    text: str,
    contact: uuid.UUID | str | None = None,
    answer: str = "",
) -> Objection:
    """Note what speaks against buying, or change it; an answer closes it, and taking the answer away opens it again.

    Locks the deal. Checks the role and every value. Writes the objection. Records ``deal.objection_raised``,
    ``deal.objection_answered`` or ``deal.objection_changed``. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``.
    """
    deal = _deal_to_tell_of(actor, deal_uuid)
    errors: list[FieldError] = []
    words = checked_text("text", text, 500, errors)
    answered = checked_text("answer", answer, 1_000, errors)
    if not words:
        errors.append(FieldError("/text", "required", _("Say what speaks against it.")))
    person = contact_named(deal, contact, errors)
    if errors:
        raise InvalidInput(errors)
    objection = Objection(deal=deal, raised_at=now)
    if objection_uuid:
        objection = deal.objections.filter(uuid=objection_uuid).first() or _raise_not_there()
    is_new, was_answered = objection.pk is None, objection.answered_at is not None
    objection.text, objection.contact, objection.answer = words, person, answered
    objection.answered_at = (objection.answered_at or now) if answered else None
    objection.save()
    verb = "deal.objection_raised" if is_new else "deal.objection_changed"
    if answered and not was_answered:
        verb = "deal.objection_answered"
    record(verb, actor=actor, subject=subject_of(deal), payload={"objection": objection.uuid})
    return objection


@action
def name_competitor(*, actor: Actor, deal_uuid: uuid.UUID, competitor: str, now: datetime) -> Deal:
    """Say against whom one sells; nothing when nobody is known any more. Also while a review goes on, unlike the rest.

    Locks the deal. Checks the role and the length. Writes the competitor. Records ``deal.competitor_named`` when it
    changed. Raises ``NotThere``, ``NotAllowed``, ``InvalidInput``.
    """
    deal = _deal_to_tell_of(actor, deal_uuid)
    errors: list[FieldError] = []
    name = checked_text("competitor", competitor, 120, errors)
    if errors:
        raise InvalidInput(errors)
    if name != deal.competitor:
        deal.competitor = name
        deal.save(update_fields=["competitor", "updated_at"])
        record("deal.competitor_named", actor=actor, subject=subject_of(deal), payload=_competitor_told(deal))
    return deal


def _competitor_told(deal: Deal) -> dict[str, str]:
    """What the fact says: of a draft, which is the seller's own, no more than that somebody was named."""
    return {} if deal.review_status == ReviewStatus.DRAFT else {"competitor": deal.competitor}


def checked_text(field: str, value: str, most: int, errors: list[FieldError]) -> str:
    """A text without blanks around it; one that is too long or holds a NUL becomes an error at the field."""
    text = value.strip()
    if len(text) > most or "\x00" in text:
        errors.append(FieldError(f"/{field}", "max_length", _("At most %(most)d characters.") % {"most": most}))
    return text


def _deal_to_tell_of(actor: Actor, deal_uuid: uuid.UUID) -> Deal:
    deal = locked_deal(actor=actor, deal_uuid=deal_uuid)
    can_add_activity(actor, deal).enforce()
    return deal


def _contact_of(deal: Deal, contact_uuid: uuid.UUID) -> DealContact:
    contact = deal.contacts.filter(uuid=contact_uuid).first()
    if contact is None:
        raise NotThere
    return contact


def _raise_not_there() -> Objection:
    raise NotThere
