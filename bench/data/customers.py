"""A million end customers, made from the words of the real names that the project carries; one seed, the same rows.

Real names are taken apart into brand, trade words and legal form; new names are put together from such parts, with
brands spelled a little differently, so that words repeat about as often as in a real register: many companies share
`technology`, few share a brand. One in five is Chinese.
"""

from __future__ import annotations

import csv
import multiprocessing
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from psycopg import Connection

PROJECT = Path(__file__).resolve().parents[2]
_CHUNK: Final = 5_000
_SYLLABLES: Final = (
    "ba be bo ca ce co da de do fa fe fi ga ge go ha he hi ja jo ka ke ki la le li lo ma me mi mo na ne no pa pe po "
    "ra re ri ro sa se si so ta te ti to va ve vi vo za ze zo al an ar el en er in on or us"
).split()
_TRADES_ZH: Final = (
    "科技 电子 机械 化工 能源 医药 材料 智能 精密 半导体 食品 建设 环保 信息技术 新材料 自动化 仪器 光电 "
    "电气 纺织 物流 贸易 生物科技 汽车零部件"
).split()
_PLACES_ZH: Final = "北京 上海 深圳 广州 杭州 苏州 南京 武汉 成都 重庆 天津 青岛 宁波 厦门 长沙 西安 合肥 无锡".split()
_FORMS_ZH: Final = ("有限公司", "股份有限公司", "有限责任公司", "集团有限公司")
_BRANDS_ZH: Final = (
    "华中国海天新金东安大德宏瑞盛泰兴达通联恒利信创凯远晶芯星云龙飞鹏博雅康宁润丰源汇诚嘉美佳亿万科迪威力特思微"
    "光明阳春江河山峰林森松柏梅兰竹菊雪冰风雷电火石玉珠宝银铜铁钢"
)


@dataclass(frozen=True, slots=True)
class MadeCustomer:
    """One company of the made register."""

    name: str
    country: str
    city: str
    website: str


@dataclass(frozen=True, slots=True)
class _Parts:
    brands: tuple[str, ...]
    trades: tuple[str, ...]
    endings: tuple[str, ...]
    places: tuple[tuple[str, str], ...]


def _parts() -> _Parts:
    """Words of the real names: the first one is a brand, the last one an ending, those between tell the trade."""
    brands: list[str] = []
    trades: list[str] = []
    endings: list[str] = []
    places: list[tuple[str, str]] = []
    with (PROJECT / "data" / "customers.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = row["legal_name"].split()
            if not words[0].isascii():
                continue
            brands.append(words[0].strip(",."))
            trades.extend(word.strip(",.") for word in words[1:-1] if word.isascii() and len(word) > 2)
            endings.append(words[-1] if len(words) > 1 else "Ltd")
            places.append((row["country"], row["city"]))
    return _Parts(tuple(brands), tuple(trades), tuple(endings), tuple(places))


def _brand(choose: random.Random, parts: _Parts) -> str:
    """A real brand, joined with a syllable or two most of the time."""
    brand = choose.choice(parts.brands)
    if choose.random() < 0.15:
        return brand
    made = brand[: choose.randint(2, 5)] + "".join(choose.choices(_SYLLABLES, k=choose.randint(1, 3)))
    return made.capitalize()


def made_customers(start: int, stop: int, seed: int, parts: _Parts | None = None) -> Iterator[MadeCustomer]:
    """Rows ``start`` to ``stop`` of the register of that seed; each row depends on its number alone."""
    words = parts or _parts()
    for number in range(start, stop):
        choose = random.Random(seed * 1_000_003 + number)  # noqa: S311 - made data, not a secret
        if choose.random() < 0.2:
            place = choose.choice(_PLACES_ZH)
            brand = "".join(choose.choices(_BRANDS_ZH, k=choose.choice((2, 2, 3))))
            name = place + brand + choose.choice(_TRADES_ZH) + choose.choice(_FORMS_ZH)
            yield MadeCustomer(name, "CN", place, f"zh{number}.example" if choose.random() < 0.5 else "")
            continue
        brand = _brand(choose, words)
        middle = choose.choices(words.trades, k=choose.choice((0, 1, 1, 2)))
        country, city = choose.choice(words.places)
        name = " ".join([brand, *middle, choose.choice(words.endings)])
        yield MadeCustomer(
            name[:200], country, city, f"{brand.lower()}{number}.example" if choose.random() < 0.5 else ""
        )


def as_typed(customer: MadeCustomer, choose: random.Random) -> str:
    """The name as somebody would type it: without its legal form, or with a slip, or cut."""
    name = customer.name
    if customer.country == "CN" and not name.isascii():
        bare = name
        for form in sorted(_FORMS_ZH, key=len, reverse=True):
            bare = bare.removesuffix(form)
        return choose.choice((name, bare, bare.removeprefix(customer.city)))
    words = name.split()
    kind = choose.randrange(3)
    if kind == 0 and len(words) > 1:
        return " ".join(words[:-1])
    if kind == 1 and len(words[0]) > 4:
        at = choose.randrange(1, len(words[0]) - 1)
        return " ".join([words[0][:at] + words[0][at + 1 :], *words[1:]])
    return name.upper()


def _keyed(job: tuple[int, int, int]) -> list[tuple[Any, ...]]:
    """The stored form of some rows, with the keys that the product computes."""
    from concord.partners.matching.candidates import block_keys, exact_keys, search_key
    from concord.partners.matching.score import profile

    rows = []
    for one in made_customers(*job):
        made = profile(one.name, country=one.country, city=one.city, domain=one.website)
        keys = (list(exact_keys(made)), list(block_keys(made)), search_key(made))
        rows.append((one.name, one.country, one.website, one.city, *keys, one.name.lower()))
    return rows


def load_customers(connection: Connection[Any], size: int, seed: int) -> None:
    """Replace all customers by the first ``size`` rows of the register, with COPY; indexes are built afterwards."""
    jobs = [(start, min(start + _CHUNK, size), seed) for start in range(0, size, _CHUNK)]
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE partners_endcustomer, partners_customerword RESTART IDENTITY CASCADE")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes"
            " WHERE tablename = 'partners_endcustomer' AND indexdef LIKE '%gin%'"
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        with (
            multiprocessing.Pool(len(os.sched_getaffinity(0))) as pool,
            cursor.copy(
                "COPY partners_endcustomer (legal_name, country, website, city, exact_keys, block_keys, search_key,"
                " sort_key, uuid, created_at, updated_at, short_name, registration_number, address, sector) FROM STDIN"
            ) as copy,
        ):
            for start, rows in zip(range(0, size, _CHUNK), pool.imap(_keyed, jobs), strict=True):
                for offset, row in enumerate(rows):
                    identity = f"00000000-0000-7000-8000-{start + offset + 1:012d}"
                    copy.write_row((*row, identity, "2026-01-01", "2026-01-01", "", "", "", ""))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else their pending checks stand in the indexes' way
        cursor.execute(
            "INSERT INTO partners_customername (end_customer_id, name, kind)"
            " SELECT id, legal_name, 'legal' FROM partners_endcustomer"
        )
        for _, definition in indexes:
            cursor.execute(definition)
