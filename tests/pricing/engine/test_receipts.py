"""Receipts: canonical, replayable, and in parts that give nothing away."""

import json
from dataclasses import replace
from decimal import Decimal, localcontext

import pytest

from concord.pricing.engine import (
    Commitment,
    Floor,
    Product,
    ProgrammeBonus,
    Promotion,
    Receipt,
    ReceiptMismatch,
    ReceiptPart,
    ReceiptUnreadable,
    RegistrationBenefit,
    SpecialPrice,
    StepCode,
    TierDiscount,
    canonical_bytes,
    customer_part,
    partner_part,
    replay,
    waterfall,
)
from concord.pricing.engine.labels import STEP_LABELS, label_of
from tests.pricing.engine.cast import BOOK, CUSTOMER, GOLD, RELAYS, SILVER, ask, ask_one, book, ladder

FULL = book(
    promotions=(Promotion(11, 2, "SPRING", percent=Decimal("12.5")),),
    special_prices=(SpecialPrice(88_001, CUSTOMER, 1, Decimal("7.77"), "EUR", code="SP-CANARY"),),
    commitments=(Commitment(88_002, CUSTOMER, 1, 10, 100, Decimal("7.40"), "EUR"),),
    tier_discounts=(TierDiscount(21, "gold", Decimal("17.35"), code="CANARY-TIER"),),
    registration_benefits=(RegistrationBenefit(22, Decimal("4.21"), RELAYS, code="CANARY-BENEFIT"),),
    programme_bonuses=(ProgrammeBonus(23, Decimal("1.19"), code="CANARY-BONUS"),),
    floors=(Floor(24, amount=Decimal("6.6613"), code="CANARY-FLOOR"),),
)


def full_receipt(**fields):
    return ask_one(FULL, quantity=12, **({"protected_families": frozenset({RELAYS})} | fields)).receipt


def test_the_form_is_canonical_and_versioned():
    receipt = ask_one(BOOK, quantity=10, partner=None).receipt
    assert receipt.to_json_bytes().decode() == (
        '{"asked":{"currency":"EUR","end_customer":501,"for_end_customer":true,"market":"",'
        '"moment":"2025-03-14T09:26:53.589793Z","partner":null,"product":{"family":71,"id":1,'
        '"minimum_order_quantity":1,"order_multiple":1,"sku":"RLY-24","status":"active","unit_decimals":0},'
        '"protected":false,"quantity":"10","sku_quantity":"10"},'
        '"customer":{"steps":[{"after":"10","before":null,"code":"list_price",'
        '"inputs":{"min_quantity":1,"unit_price":"10"},'
        '"rule":{"code":"EU-2025","id":100,"kind":"list_price","version":3}},'
        '{"after":"9","before":"10","code":"quantity_break","inputs":{"min_quantity":10,"unit_price":"9"},'
        '"rule":{"code":"EU-2025","id":101,"kind":"list_price","version":3}},'
        '{"after":"9","before":"9","code":"round","inputs":{"decimals":4,"mode":"half_up"},"rule":null}],'
        '"total":"90","unit_price":"9"},'
        '"needs_approval":null,"part":"full","partner":null,"price_kind":"customer","quantity_break":[10,100],'
        '"schema":"concord.receipt/1"}'
    )
    assert receipt.digest == "c3c2789a8244d2a34ce0f1e06e479246cb79fb5ebf5ec5af3fbdaf5997a2f84e"


def test_the_bytes_are_plain_sorted_json_whatever_stands_in_a_text():
    document = {"z": 1, "Z": None, "ä": True, "继": ["继电器", '"\\\n\x00\x1f\x7f\u2028🙂'], "a": {"b": "1.5", "B": -7}}
    form = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_bytes(document) == form.encode()


def test_amounts_that_differ_only_in_trailing_zeros_give_the_same_bytes():
    plain, padded = (
        ask_one(book(list_prices=ladder(1, (1, amount))), quantity=quantity).receipt.to_json_bytes()
        for amount, quantity in (("1E+2", 3), ("100.0000", Decimal("3.00")))
    )
    assert plain == padded


def test_reads_back_what_it_wrote():
    for receipt in (full_receipt(), full_receipt(partner=None), customer_part(full_receipt())):
        again = Receipt.from_json(receipt.to_json_bytes())
        assert again.to_json_bytes() == receipt.to_json_bytes()
        assert again.digest == receipt.digest
        assert again == receipt
    chinese = replace(FULL, products=(Product(1, "继电器-24", RELAYS),))
    receipt = ask_one(chinese, sku="继电器-24").receipt
    assert "继电器" in receipt.to_json_bytes().decode()
    assert Receipt.from_json(receipt.to_json_bytes().decode()) == receipt


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "[]",
        lambda text: "null",
        lambda text: "[" * 100_000,
        lambda text: text[:-1],
        lambda text: text.replace("receipt/1", "receipt/2"),
        lambda text: text.replace('"7.4"', "7.4"),
        lambda text: text.replace('"7.4"', '"7.40"'),
        lambda text: text.replace('"7.4"', '"dear"'),
        lambda text: text.replace(",", ", ", 1),
        lambda text: text.replace('"part":"full"', '"part":"half"'),
        lambda text: text.replace('"part":"full",', ""),
        lambda text: text.replace('"part":"full"', '"part":"full","extra":1'),
    ],
)
def test_refuses_what_is_not_a_canonical_receipt(spoil):
    text = full_receipt().to_json_bytes().decode()
    with pytest.raises(ReceiptUnreadable):
        Receipt.from_json(spoil(text))


class TestReplay:
    def test_gives_the_same_bytes_with_rules_and_without(self):
        for receipt in (full_receipt(), full_receipt(partner=None), full_receipt(end_customer_id=None)):
            assert replay(receipt, FULL).to_json_bytes() == receipt.to_json_bytes()
            assert replay(receipt).to_json_bytes() == receipt.to_json_bytes()

    def test_of_a_split_line_knows_the_total(self):
        first, second = ask(FULL, ("RLY-24", 4), ("RLY-24", 8))
        for line in (first, second):
            assert replay(line.receipt, FULL).to_json_bytes() == line.receipt.to_json_bytes()
            assert replay(line.receipt).to_json_bytes() == line.receipt.to_json_bytes()

    def test_does_not_depend_on_the_decimal_context_of_the_thread(self):
        line, _ = ask(BOOK, ("CAB-M", Decimal("1.01")), ("CAB-M", Decimal("98765.02")))
        with localcontext() as context:
            context.prec = 3
            assert replay(line.receipt, BOOK).to_json_bytes() == line.receipt.to_json_bytes()

    def test_holds_though_the_product_has_ended_since(self):
        ended = replace(FULL, products=(Product(1, "RLY-24-OLD", 99, status="ended"),))
        assert replay(full_receipt(), ended).to_json_bytes() == full_receipt().to_json_bytes()

    def test_says_where_other_rules_lead_elsewhere(self):
        dearer = replace(FULL, promotions=(Promotion(11, 3, "SPRING", percent=Decimal("12.5")),))
        with pytest.raises(ReceiptMismatch) as caught:
            replay(full_receipt(), dearer)
        assert caught.value.path == "customer.steps[2].rule.version"
        assert (caught.value.recorded, caught.value.computed) == ("2", "3")

    def test_says_when_there_is_no_price_any_more(self):
        gone = replace(FULL, list_prices=(), special_prices=(), commitments=())
        with pytest.raises(ReceiptMismatch, match="no_price_in_force"):
            replay(full_receipt(), gone)

    @pytest.mark.parametrize(
        ("old", "new", "path"),
        [
            ('"after":"7.875"', '"after":"7.876"', "customer.steps[2].after"),
            ('"percent":"12.5"', '"percent":"12.6"', "customer.steps[2].after"),
            ('"total":"88.8"', '"total":"88.7"', "customer.total"),
            ('"unit_price":"7.4"},"needs', '"unit_price":"7.3"},"needs', "customer.unit_price"),
            ('"percent":"17.35"', '"percent":"18"', "partner.steps[1].after"),
            ('"percent":"17.35"', '"percent":"much"', "partner.steps[1].inputs"),
            ('"percent":"17.35",', "", "partner.steps[1].inputs"),
            ('"needs_approval":true', '"needs_approval":false', "needs_approval"),
            ('"decimals":4', '"decimals":2', "customer.steps[5].inputs.decimals"),
            ('"quantity":"12"', '"quantity":"13"', "quantity_break"),
            ('"sku_quantity":"12"', '"sku_quantity":"100"', "quantity_break"),
            ('"currency":"EUR"', '"currency":"EUX"', "asked.currency"),
            ('"currency":"EUR"', '"currency":"JPY"', "customer.steps[5].inputs.decimals"),
            ('"code":"special_price"', '"code":"promotion"', "customer.steps[3].code"),
            ('"code":"programme_bonus"', '"code":"list_price"', "partner.steps[3].code"),
        ],
    )
    def test_without_rules_shows_any_amount_that_was_altered(self, old, new, path):
        text = full_receipt().to_json_bytes().decode()
        assert old in text
        inside = ',"inputs"' if '"code"' in old else ""  # a rule has a code as well as a step
        altered = text.replace(old + inside, new + inside)
        assert altered != text
        with pytest.raises(ReceiptMismatch) as caught:
            replay(Receipt.from_json(altered))
        assert caught.value.path == path

    def test_a_partner_leg_of_another_customer_price_shows(self):
        receipt = full_receipt()
        start = receipt.partner.steps[0]._replace(after=Decimal("7.39"), inputs={"unit_price": "7.39"})
        forged = receipt._replace(partner=receipt.partner._replace(steps=(start, *receipt.partner.steps[1:])))
        with pytest.raises(ReceiptMismatch, match=r"partner\.steps\[0\]"):
            replay(forged)
        for steps in ((), receipt.partner.steps[1:]):
            with pytest.raises(ReceiptMismatch):
                replay(receipt._replace(partner=receipt.partner._replace(steps=steps)))
        with pytest.raises(ReceiptMismatch, match="no rounding"):
            replay(receipt._replace(customer=receipt.customer._replace(steps=receipt.customer.steps[:-1])))

    def test_is_for_full_receipts(self):
        with pytest.raises(ValueError, match="full receipt"):
            replay(customer_part(full_receipt()), FULL)


class TestParts:
    def test_the_customer_s_part_is_the_same_whoever_the_partner_is(self):
        gold, silver = full_receipt(), full_receipt(partner=SILVER, protected_families=frozenset())
        nobody = full_receipt(partner=None)
        assert gold.digest != silver.digest
        parts = {customer_part(receipt).to_json_bytes() for receipt in (gold, silver, nobody)}
        assert len(parts) == 1

    def test_the_customer_s_part_holds_nothing_of_the_partner_s(self):
        receipt = full_receipt()
        secrets = ["partner", "gold", "CANARY", "17.35", "4.21", "1.19", "6.6613", "protected", "approval", "88001"]
        secrets += ["88002", str(receipt.partner.unit_price), str(receipt.partner.total), '"end_customer":501']
        full = receipt.to_json_bytes().decode()
        part = customer_part(receipt).to_json_bytes().decode()
        assert [secret for secret in secrets if secret not in full] == []
        assert [secret for secret in secrets if secret in part] == []
        assert customer_part(receipt).partner is None

    def test_the_partner_s_part_holds_its_net_but_not_the_floor(self):
        part = partner_part(full_receipt())
        text = part.to_json_bytes().decode()
        assert part.partner.unit_price == full_receipt().partner.unit_price
        assert part.needs_approval is True
        for secret in ("6.6613", "CANARY-FLOOR", "88001", "88002", "SP-CANARY", '"end_customer":'):
            assert secret in full_receipt().to_json_bytes().decode()
            assert secret not in text

    def test_a_line_can_be_cut_with_its_receipt(self):
        result = ask_one(FULL, quantity=12)
        shown = result.for_customer()
        assert (shown.partner_unit_net, shown.partner_total, shown.needs_approval) == (None, None, False)
        assert shown.receipt.part is ReceiptPart.CUSTOMER
        assert shown.customer_unit_price == result.customer_unit_price
        own = result.for_partner()
        assert own.partner_unit_net == result.partner_unit_net
        assert own.receipt.part is ReceiptPart.PARTNER
        failed = ask_one(FULL, sku="NO-SUCH")
        assert failed.for_customer() == failed.for_partner() == failed

    def test_what_was_cut_does_not_come_back(self):
        part = customer_part(full_receipt())
        assert customer_part(part) is part
        for wanted in (ReceiptPart.PARTNER, ReceiptPart.FULL):
            with pytest.raises(ValueError, match="cannot be cut"):
                part.part_for(wanted)
        assert customer_part(partner_part(full_receipt())) == part


class TestWaterfall:
    def test_the_bars_add_up_from_the_first_to_the_last(self):
        for leg, first, last in (
            ("customer", StepCode.LIST_PRICE, "customer_unit_price"),
            ("partner", StepCode.CUSTOMER_PRICE, "partner_unit_net"),
        ):
            bars = waterfall(full_receipt(), leg)
            assert (bars[0].label, bars[-1].label) == (first, last)
            assert bars[0].delta + sum(bar.delta for bar in bars[1:-1]) == bars[-1].delta
            assert all(bar.end - bar.start == bar.delta for bar in bars)
            assert [bar.is_total for bar in bars] == [True, *[False] * (len(bars) - 2), True]

    def test_steps_that_change_nothing_have_no_bar(self):
        assert [bar.label for bar in waterfall(ask_one(BOOK).receipt, "customer")] == [
            "list_price",
            "customer_unit_price",
        ]

    def test_signs_say_down_and_up(self):
        dear = replace(FULL, commitments=(Commitment(1, CUSTOMER, 1, 1, None, Decimal("9.99"), "EUR"),))
        bars = {str(bar.label): bar.delta for bar in waterfall(ask_one(dear, quantity=12).receipt, "customer")}
        assert bars["quantity_break"] == Decimal(-1)
        assert bars["commitment"] == Decimal("9.99") - Decimal("7.77")

    def test_the_customer_s_part_has_no_partner_leg(self):
        with pytest.raises(ValueError, match="no partner leg"):
            waterfall(customer_part(full_receipt()), "partner")
        with pytest.raises(ValueError, match="vendor"):
            waterfall(full_receipt(), "vendor")

    def test_every_bar_and_step_has_a_name(self):
        assert set(StepCode) <= set(STEP_LABELS)
        bars = [*waterfall(full_receipt(), "customer"), *waterfall(full_receipt(), "partner")]
        assert all(str(label_of(bar.label)) for bar in bars)


def test_the_partner_that_asked_is_in_the_full_receipt():
    assert full_receipt().asked.partner == GOLD
