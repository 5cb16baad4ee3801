"""A catalogue with prices, a customer whom both partners know, and quotes in few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from concord.documents.pdf.signing import make_self_signed
from concord.partners.actions.customers import relate
from concord.partners.models import EndCustomer, Partner
from concord.portal.actor import Actor
from concord.portal.events.outbox import work_off
from concord.portal.models import Event, OutboxItem, User
from concord.pricing.actions.quotes import QuoteLineInput, draft_quote, issue_quote
from concord.pricing.models import PriceList, Product, Quote
from tests.cast import Cast
from tests.documents.stamps import authority  # noqa: F401 - a fixture of this folder
from tests.factories import make_customer, make_price_list, make_product, set_price


@dataclass
class Shop:
    """Three products with prices in dollars; ``quote`` and ``issue`` act as somebody of the cast."""

    cast: Cast
    price_list: PriceList
    relay: Product
    switch: Product
    sensor: Product
    customer: EndCustomer

    def actor(self, user: User | None = None) -> Actor:
        return self.cast.actor(user or self.cast.seller_a)

    def partner_of(self, user: User) -> Partner:
        return Partner.objects.unscoped("test").get(pk=self.actor(user).partner_id)

    def quote(self, *lines, by: User | None = None, customer: EndCustomer | None = None, **more) -> Quote:
        by = by or self.cast.seller_a
        partner = more.pop("partner", None) or self.partner_of(by)
        more.setdefault("currency", "USD")
        more.setdefault("valid_until", self.day(30))
        return draft_quote(
            actor=self.actor(by),
            partner_id=partner.pk,
            seller_id=by.pk,
            end_customer_id=(customer or self.customer).pk,
            customer_name=more.pop("customer_name", "Kunde AG"),
            lines=[self.line(*line) for line in (lines or [(self.relay, 5)])],
            **more,
        )

    def issue(self, *lines, by: User | None = None, **more) -> Quote:
        by = by or self.cast.seller_a
        return issue_quote(actor=self.actor(by), quote_uuid=self.quote(*lines, by=by, **more).uuid)

    @staticmethod
    def line(product: Product | str, quantity: int, wanted: str | None = None) -> QuoteLineInput:
        sku = product if isinstance(product, str) else product.sku
        return QuoteLineInput(sku, quantity, Decimal(wanted) if wanted is not None else None)

    @staticmethod
    def day(ahead: int) -> date:
        return datetime.now(UTC).date() + timedelta(days=ahead)


@pytest.fixture
def shop(cast: Cast) -> Shop:
    return make_shop(cast)


def make_shop(cast: Cast) -> Shop:
    price_list = make_price_list("USD")
    relay = make_product(cast.family, "RELAY-1", name="Relay", name_zh="继电器")
    switch = make_product(cast.family, "SWITCH-2", name="Switch", name_zh="开关")
    sensor = make_product(cast.other_family, "SENSOR-3", name="Sensor", name_zh="传感器")
    set_price(price_list, relay, {1: "10.0000", 10: "9.0000", 100: "7.5000"})
    set_price(price_list, switch, "4.2500")
    set_price(price_list, sensor, "120")
    customer = make_customer("Nordwerk Anlagenbau GmbH")
    for partner in (cast.partner_a, cast.partner_b):
        relate(partner_id=partner.pk, end_customer_id=customer.pk, now=datetime.now(UTC))
    return Shop(cast, price_list, relay, switch, sensor, customer)


@pytest.fixture
def signing(settings, tmp_path):
    """A certificate of the vendor's own, as the demo has one."""
    settings.PDF_SIGNING_CERTIFICATE = str(tmp_path / "certificate.pem")
    settings.PDF_SIGNING_KEY = str(tmp_path / "key.pem")
    make_self_signed(
        name="Helvara (self-signed)",
        certificate=Path(settings.PDF_SIGNING_CERTIFICATE),
        key=Path(settings.PDF_SIGNING_KEY),
    )
    return settings


def deliver(verb: str, target: str) -> None:
    """Have the worker follow events. Inside a test's transaction nothing is sealed, so rows are laid out by hand."""
    for event in Event.objects.unscoped("test").filter(verb=verb):
        OutboxItem.objects.get_or_create(
            event=event, target=f"{target}:", defaults={"next_at": event.at - timedelta(seconds=1)}
        )
    work_off(now=datetime.now(UTC) + timedelta(minutes=1))


def document_of(quote: Quote) -> bytes:
    """The document of a quote, rendered and signed as the worker does it."""
    deliver("quote.issued", "pricing.pdf")
    quote.refresh_from_db()
    with quote.pdf.open("rb") as opened:
        return opened.read()
