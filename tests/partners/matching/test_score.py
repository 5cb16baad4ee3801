"""Which companies are one, which are two, and which a human must look at. Names are invented or known to everybody."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils import translation

import concord.partners
from concord.partners.matching.reasons import MESSAGES, Reason, message
from concord.partners.matching.score import REVIEW, SAME, Match, compare, profile


def verdict(left: str, right: str) -> str:
    return compare(profile(left), profile(right)).verdict


def codes(match: Match) -> set[str]:
    return {reason.code for reason in match.reasons}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Siemens AG", "SIEMENS Aktiengesellschaft"),
        ("Moonlight Robotics GmbH", "Moonlight Robotics Gesellschaft mit beschränkter Haftung"),
        ("Procter & Gamble Co.", "The Procter and Gamble Company"),
        ("Hewlett-Packard Co.", "Hewlett Packard Company"),
        ("C.K. Hutchison Limited", "CK Hutchison Ltd."),
        ("Müller Werkzeuge GmbH", "Mueller Werkzeuge GmbH"),
        ("Lighthouse Intl. Mfg. Inc.", "Lighthouse International Manufacturing, Inc."),
        ("Old Castle Quarries Ltd", "Oldcastle Quarries Limited"),
        ("Aurora Chemicals Ltd", "Aurora Chemical Limited"),
        ("Bluebird Technologies Inc", "Technology Bluebird, Inc."),
        ("World Lamp Organisation", "World Lamp Organization"),
        ("Électricité du Lac S.A.", "Electricite du Lac SA"),
        ("Ødegård Fisk AS", "Odegard Fisk A/S"),
        ("Łódzkie Młyny Sp. z o.o.", "Lodzkie Mlyny sp zoo"),
        ("Güneş Tekstil A.Ş.", "GUNES TEKSTIL ANONIM SIRKETI"),
        ('ООО "Байкал"', "Общество с ограниченной ответственностью Байкал"),
        ("Газпром ПАО", "Gazprom PJSC"),
        ("Banco do Sol S.A.", "BANCO DO SOL, S.A."),
        ("騰訊控股有限公司", "腾讯控股有限公司"),
        ("深圳市華為技術有限公司", "华为技术有限公司"),
        ("北京明月科技有限公司", "北京市明月科技有限公司"),
        ("ＡＢＣ明月科技有限公司", "abc明月科技"),
        ("四川晨微电子股份有限公司", "晨微电子"),  # no brand has one character
        ("株式会社あさひ工業", "あさひ工業(株)"),
        ("㈜한빛전자", "주식회사 한빛전자"),
        ("W.W. Lanternfish, Inc.", "LANTERNFISH W W INC"),
        ("L&#252;menara &amp; Sons Ltd", "Lümenara & Sons Limited"),
        ("Lumenara.com, Inc.", "LUMENARA INC"),
    ],
)
def test_one_company_in_two_spellings(left, right):
    assert verdict(left, right) == "same"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Siemens AG", "Siemens Energy AG"),
        ("Panasonic Corporation", "Panasonic Holdings Corporation"),
        ("Fossil Inc.", "Fossil Group Inc."),
        ("Alibaba Group", "Alibaba (China) Co., Ltd."),
        ("Deutsche Bank AG", "Deutsche Bank (Schweiz) AG"),
        ("Moonlight GmbH", "Moonlight AG"),
        ("IBM", "International Business Machines Corp."),
        ("Koninklijke Philips", "Koninklijke Phillips"),
        ("National", "National Inc."),
        ("北京东方科技有限公司", "上海东方科技有限公司"),
        ("深圳金华物流有限公司", "无锡金华物流有限公司"),  # a brand that is a city too
        ("北京朝阳科技有限公司", "上海朝阳科技有限公司"),
        ("广东金华物流有限公司", "湖南金华物流有限公司"),  # the same behind provinces that it does not lie in
        ("金华物流", "广东金华物流有限公司"),
        ("柳州钢铁股份有限公司", "Liuzhou Iron & Steel Co., Ltd."),  # no brand: a place and a trade
        ("广东申菱环境系统股份有限公司", "申菱环境"),
        ("北京医科大学", "北医大"),
        ("东方航空股份有限公司", "东方航空物流股份有限公司"),
        ("杭州明月数字技术股份有限公司", "Hangzhou Mingyue Digital Technology Co., Ltd."),
        ("阿里巴巴（中国）有限公司", "Alibaba (China) Co., Ltd."),
        ("山东鲁抗医药股份有限公司", "Shandong Lukang Pharmaceutical Co., Ltd."),
    ],
)
def test_a_human_looks_at_what_is_alike_but_not_beyond_doubt(left, right):
    assert verdict(left, right) == "review"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Siemens AG", "Volkswagen AG"),
        ("Aurora Technologies Inc.", "Bluebird Technologies Inc."),
        ("BD p.l.c.", "BP p.l.c."),
        ("China Construction Bank", "Agricultural Bank of China"),
        ("General Fund IX L.P.", "Apollo Fund VIII L.P."),
        ("ООО Байкал", "ООО Енисей"),
        ("北京明月科技有限公司", "北京晨星科技有限公司"),
        ("益生股份", "上海兰生股份有限公司"),
        ("深圳市海天电子有限公司", "Shenzhen Zhongke Electronics Co., Ltd."),
        ("华为技术有限公司", "Siemens AG"),
        ("杭州海康威视数字技术股份有限公司", "Hikvision Ltd."),  # a brand that is not its pinyin: an alias must tell
        ("", "Siemens AG"),
        ("!!!", "???"),
    ],
)
def test_two_companies(left, right):
    assert verdict(left, right) == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("广东申菱环境系统股份有限公司", "申菱环境"),  # the beginning: brand and a trade word
        ("深圳迈瑞生物医疗电子股份有限公司", "迈瑞医疗"),  # the whole brand and a trade word from further on
        ("上海康德莱企业发展集团股份有限公司", "康德莱"),  # three characters that are the whole brand
        ("苏州龙杰特种纤维股份有限公司", "苏州龙杰"),  # two, and both state the region
        ("杭州明月数字技术股份有限公司", "Hangzhou Mingyue Digital Technology Co., Ltd."),
        ("浙江晨和成股份有限公司", "晨和成"),
        ("广东晨鸣电力发展股份有限公司", "粤晨鸣电力"),  # the region by its one character
        ("阿里巴巴（中国）有限公司", "Alibaba (China) Co., Ltd."),
        ("浙江晨长绒业股份有限公司", "Zhejiang Chenzhang Cashmere Co., Ltd."),  # a character with two readings
        ("浙江晨绿光学技术股份有限公司", "Zhejiang Chenlu Optics Joint-Stock Co., Ltd."),  # ü, a stem, a word left out
        ("江苏晨鸣酒业股份有限公司", "Jiangsu Chenming Wine Industry Co., Ltd."),
        ("Lumenara Nordwind Chemie", "Lumenara Nordwind Chemical"),
        ("Lumenara Holland B.V.", "Lumenara Netherlands BV"),
        ("LUMENARA N", "Lumenara N.V., Utrecht"),  # the field was too short
        ("LUMENARANV", "Lumenara N.V."),
        ("Lumenara Dynamic Instruments Ltd.", "LUMENARA DYN. INSTR."),
        ("Nordwind Laboratorium GmbH", "Nordwind Labratorium GmbH"),
        ("Nordwind Technology GmbH", "Nordwind Tecnology GmbH"),
    ],
)
def test_in_one_country_a_shorter_or_slipped_name_may_do(left, right):
    def verdict_in(here: str, there: str, city: str = "") -> str:
        one, other = profile(left, country=here, city="Ulm"), profile(right, country=there, city=city)
        assert compare(other, one).verdict == compare(one, other).verdict
        return compare(one, other).verdict

    assert verdict_in("CN", "CN") == "same"
    assert compare(profile(left, country="CN"), profile(right, country="CN")).is_inferred
    assert verdict_in("CN", "") == verdict_in("", "") == "review", "the country must be known"
    assert verdict_in("CN", "SG") != "same"
    assert verdict_in("CN", "CN", city="Jena") == "review", "two cities may be two companies"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("东方航空股份有限公司", "东方航空物流股份有限公司"),  # two legal names, one within the other
        ("中山大洋电机股份有限公司", "大洋"),  # two characters are everybody's
        ("百川能源股份有限公司", "百川股份"),
        ("合力泰科技股份有限公司", "合力科技"),  # a part of the brand
        ("上海汇通能源股份有限公司", "上海能源"),  # no brand at all
        ("福建青松股份有限公司", "上海青松建化"),
        ("有友食品股份有限公司", "Youyou Foods Co., Ltd."),  # two syllables without a place
        ("杭州明月数字技术股份有限公司", "Hangzhou Mingyue Digital Technology Trading Co., Ltd."),
        ("杭州明月晨星科技有限公司", "Hangzhou Mingyue Technology Co., Ltd."),  # half of the brand
        ("浙江晨鸣光学控股股份有限公司", "Zhejiang Chenming Optics Co., Ltd."),  # a holding is a company of its own
        ("浙江晨鸣科技股份有限公司", "Zhejiang Chenming Co., Ltd."),  # no trade word in common
        ("浙江晨鸣上海光学有限公司", "Zhejiang Chenming Optics Co., Ltd."),  # a seat elsewhere
        ("重庆晨峡水利股份有限公司", "渝晨峡"),  # two characters behind the region's one
        ("Lumenara N", "Lumenara Nordwind N.V."),
        ("Lumenara B", "Lumenara N.V."),
        ("Bayer AG", "Bauer AG"),  # another brand
        ("Bayer Lumenara AG", "Bauer Lumenara AG"),
        ("Adv. Mic. Dev. Inc.", "Advanced Micro Devices, Inc."),  # no word stands there whole
        ("Lumenara GmbH", "Lumenara Holding GmbH"),
        ("Lumenara GmbH", "Lumenara Deutschland GmbH"),
    ],
)
def test_what_may_mean_somebody_else_is_not_the_same_in_one_country(left, right):
    assert compare(profile(left, country="CN"), profile(right, country="CN")).verdict in {"review", "different"}


def test_a_fund_with_another_number_is_never_the_same():
    match = compare(profile("Harbour Capital Fund IX L.P."), profile("Harbour Capital Fund VIII L.P."))
    assert match.verdict != "same"
    assert "numbers_differ" in codes(match)


def test_equal_registration_numbers_decide_whatever_the_names():
    left = profile("Old Name GmbH", country="DE", registration_number="DE 136 695 976")
    right = profile("Brandneu AG", country="Germany", registration_number="136695976")
    match = compare(left, right)
    assert match.verdict == "same"
    assert "registration_equal" in codes(match)


def test_unequal_registration_numbers_of_one_country_keep_equal_names_apart():
    left = profile("Moonlight GmbH", country="DE", registration_number="136695976")
    other = profile("Moonlight GmbH", country="DE", registration_number="811569869")
    assert compare(left, profile("Moonlight GmbH", country="DE")).verdict == "same", (
        "without the number they would be one"
    )
    assert compare(left, other).verdict != "same"
    assert "registration_differs" in codes(compare(left, other))


def test_numbers_of_two_countries_say_nothing():
    left = profile("Moonlight", registration_number="136695976", country="DE")
    right = profile("Sunshine", registration_number="136695976", country="FR")
    assert "registration_equal" not in codes(compare(left, right))


def test_namesakes_in_two_countries_with_two_domains_are_not_the_same():
    left = profile("Metro AG", country="Germany", domain="metroag.de")
    right = profile("Metro Inc.", country="Canada", domain="metro.ca")
    match = compare(left, right)
    assert match.verdict != "same"
    assert {"country_differs", "domain_differs"} <= codes(match)


def test_either_the_country_or_the_domain_alone_keeps_namesakes_apart():
    here = profile("Catena Tools", country="SE", domain="catena.se")
    assert compare(here, profile("Catena Tools", country="GB")).verdict == "review"
    assert compare(here, profile("Catena Tools", country="SE", domain="catenatools.com")).verdict == "review"
    assert compare(here, profile("Catena Tools", country="SE", domain="www.catena.se")).verdict == "same"


def test_an_equal_domain_lets_a_slip_pass_but_no_extra_word():
    typed = profile("Lumenara Optiks", domain="lumenara.com")
    assert compare(profile("Lumenara Optics"), profile("Lumenera Optics")).verdict == "review"
    assert compare(profile("Lumenara Optics", domain="info@lumenara.com"), typed).verdict == "same"
    assert compare(profile("Lumenara Optics Energy", domain="lumenara.com"), typed).verdict == "review"
    assert compare(
        profile("Lumenara Optics", domain="a@gmail.com"), profile("Zebra", domain="b@gmail.com")
    ).verdict == ("different"), "a mail provider is nobody's domain"


def test_an_equal_domain_lets_another_script_pass():
    chinese = profile("山东鲁抗医药股份有限公司", country="CN", domain="lkpc.example.com")
    latin = profile("Shandong Lukang Pharmaceutical Co., Ltd.", country="CN", domain="www.lkpc.example.com")
    assert compare(chinese, latin).verdict == "same"


def test_unlike_names_on_one_domain_are_shown_to_a_human():
    match = compare(profile("Aurora", domain="example.com"), profile("Bluebird Foods", domain="example.com"))
    assert match.verdict == "review"


def test_every_name_of_a_customer_counts():
    customer = profile("广东申菱环境系统股份有限公司", short_name="申菱环境", aliases=["Shenling"], country="CN")
    assert compare(customer, profile("申菱环境", country="CN")).verdict == "same"
    assert compare(customer, profile("SHENLING Co., Ltd.", country="CN")).verdict == "same"


def test_a_former_name_is_recognised_and_said():
    customer = profile("Brandneu AG", former_names=["Alte Werft AG"])
    match = compare(customer, profile("Alte Werft AG"))
    assert match.verdict == "same"
    assert "former_name" in codes(match)
    both = compare(customer, profile("Ganz Anders GmbH", former_names=["Alte Werft AG"]))
    assert both.verdict == "review", "the same former name on both sides may be a demerger"


def test_the_city_moves_the_score_a_little():
    base = profile("Siemens Energy", country="DE", city="München")
    near = compare(base, profile("Siemens", country="DE", city="Munchen")).score
    unknown = compare(base, profile("Siemens", country="DE")).score
    far = compare(base, profile("Siemens", country="DE", city="Berlin")).score
    assert near > unknown > far


def test_score_and_verdict_never_contradict_each_other():
    for left, right in [("Siemens AG", "Siemens AG"), ("Siemens", "Siemens Energy"), ("Siemens", "Bosch")]:
        match = compare(profile(left), profile(right))
        expected = "same" if match.score >= SAME else "review" if match.score >= REVIEW else "different"
        assert match.verdict == expected
        assert (match.points >= 90) == (match.verdict == "same")


def test_rare_words_weigh_more_when_a_rarity_table_is_given():
    left, right = profile("Moonlight Widgets"), profile("Moonlight Gaskets")
    rare_brand = {"moonlight": 1.0, "widget": 0.1, "gasket": 0.1}
    common_brand = {"moonlight": 0.1, "widget": 1.0, "gasket": 1.0}
    assert compare(left, right, rarity=rare_brand).score > compare(left, right, rarity=common_brand).score


def test_the_sides_of_a_reason_follow_the_arguments():
    forward = compare(profile("Siemens"), profile("Siemens Energy"))
    backward = compare(profile("Siemens Energy"), profile("Siemens"))
    assert forward.score == backward.score
    assert Reason("only_right", {"words": "energy"}, -0.97) == next(
        r for r in forward.reasons if r.code == "only_right"
    )
    assert "only_left" in codes(backward)
    assert "only_right" not in codes(backward)


def test_every_reason_reads_as_a_sentence():
    params = dict.fromkeys(("number", "domain", "left", "right", "country", "city", "name", "words", "short", "long",
                            "region", "reading"), "X")  # fmt: skip
    for code in MESSAGES:
        reason = Reason(code, params)
        with translation.override("en"):
            english = message(reason)
        assert english.endswith(".")
        assert "%(" not in english
        assert reason.as_dict() == {"code": code, "params": params, "weight": 0.0}


def test_every_reason_has_its_chinese_sentence_with_the_same_blanks():
    path = Path(concord.partners.__file__).parent / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        catalogue = read_po(file)
    params = {name: f"<{name}>" for name in ("number", "domain", "left", "right", "country", "city", "name", "words",
                                             "short", "long", "region", "reading")}  # fmt: skip
    with translation.override(None):
        sentences = [str(sentence) for sentence in MESSAGES.values()]
    for english in sentences:
        entry = catalogue.get(english)
        assert entry is not None, english
        chinese = str(entry.string) % params
        assert {blank for blank in params.values() if blank in chinese} == {
            blank for blank in params.values() if blank in english % params
        }
        assert not chinese.isascii()
