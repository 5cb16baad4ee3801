"""Lines of the public check through the API: the same proof of mail as on the page, and the same no."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from rest_framework.test import APIClient

from concord.portal.models import Event
from concord.pricing.actions.quotes import issue_quote, revise_quote
from concord.pricing.codes import grouped, new_code
from concord.pricing.models import MAX_ATTEMPTS, MailProof, QuoteCheck
from tests.pricing.quotes.test_check_lines import MAIL, quote, sent_code  # noqa: F401 - a fixture

HIDDEN = ("RELAY-1", "108", "77.77", "partner")


def post(path, body, address="198.51.100.7"):
    return APIClient(REMOTE_ADDR=address).post(f"/api/v1/quote-checks/{path}/", body, format="json")


def proved(quote, address=MAIL):  # noqa: F811
    proof = post(f"{quote.check_code}/proofs", {"mail": address}).json()["proof"]
    return proof, sent_code()


def test_the_code_from_the_mail_shows_the_lines_once_for_half_an_hour(shop, quote):  # noqa: F811
    quote.lines.update(partner_unit_net="77.77", partner_amount="7777.77")
    proof, code = proved(quote)
    where = f"{quote.check_code}/lines"
    assert post(where, {"proofs": [proof]}).json()["code"] == "mail_not_proved"
    shown = post(where, {"proofs": [proof], "one_time_code": code})
    assert shown.status_code == 200, shown.content
    told = shown.json()
    assert (told["verdict"], told["code"], told["other"], told["comparison"]) == (
        "in_force",
        grouped(quote.check_code),
        None,
        None,
    )
    assert told["lines"][0] == {
        "sku": "RELAY-1",
        "name": told["lines"][0]["name"],
        "unit": told["lines"][0]["unit"],
        "quantity": 12,
        "price_kind": "customer",
        "unit_price": {"amount": "9.00", "currency": quote.currency},
        "amount": {"amount": "108.00", "currency": quote.currency},
    }
    assert told["total"]["amount"] == "120.75"
    assert "77.77" not in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    assert post(where, {"proofs": [proof]}).status_code == 200
    again = post(where, {"proofs": [proof], "one_time_code": code})
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "wrong_code")
    MailProof.objects.update(opens_until=timezone.now() - timedelta(seconds=1))
    assert post(where, {"proofs": [proof]}).status_code == 403
    owner = APIClient()
    owner.force_login(shop.cast.seller_a)
    told = owner.get(f"/api/v1/quotes/{quote.uuid}/checks/").json()["results"]
    assert [(one["kind"], one["door"], one["verdict"]) for one in told] == [
        ("lines_shown", "api", "in_force"),
        ("lines_asked", "api", "in_force"),
    ]
    owner.force_login(shop.cast.seller_b)
    assert owner.get(f"/api/v1/quotes/{quote.uuid}/checks/").status_code == 404
    log = QuoteCheck.objects.filter(quote=quote).order_by("id").values_list("kind", "door")
    assert list(log) == [("lines_asked", "api"), ("lines_shown", "api")]


def test_two_quotes_are_told_apart_product_by_product(shop, quote):  # noqa: F811
    newer = issue_quote(actor=shop.actor(), quote_uuid=revise_quote(actor=shop.actor(), quote_uuid=quote.uuid).uuid)
    other = shop.issue((shop.relay, 5), contact_email="chef@nordwerk.example")
    proof, code = proved(quote)
    body = {"proofs": [proof], "one_time_code": code, "other": newer.check_code}
    told = post(f"{quote.check_code}/lines", body).json()["comparison"]
    assert (told["binding"], told["reasons"]) == (grouped(newer.check_code), ["revision"])
    assert [(line["sku"], line["reasons"]) for line in told["lines"]] == [("RELAY-1", []), ("SWITCH-2", [])]
    half = post(f"{quote.check_code}/lines", {"proofs": [proof], "other": other.check_code})
    assert (half.status_code, half.json()["code"]) == (403, "mail_not_proved")
    second, code = proved(other, "chef@nordwerk.example")
    both = post(
        f"{quote.check_code}/lines",
        {"proofs": [proof, second], "one_time_code": code, "other": other.check_code},
    ).json()["comparison"]["lines"]
    assert [(line["sku"], line["reasons"]) for line in both] == [("RELAY-1", ["quantity"]), ("SWITCH-2", ["products"])]
    assert (both[0]["first"]["unit_price"]["amount"], both[0]["second"]["unit_price"]["amount"]) == ("9.00", "10.00")
    assert both[1]["second"] is None


def test_a_mail_that_is_not_the_quotes_gets_the_same_answer_and_nothing(shop, quote):  # noqa: F811
    answers = [post(f"{quote.check_code}/proofs", {"mail": one}) for one in (MAIL, "rival@example.com")]
    assert [one.status_code for one in answers] == [202, 202]
    assert [sorted(one.json()) for one in answers] == [["expires_at", "proof"]] * 2
    code = sent_code()
    assert [message.to for message in mail.outbox] == [[MAIL]]
    refused = post(f"{quote.check_code}/lines", {"proofs": [answers[1].json()["proof"]], "one_time_code": code})
    assert refused.status_code == 422
    assert not any(secret in refused.content.decode() for secret in HIDDEN)


def test_what_stands_in_the_log_opens_nothing(shop, quote):  # noqa: F811
    proof, code = proved(quote)
    post(f"{quote.check_code}/lines", {"proofs": [proof], "one_time_code": code})
    said = json.loads(Event.objects.unscoped("t").filter(verb="quote.lines_asked", subject_type="quote").get().payload)
    refused = post(f"{quote.check_code}/lines", {"proofs": [said["proof"]]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_proof")


def test_wrong_codes_are_counted_also_through_this_door(shop, quote):  # noqa: F811
    proof, code = proved(quote)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**8:08}"
    for left in range(MAX_ATTEMPTS - 1, -1, -1):
        refused = post(f"{quote.check_code}/lines", {"proofs": [proof], "one_time_code": wrong})
        assert f"Attempts left: {left}." in refused.json()["errors"][0]["detail"]
    assert post(f"{quote.check_code}/lines", {"proofs": [proof], "one_time_code": code}).status_code == 422


def test_asking_is_metered_and_says_when_to_come_back(shop, quote):  # noqa: F811
    answers = [post(f"{quote.check_code}/proofs", {"mail": MAIL}, f"198.51.100.{n}") for n in range(6)]
    assert [one.status_code for one in answers] == [202] * 5 + [429]
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("proofs", {"mail": MAIL}, 404),
        ("proofs", {"mail": "no mail"}, 422),
        ("proofs", {}, 422),
        ("proofs", {"mail": MAIL, "code": "x"}, 422),
        ("lines", {"proofs": []}, 422),
        ("lines", {"proofs": ["made up"]}, 422),
        ("lines", {"proofs": "made up"}, 422),
    ],
)
def test_what_is_no_code_of_ours_or_no_request(db, path, body, status):
    assert post(f"{new_code()}/{path}", body).status_code == status
    assert MailProof.objects.count() == 0
