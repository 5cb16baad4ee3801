"""What is recorded of a quote: on its own chain, and on that of the story that it belongs to."""

from __future__ import annotations

from concord.portal.actor import Actor
from concord.portal.events import Fact, Subject, record_all
from concord.pricing.models import Quote


def record_for(verb: str, *, actor: Actor, quote: Quote, **payload: object) -> None:
    """Record a fact on the quote's chain and, where it has a story, on that one too, in the same words."""
    record_all(facts_of_quote(verb, quote, **payload), actor=actor)


def facts_of_quote(verb: str, quote: Quote, **payload: object) -> list[Fact]:
    """A fact for the quote's chain and, where it has a story, the same for that one."""
    told = {"quote": quote.uuid, "number": quote.number, "revision": quote.revision, **payload}
    facts = [Fact(verb, Subject("quote", quote.uuid, quote.partner_id), told)]
    if quote.story_type and quote.story_uuid:
        facts.append(Fact(verb, Subject(quote.story_type, quote.story_uuid, quote.partner_id), told))
    return facts
