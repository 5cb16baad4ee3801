"""What is stored with a customer is what a query asks for."""

from __future__ import annotations

import hashlib
import json

import pytest

from concord.partners.matching.candidates import (
    KEY_LENGTH,
    KEY_VERSION,
    block_keys,
    exact_keys,
    query_blocks,
    query_key,
    rarity_table,
    search_key,
    trigrams,
)
from concord.partners.matching.normalise import name_key
from concord.partners.matching.score import profile


def test_exact_keys_name_every_sure_sign():
    keys = exact_keys(
        profile(
            "International Business Machines Corp.",
            short_name="IBM",
            country="US",
            registration_number="13-0871985",
            domain="www.ibm.com",
        )
    )
    assert keys == (
        "dom:ibm.com",
        "ini:ibm",
        "name:ibm",
        "name:internationalbusinessmachine",
        "reg:US:130871985",
        "words:business international machine",
    )


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("International Business Machines Corp.", "IBM"),
        ("Bluebird Technologies Inc.", "technology bluebird"),
        ("Hewlett-Packard Company", "HewlettPackard"),
        ("深圳市華為技術有限公司", "华为技术"),
    ],
)
def test_an_exact_key_is_shared_across_spellings(stored, typed):
    assert set(exact_keys(profile(stored))) & set(exact_keys(profile(typed)))


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Siemens Energy AG", "Siemens Gamesa"),
        ("Oldcastle Quarries Ltd", "old castle"),
        ("EssilorLuxottica SA", "ESSILORLUXO."),
        ("广东申菱环境系统股份有限公司", "申菱"),
        ("广东申菱环境系统股份有限公司", "Shenling Environmental"),
        ("山东鲁抗医药股份有限公司", "Lukang Pharma"),
    ],
)
def test_a_block_key_is_shared_by_likely_twins(stored, typed):
    assert set(block_keys(profile(stored))) & set(query_blocks(typed))


def test_a_query_never_asks_for_everyday_words_when_it_has_better_ones():
    assert "technology" not in query_blocks("Bluebird Technologies")
    assert not {"电子", "科技", "子科"} & set(query_blocks("深圳市明月电子科技有限公司"))
    assert query_blocks("Technology Inc.") == ("technology",), "an everyday word is better than nothing"


def test_trigrams_of_chinese_names_meet():
    stored = trigrams(search_key(profile("北京字节跳动科技有限公司")))
    asked = trigrams(query_key("字节跳动"))
    assert len(asked & stored) / len(asked) > 0.6


def test_a_chinese_customer_is_found_by_its_reading():
    assert "shenling" in search_key(profile("申菱环境"))


def test_keys_stay_short_and_alike_on_both_sides():
    endless = "Ж" * 250
    keys = exact_keys(profile(endless, domain="example.com"))
    assert keys
    assert max(map(len, keys)) <= KEY_LENGTH
    assert set(query_blocks(endless)) & set(block_keys(profile(endless)))


def test_a_customer_without_a_letter_has_no_keys():
    nobody = profile("!!!")
    assert exact_keys(nobody) == block_keys(nobody) == ()
    assert search_key(nobody) == query_key("") == ""


def test_rarity_falls_with_the_count():
    table = rarity_table(name_key(name) for name in ("Moon Tools", "Sun Tools", "Star Tools", "Star Ltd"))
    assert table["moon"] == 1.0
    assert table["moon"] > table["star"] > table["tool"]
    assert rarity_table([]) == {}


# Names that go through every part of the normaliser. Where their keys change, those of stored customers do too.
OF_ALL_KINDS = (
    "Lumenara Dyn. Instr. Mfg. N.V., Utrecht",
    "W.W. Nordwind & Söhne GmbH & Co. KG",
    "Société Générale du Lac (Holding) S.A.",
    "ООО «Северный Ветер»",
    "深圳市明月晨星光学科技股份有限公司",
    "廣東金華物流集團有限公司",
    "晨微电子",
    "ABC明月(上海)重型机械有限公司",
    "株式会社あさひ工業",
    "㈜한빛전자",
)
OF_VERSION = (2, "464c6be4cdb1ca68")


def test_keys_that_change_are_of_another_version():
    made = [
        [*exact_keys(one), *block_keys(one), search_key(one), name_key(name).sort_key]
        for name in OF_ALL_KINDS
        for one in [profile(name, country="CN", domain="lumenara.example", registration_number="913 A")]
    ]
    digest = hashlib.sha256(json.dumps(made, ensure_ascii=False).encode()).hexdigest()[:16]
    assert (KEY_VERSION, digest) == OF_VERSION, (
        "Stored keys are no longer those that are asked for: count KEY_VERSION up and write the new digest here."
    )
