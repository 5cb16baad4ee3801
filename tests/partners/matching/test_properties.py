"""What holds for every name, however hostile."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from concord.partners.matching.candidates import KEY_LENGTH, block_keys, exact_keys, query_blocks, query_key, search_key
from concord.partners.matching.identifiers import normalise_domain, normalise_registration_number
from concord.partners.matching.normalise import name_key
from concord.partners.matching.score import Profile, compare, profile
from concord.partners.matching.text import clean

WORDS = st.sampled_from(
    "Siemens Energy Moonlight moonlght GmbH AG Ltd. Co. Inc (China) & and The Intl. Fund IX 2 S.A. 华为 技术 深圳市 "
    "股份有限公司 北京 科技 明月 （中国） 騰訊 株式会社 トヨタ 한빛 ООО Байкал , / . ' PT Müller".split()
)
NAMES = st.one_of(
    st.text(max_size=60), st.lists(WORDS, max_size=7).map(" ".join), st.lists(WORDS, max_size=7).map("".join)
)
COUNTRIES = st.sampled_from(["", "DE", "CN", "Germany"])
DOMAINS = st.sampled_from(["", "a.com", "www.b.de", "x@gmail.com"])
NUMBERS = st.sampled_from(["", "136695976", "136695977", "91440300708461136T"])


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    return profile(
        draw(NAMES),
        short_name=draw(st.one_of(st.just(""), NAMES)),
        former_names=draw(st.lists(NAMES, max_size=1)),
        country=draw(COUNTRIES),
        city=draw(st.sampled_from(["", "Berlin", "深圳市"])),
        registration_number=draw(NUMBERS),
        domain=draw(DOMAINS),
    )


@settings(max_examples=400, deadline=None)
@given(profiles(), profiles())
def test_comparison_is_symmetrical_and_within_bounds(left, right):
    forward, backward = compare(left, right), compare(right, left)
    assert (forward.score, forward.verdict) == (backward.score, backward.verdict)
    assert 0.0 <= forward.score <= 1.0


@settings(max_examples=300, deadline=None)
@given(NAMES)
def test_normalisation_is_stable(name):
    key = name_key(name)
    again = name_key(key.display)
    assert (again.core, again.region, again.legal_form, again.words) == (
        key.core,
        key.region,
        key.legal_form,
        key.words,
    )
    assert clean(clean(name)) == clean(name)
    assert key.original == name


@settings(max_examples=200, deadline=None)
@given(NAMES)
def test_case_is_no_difference(name):
    shouted = name.upper()
    if shouted.lower() == name.lower() and shouted.casefold() == name.casefold():
        assert name_key(shouted).compact == name_key(name.lower()).compact


@settings(max_examples=200, deadline=None)
@given(NAMES, COUNTRIES)
def test_a_company_is_never_different_from_itself(name, country):
    company = profile(name, country=country)
    if company.names:
        assert compare(company, company).verdict != "different"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["", "DE", "CN", "US", "FR", "XX"]))
def test_identifiers_are_stable(text, country):
    number = normalise_registration_number(text, country)
    assert normalise_registration_number(number, country) == number
    domain = normalise_domain(text)
    assert normalise_domain(domain) == domain


@settings(max_examples=200, deadline=None)
@given(NAMES)
def test_a_name_finds_itself(name):
    company = profile(name)
    if company.names:
        assert set(exact_keys(company)) & set(exact_keys(profile(name)))
        assert set(query_blocks(name)) <= set(block_keys(company))


def _hostile_strings(data: Path) -> list[str]:
    strings = data / "hostile" / "strings"
    encoded = json.loads((strings / "blns.base64.json").read_text(encoding="utf-8"))
    found = [base64.b64decode(text).decode("utf-8", "surrogateescape") for text in encoded]
    for line in (strings / "email_addresses.jsonl").read_text(encoding="utf-8").splitlines():
        found.extend(str(value) for value in json.loads(line).values())
    found += (data / "hostile" / "csv" / "csv-injection-payloads.txt").read_text(encoding="utf-8").splitlines()
    return found


def test_hostile_strings_neither_crash_nor_grow(shared_data: Path):
    strings = _hostile_strings(shared_data)
    assert len(strings) > 500
    probe = profile("Siemens AG", country="DE", domain="siemens.com", registration_number="136695976")
    for text in strings:
        company = profile(text, short_name=text, aliases=[text[::-1]], country=text, city=text,
                          registration_number=text, domain=text)  # fmt: skip
        assert 0.0 <= compare(company, probe).score <= 1.0
        assert all(len(key) <= KEY_LENGTH for key in (*exact_keys(company), *block_keys(company)))
        assert "\x00" not in search_key(company) + query_key(text) + "".join(exact_keys(company))


def test_enormous_names_cost_little():
    endless = [profile(unit * 20_000) for unit in ("a ", "ab. ", "明", "明月科技", "(", "S.A. ", "a/b ", "ﷺ")]
    for left in endless:
        for right in endless:
            assert 0.0 <= compare(left, right).score <= 1.0
