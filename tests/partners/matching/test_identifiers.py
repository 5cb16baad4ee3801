"""Registration numbers and domains come out in one spelling, whatever was typed."""

from __future__ import annotations

import pytest

from concord.partners.matching.identifiers import normalise_domain, normalise_registration_number


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("https://www.Example.com.cn/about?x=1", "example.com.cn"),
        ("sales@mail.example.com.cn", "example.com.cn"),
        ("example.co.uk", "example.co.uk"),
        ("//example.de:8080", "example.de"),
        ("HTTP://EXAMPLE.DE.", "example.de"),
        ("someone@qq.com", ""),
        ("someone@gmail.com", ""),
        ("https://www.linkedin.com/company/example", ""),
        ("co.uk", ""),
        ("localhost", ""),
        ("192.0.2.1", ""),
        ("not a host", ""),
        ("", ""),
    ],
)
def test_domain(typed, domain):
    assert normalise_domain(typed) == domain


def test_a_domain_in_other_scripts_is_kept():
    assert normalise_domain("www.müller.de") == "müller.de"


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("9144 0300 7084 6113 6T", "CN", "91440300708461136T"),
        ("91440300708461136t", "China", "91440300708461136T"),
        ("DE 136 695 976", "DE", "136695976"),
        ("136695976", "DE", "136695976"),
        ("FR 83 404 833 048", "FR", "83404833048"),
        ("91-1144442", "US", "911144442"),
        ("HRB 12345", "DE", "HRB12345"),
        ("hrb-12345", "DE", "HRB12345"),
        ("5493 00KJTIIGC8Y1R1 2", "DE", "549300KJTIIGC8Y1R12"),
        ("1234", "", "1234"),
        ("unknown", "DE", ""),
        ("-", "DE", ""),
        ("", "", ""),
    ],
)
def test_registration_number(typed, country, number):
    assert normalise_registration_number(typed, country) == number


def test_a_wrong_check_digit_is_kept_as_it_was_typed():
    assert normalise_registration_number("DE 136 695 977", "DE") == "136695977"
