"""Writing what a partner registers: the customer as typed, the products, and the families that follow from them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from concord.deals.actions.locked import subject_of
from concord.deals.enums import RegistrationType
from concord.deals.models import Deal, DealFamily, DealLine
from concord.deals.queries.programme import programme_terms
from concord.deals.rules import can_register
from concord.partners.actions.colleagues import hold_active
from concord.partners.models import Member, Partner
from concord.portal.actor import Actor
from concord.portal.events import record
from concord.portal.refusals import FieldError, InvalidInput, NotThere
from concord.portal.work import action
from concord.pricing.models import Product
from concord.pricing.queries.catalogue import products_by_sku

MOST_PIECES: Final = 10_000_000

#: texts of a registration: name of the field, and the most characters it holds
TEXTS: Final[Mapping[str, int]] = {
    "title": 200,
    "customer_name": 250,
    "customer_city": 120,
    "customer_registration_number": 64,
    "customer_website": 250,
    "contact_name": 150,
    "contact_email": 254,
    "contact_role": 120,
    "description": 10_000,
    "competitor": 120,
    "tender_reference": 120,
}

#: where the API has a field of the registration; the others stand at the top under their own name
POINTERS: Final[Mapping[str, str]] = {
    "customer_name": "/customer/name",
    "customer_country": "/customer/country",
    "customer_city": "/customer/city",
    "customer_registration_number": "/customer/registration_number",
    "customer_website": "/customer/website",
    "contact_name": "/contact/name",
    "contact_email": "/contact/email",
    "contact_role": "/contact/role",
}


def pointer_of(name: str) -> str:
    """The JSON pointer of a registration's field."""
    return POINTERS.get(name, f"/{name}")


@dataclass(frozen=True, slots=True)
class WantedLine:
    """A product by SKU and how many of it, as typed."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Registration:
    """What a registration says. Empty texts mean not known yet."""

    customer_name: str
    customer_country: str
    currency: str = ""
    title: str = ""
    type: str = RegistrationType.NEW_CUSTOMER
    customer_city: str = ""
    customer_registration_number: str = ""
    customer_website: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_role: str = ""
    expected_close_on: date | None = None
    description: str = ""
    competitor: str = ""
    tender_reference: str = ""
    tender_closes_on: date | None = None
    lines: Sequence[WantedLine] = field(default_factory=tuple)

    def fields(self) -> dict[str, Any]:
        """Everything but the lines, by the deal's own field names, without blanks around texts."""
        values = {name: getattr(self, name).strip() for name in TEXTS}
        values["customer_country"] = self.customer_country.strip().upper()
        values["currency"] = self.currency.strip().upper()
        values["type"] = self.type
        values["expected_close_on"] = self.expected_close_on
        values["tender_closes_on"] = self.tender_closes_on
        values["title"] = values["title"] or values["customer_name"][: TEXTS["title"]]
        return values


@action
def create_registration(
    *,
    actor: Actor,
    registration: Registration,
    now: datetime,
    partner_id: int | None = None,
    owner_id: int | None = None,
    public_id: uuid.UUID | None = None,
) -> Deal:
    """Begin a registration as a draft. ``public_id`` may come from the form, so that sent twice it is written once.

    Locks the owner. Checks the actor's role, every value and every SKU, and that the owner belongs to the partner.
    Writes the deal, its lines and the families that follow from them. Records ``deal.created``. Raises ``NotAllowed``
    and ``InvalidInput``, which names each field and line.
    """
    can_register(actor).enforce()
    partner = _partner_of(actor, partner_id)
    owner = _owner_of(actor, partner, owner_id)
    values = checked_fields(registration, currency=partner.currency)
    products = checked_lines(registration.lines)
    deal = Deal(partner=partner, owner_id=owner, **values)
    if public_id is not None:
        deal.uuid = public_id
    deal.save(force_insert=True)
    write_lines(deal, registration.lines, products)
    record("deal.created", actor=actor, subject=subject_of(deal), payload={"lines": len(registration.lines)})
    return deal


def checked_fields(registration: Registration, *, currency: str) -> dict[str, Any]:
    """The values of a registration, each checked. Raises ``InvalidInput`` that names every wrong one."""
    values = registration.fields()
    values["currency"] = values["currency"] or currency
    errors: list[FieldError] = []
    if not values["customer_name"]:
        errors.append(FieldError("/customer/name", "required", _("Say who the customer is.")))
    if not _is_letters(values["customer_country"], 2):
        message = _("A country has two letters, such as DE or CN.")
        errors.append(FieldError("/customer/country", "country", message))
    if not _is_letters(values["currency"], 3):
        errors.append(FieldError("/currency", "currency", _("A currency has three letters, such as EUR or CNY.")))
    if values["type"] not in RegistrationType.values:
        errors.append(FieldError("/type", "choice", _("This type of registration does not exist.")))
    for name, longest in TEXTS.items():
        if len(values[name]) > longest:
            too_long = _("At most %(most)d characters.") % {"most": longest}
            errors.append(FieldError(pointer_of(name), "max_length", too_long))
        if "\x00" in values[name]:
            errors.append(
                FieldError(pointer_of(name), "characters", _("This text holds characters that cannot be kept."))
            )
    if values["contact_email"]:
        try:
            EmailValidator()(values["contact_email"])
        except ValidationError:
            errors.append(FieldError("/contact/email", "email", _("This is not an e-mail address.")))
    if errors:
        raise InvalidInput(errors)
    return values


def checked_lines(lines: Sequence[WantedLine]) -> dict[str, Product]:
    """The products of the lines by SKU as typed. Raises ``InvalidInput`` that names every wrong line."""
    most = programme_terms().most_lines
    if len(lines) > most:
        message = _("At most %(most)d lines fit into one registration.") % {"most": most}
        raise InvalidInput.at("/lines", "too_many", message)
    products = products_by_sku([line.sku.strip() for line in lines])
    errors: list[FieldError] = []
    seen: dict[int, int] = {}
    for index, line in enumerate(lines):
        product = products.get(line.sku.strip())
        if product is None:
            message = _("There is no product “%(sku)s”.") % {"sku": line.sku.strip()[:64]}
            errors.append(FieldError(f"/lines/{index}/sku", "unknown_sku", message))
        elif product.pk in seen:
            message = _("This product stands on line %(line)d already.") % {"line": seen[product.pk] + 1}
            errors.append(FieldError(f"/lines/{index}/sku", "twice", message))
        else:
            seen[product.pk] = index
        if not 1 <= line.quantity <= MOST_PIECES:
            message = _("A quantity is a whole number from 1 to %(most)d.") % {"most": MOST_PIECES}
            errors.append(FieldError(f"/lines/{index}/quantity", "quantity", message))
    if errors:
        raise InvalidInput(errors)
    return products


def write_lines(deal: Deal, lines: Sequence[WantedLine], products: Mapping[str, Product]) -> None:
    """Write lines in their order, and the families that they belong to."""
    chosen = [(products[line.sku.strip()], line.quantity) for line in lines]
    DealLine.objects.bulk_create(
        DealLine(deal=deal, position=position, product=product, quantity=quantity)
        for position, (product, quantity) in enumerate(chosen, start=1)
    )
    families = sorted({product.family_id for product, _quantity in chosen})
    DealFamily.objects.bulk_create(DealFamily(deal=deal, family_id=family) for family in families)


def _partner_of(actor: Actor, partner_id: int | None) -> Partner:
    """The partner that registers: the actor's own, or the one that the vendor names."""
    wanted = actor.partner_id if actor.is_partner else partner_id
    if wanted is None:
        raise InvalidInput.at("/partner", "required", _("Say for which partner."))
    if partner_id is not None and partner_id != wanted:
        raise NotThere
    partner = Partner.objects.visible_to(actor).filter(pk=wanted).first()
    if partner is None or not partner.is_active:
        raise InvalidInput.at("/partner", "unknown_partner", _("There is no such active partner."))
    return partner


def _owner_of(actor: Actor, partner: Partner, owner_id: int | None) -> int:
    """Whose deal it is: the seller's own; an administrator or a system may name a colleague."""
    if owner_id is None or owner_id == actor.user_id:
        if actor.user_id is None or actor.partner_id != partner.pk:
            raise InvalidInput.at("/owner", "required", _("Say who works on this deal."))
        return hold_active(actor.user_id)
    if not (actor.is_vendor or actor.sees_whole_partner):
        raise InvalidInput.at("/owner", "not_yours", _("Only the company's administrator registers for a colleague."))
    belongs = Member.objects.unscoped("the owner belongs to the partner").filter(
        partner_id=partner.pk, user_id=owner_id, user__is_active=True
    )
    if not belongs.exists():
        raise InvalidInput.at("/owner", "unknown_owner", _("Nobody of that name works at this partner."))
    return hold_active(owner_id)


def _is_letters(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isalpha()


def lines_differ(deal: Deal, lines: Sequence[WantedLine], products: Mapping[str, Product]) -> bool:
    """Whether other products, quantities or another order are named."""
    stored = list(deal.lines.values_list("product_id", "quantity"))
    return stored != [(products[line.sku.strip()].pk, line.quantity) for line in lines]
