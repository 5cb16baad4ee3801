"""Fetch or 404: how doors reach quotes and what they are about, and on whose behalf a price is asked."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from concord.partners.models import EndCustomer, Partner
from concord.partners.queries.merging import survivor_of
from concord.portal import registry
from concord.portal.actor import Actor
from concord.portal.events import Subject
from concord.portal.refusals import InvalidInput, NotThere
from concord.pricing.models import Quote
from concord.pricing.queries.quotes import own_quote
from concord.pricing.queries.rulebook import PartnerFacts, facts_of, partner_facts
from concord.pricing.rules.catalogue import can_see_prices


def access_quote(actor: Actor, uuid: UUID | str) -> Quote:
    """A quote that the actor may see, else 404."""
    try:
        return own_quote(actor, uuid)
    except NotThere as missing:
        raise Http404 from missing


@dataclass(frozen=True, slots=True)
class QuoteOrigin:
    """For whom a quote is begun: by a story such as a deal, or by a customer that the partner has a relation to."""

    partner: Partner
    customer: EndCustomer
    story: Subject | None
    #: the customer's name, where the actor may know it by itself
    customer_name: str
    contact_email: str = ""
    currency: str = ""
    #: what the story is about: (SKU, quantity)
    lines: tuple[tuple[str, int], ...] = ()


def origin_of_story(actor: Actor, reference: str) -> QuoteOrigin:
    """What ``deal:<public id>`` stands for; raises ``NotThere`` when it is not the actor's or has no customer yet."""
    kind, _, identity = reference.partition(":")
    resolve = registry.story_resolvers.get(kind)
    try:
        uuid = UUID(identity)
    except ValueError as error:
        raise NotThere from error
    story = resolve(actor, str(uuid)) if resolve else None
    if story is None or story.end_customer_id is None:
        raise NotThere
    partner = Partner.objects.visible_to(actor).filter(pk=story.partner_id).first()
    if partner is None:
        raise NotThere
    customer = EndCustomer.objects.unscoped("named by the actor's own story").get(pk=story.end_customer_id)
    return QuoteOrigin(
        partner=partner,
        customer=customer,
        story=Subject(kind, uuid, partner.pk),
        customer_name=story.customer_name,
        contact_email=story.contact_email,
        currency=story.currency,
        lines=story.lines,
    )


def origin_of_customer(actor: Actor, uuid: UUID | str, *, partner_code: str = "") -> QuoteOrigin:
    """A customer that the actor sees, for its own partner or, at the vendor, for the one named by its code."""
    partners = Partner.objects.visible_to(actor)
    partner = partners.filter(code=partner_code).first() if actor.is_vendor else partners.first()
    customer = EndCustomer.objects.visible_to(actor).filter(uuid=uuid).first()
    if partner is None or customer is None or (partner_code and partner.code != partner_code):
        raise NotThere
    customer = survivor_of(customer)
    return QuoteOrigin(partner=partner, customer=customer, story=None, customer_name=customer.legal_name)


def partner_asking(actor: Actor, named: str = "", *, pointer: str = "/partner") -> Partner | None:
    """The partner whose net is asked for: a partner's own, or the one that the vendor names by code or id, if any.

    A partner that names another one learns what it would learn of one that does not exist.
    """
    visible = Partner.objects.visible_to(actor).select_related("tier")
    if not named:
        return visible.get(pk=actor.partner_id) if actor.is_partner and actor.partner_id is not None else None
    found = visible.filter(code=named).first() or (visible.filter(uuid=named).first() if _is_uuid(named) else None)
    if found is None or not can_see_prices(actor=actor, partner_id=found.pk):
        raise InvalidInput.at(pointer, "unknown_partner", _("There is no such partner."))
    return found


def partner_priced_for(actor: Actor, named: str = "") -> PartnerFacts | None:
    """What prices need to know of the partner that ``partner_asking`` finds; a partner's own by one short statement."""
    if not named:
        return partner_facts(actor.partner_id) if actor.is_partner else None
    found = partner_asking(actor, named)
    return facts_of(found) if found else None


def customer_asked_for(actor: Actor, named: str = "", *, pointer: str = "/customer") -> EndCustomer | None:
    """The end customer that a price is for, by id; unknown and invisible ones are told alike.

    The id in the vendor's own systems names it for the vendor alone, as everywhere: a partner is not shown it.
    """
    if not named:
        return None
    visible = EndCustomer.objects.visible_to(actor)
    found = visible.filter(uuid=named).first() if _is_uuid(named) else None
    if found is None and actor.is_vendor:
        found = visible.filter(external_id=named[:64]).first()
    if found is None:
        raise InvalidInput.at(
            pointer,
            "unknown_customer",
            _("There is no such customer among yours. Without a registration, ask without a customer."),
        )
    return survivor_of(found)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
