"""Lines on the check page: for those alone who read the mail of the quote, and the same no to everybody else."""

from __future__ import annotations

import re
import statistics
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from concord.portal.models import BrandSettings, Event
from concord.pricing.actions.quote_proofs import forget_proofs, new_one_time_code, prove_mail
from concord.pricing.actions.quotes import issue_quote, revise_quote, withdraw_quote
from concord.pricing.codes import grouped, new_code
from concord.pricing.models import MAX_ATTEMPTS, MailProof, Price, Quote, QuoteCheck
from concord.pricing.queries.quote_comparison import compare_quotes
from tests.factories import make_price_list, make_product, set_price
from tests.pricing.quotes.conftest import deliver

MAIL = "einkauf@nordwerk.example"


@pytest.fixture
def quote(shop) -> Quote:
    return shop.issue((shop.relay, 12), (shop.switch, 3), contact_email=MAIL)


def ask(client, quote, address=MAIL, other=None):
    body = {"code": quote.check_code, "mail": address, "other": other.check_code if other else ""}
    return client.post(reverse("pricing:quote-check-lines"), body, follow=True)


def enter(client, quote, code, other=None):
    body = {"code": quote.check_code, "one_time_code": code, "other": other.check_code if other else ""}
    return client.post(reverse("pricing:quote-check-mail"), body, follow=True)


def sent_code() -> str:
    deliver("quote.lines_asked", "pricing.one_time_code")
    return re.search(r"^(\d{4} \d{4})$", mail.outbox[-1].body, re.MULTILINE).group(1)


def read(client, quote, other=None) -> str:
    url = reverse("pricing:quote-check-code", args=[grouped(quote.check_code)])
    return client.get(url, {"other": other.check_code} if other else {}).content.decode()


SECRETS = ("RELAY-1", "108.00", "9.00", "SWITCH-2")


def test_the_code_from_the_mail_shows_the_lines_and_nothing_of_the_partners_net(shop, quote, client):
    quote.lines.update(partner_unit_net="77.77", partner_amount="7777.77")
    page = ask(client, quote).content.decode()
    assert "If this address stands on the quote, a code is on its way" in page
    assert not any(secret in page for secret in SECRETS)
    page = enter(client, quote, sent_code()).content.decode()
    assert all(secret in page for secret in SECRETS)
    assert "120.75" in page
    assert "77.77" not in page
    assert all(secret in read(client, quote) for secret in SECRETS)
    assert not any(secret in read(Client(), quote) for secret in SECRETS)


def test_the_mail_is_in_the_quotes_language_and_goes_to_the_quotes_address(shop, client):
    chinese = shop.issue((shop.relay, 1), contact_email="Caigou@Example.cn", language="zh-hans")
    ask(client, chinese, " caigou@EXAMPLE.cn ")
    sent_code()
    (message,) = mail.outbox
    assert message.to == ["Caigou@Example.cn"]
    assert "验证码" in message.subject
    assert "15 分钟" in message.body
    assert message.alternatives


def test_a_mail_that_is_not_the_quotes_gets_the_same_answer_and_no_mail(shop, quote):
    right, wrong = Client(), Client()
    pages = [ask(right, quote), ask(wrong, quote, "rival@example.com")]
    bare = [re.sub(r"[A-Za-z0-9]{64}|[A-Za-z0-9+/=-]{22,}", "", page.content.decode()) for page in pages]
    assert bare[0] == bare[1]
    deliver("quote.lines_asked", "pricing.one_time_code")
    assert [message.to for message in mail.outbox] == [[MAIL]]
    assert not any(secret in enter(wrong, quote, "12345678").content.decode() for secret in SECRETS)
    assert not any(secret in enter(wrong, quote, sent_code()).content.decode() for secret in SECRETS)


def test_asking_costs_the_same_whether_the_mail_is_known_or_not(shop, quote):
    BrandSettings.load()  # made when it is first read
    counts = []
    for address in (MAIL, "rival@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            ask(Client(), quote, address)
        counts.append([re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries])
    assert counts[0] == counts[1]


def test_a_code_is_kept_as_a_digest_and_works_once_and_soon(shop, quote):
    first = Client()
    ask(first, quote)
    code = sent_code()
    proof = MailProof.objects.get()
    assert code.replace(" ", "") not in str(proof.__dict__)
    assert MAIL not in str(proof.__dict__)
    assert not Event.objects.unscoped("t").filter(payload__contains=MAIL).exists()
    late = timezone.now() + timedelta(minutes=16)
    assert not prove_mail(proof_uuid=proof.uuid, code=code, asked_by="a", now=late)
    assert new_one_time_code(proof_uuid=proof.uuid, now=late) is None
    assert prove_mail(proof_uuid=proof.uuid, code=code, asked_by="a", now=timezone.now())
    assert not prove_mail(proof_uuid=proof.uuid, code=code, asked_by="a", now=timezone.now())
    MailProof.objects.update(opens_until=timezone.now() - timedelta(seconds=1))
    assert not any(secret in read(first, quote) for secret in SECRETS)


def test_a_newer_code_voids_the_one_before(shop, quote, client):
    ask(client, quote)
    old = sent_code()
    (_, new) = new_one_time_code(proof_uuid=MailProof.objects.get().uuid, now=timezone.now())
    if new != old.replace(" ", ""):
        assert not any(secret in enter(client, quote, old).content.decode() for secret in SECRETS)
    assert all(secret in enter(client, quote, new).content.decode() for secret in SECRETS)


def test_after_five_wrong_codes_the_right_one_is_void(shop, quote, client):
    ask(client, quote)
    code = sent_code()
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"
    for left in range(MAX_ATTEMPTS - 1, 0, -1):
        page = enter(client, quote, wrong).content.decode()
        assert "That is not the code" in page
        assert ("One attempt is left." if left == 1 else f"{left} attempts are left.") in page
    enter(client, quote, wrong)
    assert not any(secret in enter(client, quote, code).content.decode() for secret in SECRETS)
    assert MailProof.objects.get().attempts == MAX_ATTEMPTS


def test_asking_is_metered_for_each_quote_from_wherever_it_comes(shop, quote):
    answers = [ask(Client(REMOTE_ADDR=f"198.51.100.{number}"), quote).status_code for number in range(7)]
    assert answers[:5] == [200] * 5
    assert answers[-1] == 429
    other = shop.issue((shop.relay, 1), contact_email=MAIL)
    assert ask(Client(REMOTE_ADDR="198.51.100.99"), other).status_code == 200


def test_one_address_cannot_ask_about_many_quotes(shop):
    quotes = [shop.issue((shop.relay, 1), contact_email=MAIL) for _ in range(12)]
    client = Client()
    assert [ask(client, one).status_code for one in quotes][-1] == 429


def test_lines_of_an_unknown_code_are_not_to_be_had(shop, client):
    body = {"code": new_code(), "mail": MAIL, "other": ""}
    page = client.post(reverse("pricing:quote-check-lines"), body)
    assert page.status_code == 404
    assert MailProof.objects.count() == 0
    assert client.post(reverse("pricing:quote-check-lines"), {**body, "mail": "no mail"}).status_code == 422


def test_asking_and_showing_are_told_to_the_owner(shop, quote, client):
    ask(client, quote)
    enter(client, quote, sent_code())
    kinds = list(QuoteCheck.objects.filter(quote=quote).order_by("id").values_list("kind", flat=True))
    assert kinds == ["lines_asked", "lines_shown"]
    client.force_login(shop.cast.seller_a)
    page = client.get(reverse("pricing:quote-detail", args=[quote.uuid])).content.decode()
    assert "Lines shown to the customer on the check page" in page
    assert "Lines asked for" in page


def test_proofs_are_forgotten_after_a_day(shop, quote, client):
    ask(client, quote)
    assert forget_proofs(now=timezone.now()) == 0
    assert forget_proofs(now=timezone.now() + timedelta(days=2)) == 1


# --- two quotes -----------------------------------------------------------------------------------------------------


def test_two_quotes_are_compared_line_by_line_after_proof_of_both_mails(shop, quote, client):
    again = revise_quote(actor=shop.actor(), quote_uuid=quote.uuid)
    newer = issue_quote(actor=shop.actor(), quote_uuid=again.uuid)
    Quote.objects.unscoped("t").filter(pk=newer.pk).update(contact_email="chef@nordwerk.example")
    page = read(client, quote, newer)
    assert "revision 2 binds" in page
    assert "They are two revisions of the same quote." in page
    assert not any(secret in page for secret in SECRETS)
    ask(client, quote, MAIL, newer)
    page = enter(client, quote, sent_code(), newer).content.decode()
    assert "One of the two is proved" in page
    assert not any(secret in page for secret in SECRETS)
    ask(client, quote, "chef@nordwerk.example", newer)
    page = enter(client, quote, sent_code(), newer).content.decode()
    assert all(secret in page for secret in SECRETS)


def test_one_proof_opens_both_quotes_to_the_same_mail(shop, quote, client):
    other = shop.issue((shop.sensor, 2), by=shop.cast.seller_a, contact_email=MAIL.upper())
    ask(client, quote, MAIL, other)
    page = enter(client, quote, sent_code(), other).content.decode()
    assert "SENSOR-3" in page
    assert "They offer different products." in page


def reasons(shop, first, second) -> dict[str, list[str]]:
    compared = compare_quotes(first, second, now=timezone.now())
    return {line.sku: [str(reason.value) for reason in line.reasons] for line in compared.lines}


def test_each_reason_is_found(shop):
    small, large = shop.issue((shop.relay, 5)), shop.issue((shop.relay, 12))
    assert reasons(shop, small, large) == {"RELAY-1": ["quantity"]}
    same = shop.issue((shop.relay, 5), (shop.switch, 1))
    assert reasons(shop, small, same) == {"RELAY-1": [], "SWITCH-2": ["products"]}
    more = shop.issue((shop.relay, 6))
    assert reasons(shop, small, more) == {"RELAY-1": ["amount"]}
    general = compare_quotes(small, large, now=timezone.now())
    assert general.both_bind
    assert general.binding is None
    assert "quantity" in general.reasons


def test_currency_kind_date_and_partner_are_reasons(shop):
    dollars = shop.issue((shop.switch, 1))
    francs = make_price_list("CHF", kind="recommended")
    cable = make_product(shop.cast.family, "CABLE-9")
    set_price(francs, cable, "3")
    set_price(shop.price_list, cable, "2")
    first = shop.issue((cable, 1))
    withdraw_quote(actor=shop.actor(), quote_uuid=first.uuid)
    second = shop.issue((cable, 1), currency="CHF", by=shop.cast.seller_b)
    compared = compare_quotes(first, second, now=timezone.now())
    assert [reason.value for reason in compared.reasons][:2] == ["partner", "currency"]
    Price.objects.filter(product=shop.switch).update(unit_price="5.0000")
    Quote.objects.unscoped("t").filter(pk=dollars.pk).update(issued_at=timezone.now() - timedelta(days=3))
    dollars.commitments.all().delete()
    dollars.refresh_from_db()
    later = shop.issue((shop.switch, 1), by=shop.cast.seller_b)
    assert reasons(shop, dollars, later) == {"SWITCH-2": ["date"]}


def test_one_code_twice_is_one_quote(shop, quote, client):
    assert "one and the same quote" in read(client, quote, quote)


def test_the_verdict_on_two_says_until_when(shop, client):
    quote = shop.issue((shop.relay, 5), valid_until=shop.day(20))
    Quote.objects.unscoped("t").filter(pk=quote.pk).update(valid_until=shop.day(20))
    old = shop.issue((shop.switch, 1))
    Quote.objects.unscoped("t").filter(pk=old.pk).update(status="withdrawn")
    compared = compare_quotes(quote, Quote.objects.unscoped("t").get(pk=old.pk), now=timezone.now())
    assert compared.until == shop.day(20)
    assert "It binds through the whole of" in read(client, quote, old)


# --- the API --------------------------------------------------------------------------------------------------------


def test_the_api_compares_two_codes_without_amounts(shop, quote, client):
    newer = issue_quote(actor=shop.actor(), quote_uuid=revise_quote(actor=shop.actor(), quote_uuid=quote.uuid).uuid)
    url = f"/api/v1/quote-checks/{quote.check_code}/"
    alone = client.get(url).json()
    assert (alone["verdict"], alone["other"], alone["comparison"]) == ("superseded", None, None)
    both = client.get(url, {"other": newer.check_code})
    assert both.json()["comparison"] == {
        "binding": grouped(newer.check_code),
        "until": newer.valid_until.isoformat(),
        "both_bind": False,
        "is_same": False,
        "reasons": ["revision"],
    }
    assert not any(secret in both.content.decode() for secret in SECRETS)
    unknown = client.get(url, {"other": "hello"}).json()
    assert unknown["other"]["verdict"] == "unknown"
    assert unknown["comparison"] is None


def test_codes_that_are_not_ours_are_answered_alike_in_bytes_and_work(shop, client):
    draft = shop.quote()
    assert draft.check_code is None
    discarded = str(draft.uuid).replace("-", "")[:28]
    asked = [new_code(), new_code(), grouped(new_code()).lower(), discarded.upper(), "x" * 28, str(draft.uuid)[:28]]
    client.get("/api/v1/quote-checks/hello/")
    bodies, statements = set(), set()
    for code in asked:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/api/v1/quote-checks/{code}/")
        body = answer.json()
        body.pop("code")
        bodies.add(str(body))
        statements.add(tuple(re.sub(r"'[^']*'|\d+", "?", query["sql"]) for query in queries))
    assert len(bodies) == 1
    assert len(statements) == 1


def test_a_near_guess_takes_no_longer_than_a_far_one(shop, client):
    quote = shop.issue()
    near = quote.check_code[:-1] + ("0" if quote.check_code[-1] != "0" else "1")
    far = new_code()
    took: dict[str, list[float]] = {near: [], far: []}
    for turn in range(14):
        for code in (near, far) if turn % 2 else (far, near):
            begun = time.perf_counter()
            client.get(f"/api/v1/quote-checks/{code}/")
            took[code].append(time.perf_counter() - begun)
    near_time, far_time = (statistics.median(took[code]) for code in (near, far))
    assert abs(near_time - far_time) < max(0.005, 0.5 * far_time)
    assert Decimal(str(near_time)) > 0
