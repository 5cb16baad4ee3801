"""What remains of a name once spelling, legal form and place are set aside."""

from __future__ import annotations

import pytest

from concord.partners.matching.normalise import name_key
from concord.partners.matching.places import leading_region, normalise_country
from concord.partners.matching.score import normalise_city
from concord.partners.matching.text import clean, pinyin, script_of, simplify
from concord.partners.matching.words import canonical_word


@pytest.mark.parametrize(
    ("name", "core", "legal_form"),
    [
        ("Siemens AG", "siemens", "ag"),
        ("Siemens Aktiengesellschaft", "siemens", "ag"),
        ("Volkswagen G.m.b.H.", "volkswagen", "gmbh"),
        ("Müller & Söhne GmbH & Co. KG", "muller and sohne", "kg"),
        ("Goldman Sachs & Co. L.L.C.", "goldman sachs", "llc"),
        ("Foxglove Co., Ltd.", "foxglove", "ltd"),
        ("Public Wind Public Company Limited", "public wind", "plc"),
        ("Tata Steel Pvt. Ltd.", "tata steel", "pvt"),
        ("Petronas Sdn. Bhd.", "petronas", "sdnbhd"),
        ("Société Générale S.A.", "societe generale", "sa"),
        ("Danone S . A .", "danone", "sa"),
        ("Maison Bleue S.A.R.L.", "maison bleue", "sarl"),
        ("Cementos del Sur, S.A. de C.V.", "cementos del sur", "sadecv"),
        ("Azulejos Norte Lda.", "azulejos norte", "sl"),
        ("Ferrari S.p.A.", "ferrari", "spa"),
        ("Philips N.V.", "philips", "nv"),
        ("Novo Nordisk A/S", "novo nordisk", "as"),
        ("Volvo AB (publ)", "volvo", "ab"),
        ("AB Volvo", "volvo", "ab"),
        ("Nokia Oyj", "nokia", "oyj"),
        ("Faberlic Europe Sp. z o.o.", "faberlic europe", "spzoo"),
        ("Kofola s.r.o.", "kofola", "sro"),
        ("Magyar Olaj Nyrt.", "magyar olaj", "nyrt"),
        ("Türk Hava Yolları A.Ş.", "turk hava yollari", "as"),
        ("Deniz Gıda Limited Şirketi", "deniz gida", "limited_tr"),
        ('ООО "Байкал"', "baykal", "ooo"),
        ("Общество с ограниченной ответственностью «Байкал»", "baykal", "ooo"),
        ("ПАО Газпром", "gazprom", "ao"),
        ("PT Bank Melati Tbk", "bank melati", "pt"),
        ("Toyota Kabushiki Kaisha", "toyota", "kk"),
        ("株式会社トヨタ", "トヨタ", "jp_kk"),
        ("㈱日立製作所", "日立制作所", "jp_kk"),
        ("㈜한빛전자", "hanbichjeonja", "kr_jh"),
        ("东方明月股份有限公司", "东方明月", "cn_joint_stock"),
        ("东方明月有限责任公司", "东方明月", "cn_limited"),
        ("明月商贸合伙企业", "明月商贸", "cn_partnership"),
    ],
)
def test_the_legal_form_is_taken_off_and_named(name, core, legal_form):
    key = name_key(name)
    assert (key.core, key.legal_form) == (core, legal_form)


@pytest.mark.parametrize("name", ["Company", "AG", "Co., Ltd.", "GmbH & Co. KG", "股份有限公司", "公司"])
def test_a_name_that_is_a_legal_form_keeps_something(name):
    assert name_key(name).core


@pytest.mark.parametrize(
    ("name", "region", "core"),
    [
        ("深圳市華為技術有限公司", "深圳", "华为技术"),
        ("浙江省杭州市明月科技有限公司", "杭州", "明月科技"),
        ("内蒙古自治区草原乳业有限公司", "内蒙古", "草原乳业"),
        ("阿里巴巴（中国）有限公司", "中国", "阿里巴巴"),
        ("明月食品（滁州）股份有限公司", "滁州", "明月食品"),
        ("广州港股份有限公司", "", "广州港"),
        ("明月科技有限公司", "", "明月科技"),
    ],
)
def test_the_region_of_a_chinese_name_is_a_feature_of_its_own(name, region, core):
    key = name_key(name)
    assert (key.region, key.core) == (region, core)


def test_brackets_qualify_a_name_unless_they_belong_to_it():
    assert name_key("Alibaba (China) Co., Ltd.").core == "alibaba"
    assert name_key("Alibaba (China) Co., Ltd.").qualifiers == ("china",)
    assert name_key("Sun (Holdings) Limited").core == "sun holdings"
    assert name_key("明月实业(集团)股份有限公司").core == "明月实业集团"
    assert name_key("(Lonely)").core == "lonely"
    assert name_key("Unilever NV (NL").qualifiers == ("nl",), "a bracket that is never closed"


def test_an_address_behind_the_legal_form_is_set_aside():
    key = name_key("Nutrimax N.V., Zoetermeer, NL")
    assert (key.core, key.address) == ("nutrimax", ("zoetermeer", "nl"))
    assert name_key("Smith, Jones, Baker").core == "smith jones baker", "commas alone are no address"


def test_marks_of_market_data_are_set_aside():
    assert name_key("Prologue S.A. Inh. B").core == "prologue"
    assert name_key("Fortis Metals Corp. Common Shares").core == "fortis metals"
    assert name_key("*ST明月").core == "明月"
    assert name_key("明月A").core == "明月"
    assert name_key("VF CORP /NC/").core == "vf"


def test_spellings_of_one_name_fold_together():
    assert name_key("AT&T Inc.").compact == name_key("A T and T").compact == name_key("ATT").compact
    assert name_key("Macy's").words == name_key("MACYS").words
    assert name_key("Ｍｏｏｎ　Ｌｔｄ").core == name_key("moon ltd").core == "moon"
    assert name_key("Snap-on").compact != name_key("Snap").compact


def test_words_are_put_into_their_long_singular_form():
    assert canonical_word("technologies") == canonical_word("tech") == "technology"
    assert canonical_word("intl") == "international"
    assert canonical_word("organisation") == canonical_word("organization")
    assert canonical_word("viii") == "8"
    assert name_key("Bay Fund V").words[-1] == "5"
    assert name_key("V Fund").words[0] == "v", "a single letter in front is no numeral"


def test_the_sort_key_orders_chinese_by_sound_and_latin_by_letters():
    names = ["重庆明月", "Ångström AB", "北京明月", "Zebra", "阿里巴巴"]
    ordered = sorted(names, key=lambda name: name_key(name).sort_key)
    assert ordered == ["阿里巴巴", "Ångström AB", "北京明月", "重庆明月", "Zebra"]


def test_text_is_cleaned_before_anything_else():
    assert clean("  A\u200bB\x00\u202e C\n") == "AB C"
    assert simplify("騰訊") == "腾讯"
    assert pinyin("重庆") == ("chong", "qing")
    assert [script_of(text) for text in ("abc", "Ørsted", "华为", "トヨタ", "한빛", "Байкал", "אבג", "!?")] == [
        "latin", "latin", "han", "kana", "hangul", "cyrillic", "other", "none",
    ]  # fmt: skip


def test_places():
    assert leading_region("广东省深圳市明月") == ("深圳", "明月")
    assert leading_region("广东深圳明月") == ("深圳", "明月"), "a city of that province"
    assert leading_region("广东金华明月") == ("广东", "金华明月"), "a city of another one is the brand"
    assert leading_region("广东省金华市明月") == ("金华", "明月"), "unless it says what it is"
    assert leading_region("浙江湖南明月") == ("浙江", "湖南明月")
    assert normalise_country("Germany") == normalise_country("de") == normalise_country("德国") == "DE"
    assert normalise_country("UK") == normalise_country("United Kingdom") == "GB"
    assert normalise_country("South Korea") == "KR"
    assert normalise_country("Atlantis") == ""
    assert normalise_city("深圳市") == normalise_city("Shenzhen City") == normalise_city("SHEN ZHEN") == "shenzhen"
