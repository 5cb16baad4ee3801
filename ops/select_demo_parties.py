"""The customers and partners of the demo; called by select_demo_data.py."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

Record = dict[str, str]
Table = tuple[str, Sequence[str], list[Record]]

CUSTOMER_COLUMNS = (
    "legal_name", "short_name", "country", "registration_number", "website", "city", "address", "sector",
)  # fmt: skip
PARTNER_COLUMNS = (
    "code", "name", "country", "tier", "territories", "families", "currency", "language", "status",
)  # fmt: skip

# How many customers of each country, the largest first; countries that are not listed give REST each.
QUOTAS = {
    "China": 320, "Hong Kong": 140, "Taiwan": 160, "Germany": 220, "Netherlands": 87, "United Kingdom": 140,
    "France": 110, "Italy": 50, "Spain": 40, "Sweden": 70, "Switzerland": 60, "Austria": 30, "Belgium": 40,
    "Denmark": 30, "Norway": 30, "Finland": 30, "Poland": 11, "Czech Republic": 10, "Portugal": 10, "Ireland": 20,
    "United States": 200, "Canada": 50, "Japan": 60, "South Korea": 30, "Singapore": 20, "India": 20, "Australia": 20,
}  # fmt: skip
REST = 1
SIZES = ("Mega Cap", "Large Cap", "Mid Cap", "Small Cap", "Micro Cap", "Nano Cap", "")

COUNTRIES = {
    "Anguilla": "AI", "Argentina": "AR", "Australia": "AU", "Austria": "AT", "Azerbaijan": "AZ", "Bahamas": "BS",
    "Bangladesh": "BD", "Barbados": "BB", "Belgium": "BE", "Bermuda": "BM", "Brazil": "BR",
    "British Virgin Islands": "VG", "Cambodia": "KH", "Canada": "CA", "Cayman Islands": "KY", "Chile": "CL",
    "China": "CN", "Colombia": "CO", "Cyprus": "CY", "Czech Republic": "CZ", "Denmark": "DK", "Estonia": "EE",
    "Falkland Islands": "FK", "Finland": "FI", "France": "FR", "French Guiana": "GF", "Georgia": "GE",
    "Germany": "DE", "Gibraltar": "GI", "Greece": "GR", "Greenland": "GL", "Guernsey": "GG", "Hong Kong": "HK",
    "Hungary": "HU", "Iceland": "IS", "India": "IN", "Indonesia": "ID", "Ireland": "IE", "Isle of Man": "IM",
    "Israel": "IL", "Italy": "IT", "Ivory Coast": "CI", "Japan": "JP", "Jersey": "JE", "Jordan": "JO",
    "Kenya": "KE", "Latvia": "LV", "Liechtenstein": "LI", "Lithuania": "LT", "Luxembourg": "LU", "Macau": "MO",
    "Macedonia": "MK", "Malaysia": "MY", "Malta": "MT", "Mauritius": "MU", "Mexico": "MX", "Monaco": "MC",
    "Mongolia": "MN", "Morocco": "MA", "Myanmar": "MM", "Namibia": "NA", "Netherlands": "NL", "New Zealand": "NZ",
    "Nigeria": "NG", "Norway": "NO", "Papua New Guinea": "PG", "Peru": "PE", "Poland": "PL", "Portugal": "PT",
    "Qatar": "QA", "Russia": "RU", "Saudi Arabia": "SA", "Singapore": "SG", "South Africa": "ZA",
    "South Korea": "KR", "Spain": "ES", "Sweden": "SE", "Switzerland": "CH", "Taiwan": "TW", "Thailand": "TH",
    "Turkey": "TR", "Ukraine": "UA", "United Arab Emirates": "AE", "United Kingdom": "GB", "United States": "US",
    "Uruguay": "UY", "Vietnam": "VN", "Zambia": "ZM",
}  # fmt: skip

LEGAL_FORM = re.compile(
    r"[\s,]+(?:co\.?,?\s*ltd|company limited|limited|ltd|inc|incorporated|corp|corporation|plc|llc|"
    r"aktiengesellschaft|ag|se|gmbh|ag & co\. kgaa|se & co\. kgaa|kgaa|n\.?v|b\.?v|s\.?a|s\.?p\.?a|ab|asa|a/s|oyj|"
    r"co|company)\.?(?:\s*\(publ\))?$",
    re.IGNORECASE,
)

MAIN_FAMILIES = "RELAYS|WIRELESS|CONTROL|METERS|DISPLAYS|CABLES|FASTENERS|BOARDS|SCANNING|LABELS|TACKLE|NETWORK"
INVENTED_PARTNERS: tuple[tuple[str, ...], ...] = (
    ("QUELLSTEIN", "Quellstein & Ochs Elektronik-Vertrieb GmbH", "DE", "gold", "DE|AT|CH|NL|BE|FR|PL",
     MAIN_FAMILIES, "USD", "en", "active"),
    ("ZEVENPOLDER", "Zevenpolder Techniek B.V.", "NL", "silver", "NL|BE|LU|DE|FR|CN|HK",
     "RELAYS|WIRELESS|CONTROL|METERS|DISPLAYS|CABLES|TACKLE", "USD", "en", "active"),
    ("DENGWAN", "灯湾电子贸易（深圳）有限公司", "CN", "gold", "CN|HK|MO|TW",
     "RELAYS|WIRELESS|CONTROL|DISPLAYS|TACKLE", "CNY", "zh-hans", "active"),
)  # fmt: skip
# Resellers per country, taken in the order of their codes among those whose name speaks of parts or trade.
RESELLERS = {"US": 12, "CA": 8, "GB": 5, "DE": 5, "FR": 5, "AU": 5}
RESELLER_NAME = re.compile(
    r"\b(parts?|suppl(y|ies)|components?|distributors?|equipment|industr(y|ies|ial)|manufactur\w+|sales|systems|"
    r"wholesale\w*|company|store|metals?|steel)\b",
    re.IGNORECASE,
)
OTHER_TRADES = re.compile(
    r"bike|bicycle|cycl|sport|pedal|wheel|rid(e|er|ing)\b|tour|mountain|road|toy|tire|paint|rac(e|ing)|department|"
    r"discount|hotel|activit|amusement|hobby|spa\b|kickstand|fabrikam|contoso|gear|spoke|brake|exercise|fitness",
    re.IGNORECASE,
)
TIER_OF_BUSINESS = {"Warehouse": "gold", "Value Added Reseller": "silver", "Specialty Bike Shop": "registered"}
TERRITORIES = {"US": "US", "CA": "CA|US", "GB": "GB|IE", "DE": "DE|AT", "FR": "FR|BE", "AU": "AU|NZ"}
FAMILY_SETS = (
    "RELAYS|CONTROL|CABLES|FASTENERS",
    "WIRELESS|BOARDS|DISPLAYS",
    "SCANNING|LABELS",
    "NETWORK|WIRELESS|CABLES",
    "METERS|CONTROL|RELAYS|DISPLAYS",
)


def read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def short_name(legal_name: str) -> str:
    name = legal_name
    while (shorter := LEGAL_FORM.sub("", name).rstrip(" ,.")) != name and shorter:
        name = shorter
    return name


def select_customers(source: Path) -> Table:
    """The largest companies of each country by quota, and both companies of every namesake pair."""
    namesakes = {
        (pair[f"name_{side}"], pair[f"domain_{side}"])
        for pair in read(source / "matching/namesakes.csv")
        for side in "ab"
    }
    by_country: dict[str, list[Record]] = defaultdict(list)
    for company in read(source / "companies/listed_world.csv"):
        if company["country"] in COUNTRIES:
            by_country[company["country"]].append(company)
    chosen = []
    for country, companies in by_country.items():
        companies.sort(key=lambda c: (SIZES.index(c["market_cap_class"]), c["company_id"]))
        largest = companies[: QUOTAS.get(country, REST)]
        chosen += largest + [c for c in companies[len(largest) :] if (c["name"], c["domain"]) in namesakes]
    chosen.sort(key=lambda c: (COUNTRIES[c["country"]], c["name"], c["company_id"]))
    rows = [
        {
            "legal_name": " ".join(c["name"].split()),
            "short_name": short_name(" ".join(c["name"].split())),
            "country": COUNTRIES[c["country"]],
            "registration_number": "",
            "website": c["website"],
            "city": c["city"],
            "address": " ".join(f"{c['postal_code']} {c['city']} {c['state']}".split()),
            "sector": c["sector"],
        }
        for c in chosen
    ]
    return "customers.csv", CUSTOMER_COLUMNS, rows


def select_partners(source: Path) -> Table:
    rows = [dict(zip(PARTNER_COLUMNS, partner, strict=True)) for partner in INVENTED_PARTNERS]
    left = dict(RESELLERS)
    for shop in sorted(read(source / "catalogue/adventureworks/resellers.csv"), key=lambda r: r["reseller_code"]):
        name, country = " ".join(shop["name"].split()), shop["country_code"]
        if not left.get(country) or OTHER_TRADES.search(name) or not RESELLER_NAME.search(name):
            continue
        left[country] -= 1
        values = (
            shop["reseller_code"], name, country, TIER_OF_BUSINESS[shop["business_type"]], TERRITORIES[country],
            FAMILY_SETS[len(rows) % len(FAMILY_SETS)], "USD", "en", "active",
        )  # fmt: skip
        rows.append(dict(zip(PARTNER_COLUMNS, values, strict=True)))
    return "partners.csv", PARTNER_COLUMNS, rows
