"""A quote says what the price check said, to the byte, and every paper and page of it says the same figures."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from concord.portal.money import exponent
from concord.pricing.actions.quotes import issue_quote
from concord.pricing.engine import Receipt
from concord.pricing.models import MailProof, Quote
from tests.pricing.quotes.conftest import document_of
from tests.pricing.quotes.test_check_lines import sent_code
from tests.pricing.test_doors_agree import LINES, batch, shop  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
CURRENCIES = ["JPY", "USD", "KWD"]
MAIL = "einkauf@nordwerk.example"


def drafted(cast, shop, currency) -> tuple[Quote, dict]:  # noqa: F811
    client = APIClient()
    client.force_login(cast.seller_a)
    body = {
        "customer": str(shop.uuid),
        "currency": currency,
        "valid_until": (datetime.now(UTC) + timedelta(days=20)).date().isoformat(),
        "contact_email": MAIL,
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in LINES],
    }
    answer = client.post("/api/v1/quotes/", body, format="json")
    assert answer.status_code == 201, answer.content
    return Quote.objects.unscoped("the test looks").get(uuid=answer.json()["id"]), answer.json()


def figures(text: str) -> set[str]:
    """Every amount of a text as it is written, without what groups its thousands."""
    return {found.replace(",", "") for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


@pytest.mark.parametrize("currency", CURRENCIES)
def test_a_draft_holds_the_receipts_of_the_price_check_byte_by_byte(cast, shop, currency):  # noqa: F811
    quote, told = drafted(cast, shop, currency)
    lines = list(quote.lines.all())
    moment = Receipt.from_json(lines[0].receipt).asked.moment
    priced = batch(cast, shop, currency, moment, LINES).lines
    assert [line.receipt.encode() for line in lines] == [one.receipt.to_json_bytes() for one in priced]
    assert [Decimal(line["customer_amount"]["amount"]) for line in told["lines"]] == [
        one.customer_total for one in priced
    ]
    assert Decimal(told["customer_total"]["amount"]) == sum(one.customer_total for one in priced)
    assert Decimal(told["partner_total"]["amount"]) == sum(one.partner_total for one in priced)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("currency", CURRENCIES)
def test_page_file_paper_and_public_check_show_the_figures_of_the_quote(cast, shop, currency, language):  # noqa: F811
    quote, _told = drafted(cast, shop, currency)
    Quote.objects.unscoped("test").filter(pk=quote.pk).update(language=language)
    quote = issue_quote(actor=cast.actor(cast.seller_a), quote_uuid=quote.uuid)
    client = Client()
    client.force_login(cast.seller_a)
    api = APIClient()
    api.force_login(cast.seller_a)
    told = api.get(f"/api/v1/quotes/{quote.uuid}/").json()
    decimals = exponent(currency)
    amounts = [line["customer_amount"]["amount"] for line in told["lines"]] + [told["customer_total"]["amount"]]
    units = [line["customer_unit_price"]["amount"] for line in told["lines"]]
    assert all(-Decimal(one).as_tuple().exponent == decimals for one in amounts), amounts
    assert Decimal(amounts[-1]) == sum(Decimal(one) for one in amounts[:-1]), "totals add up"

    paper = pypdfium2.PdfDocument(document_of(quote))
    printed = figures("\n".join(page.get_textpage().get_text_range() for page in paper))
    assert set(amounts) <= printed
    assert set(units) <= printed
    nets = [line["partner_unit_net"]["amount"] for line in told["lines"]] + [told["partner_total"]["amount"]]
    assert not {net for net in nets if net not in {*units, *amounts}} & printed, "the partner's net is on no paper"

    client.cookies["django_language"] = language
    page = client.get(reverse("pricing:quote-detail", args=[quote.uuid])).content.decode()
    shown = figures(re.sub(r"<[^>]+>", " ", page))
    assert {*amounts, *units, told["partner_total"]["amount"]} <= shown

    client.cookies["django_language"] = "en"
    export = client.get(reverse("pricing:quote-list"), {"_export": "csv"}).content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(export))
    assert (row["Total"], row["Own net"]) == (told["customer_total"]["amount"], told["partner_total"]["amount"])

    public = APIClient()
    where = f"/api/v1/quote-checks/{quote.check_code}"
    proof = public.post(f"{where}/proofs/", {"mail": MAIL}, format="json").json()["proof"]
    opened = public.post(f"{where}/lines/", {"proofs": [proof], "one_time_code": sent_code()}, format="json").json()
    assert opened["total"] == told["customer_total"]
    by_sku: dict[str, Decimal] = {}
    for line in told["lines"]:
        by_sku[line["sku"]] = by_sku.get(line["sku"], Decimal(0)) + Decimal(line["customer_amount"]["amount"])
    assert {line["sku"]: Decimal(line["amount"]["amount"]) for line in opened["lines"]} == by_sku
    assert MailProof.objects.count() == 1
