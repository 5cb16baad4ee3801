"""Exact identifiers of a company: registration number and web domain, in one canonical spelling."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from types import ModuleType
from typing import Final

import tldextract
from stdnum import lei
from stdnum.cn import uscc
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.us import ein
from stdnum.util import get_cc_module

from concord.partners.matching.places import normalise_country
from concord.partners.matching.text import clean, vocabulary

MAIL_PROVIDERS: Final = frozenset(
    vocabulary("""
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.co.jp yahoo.co.uk yahoo.de
    yahoo.fr ymail.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com web.de t-online.de freenet.de
    mail.ru yandex.ru yandex.com bk.ru list.ru inbox.ru proton.me protonmail.com zoho.com qq.com foxmail.com
    163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn aliyun.com 21cn.com tom.com naver.com
    hanmail.net daum.net orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it tin.it telefonica.net
    terra.com.br uol.com.br bol.com.br seznam.cz wp.pl o2.pl onet.pl interia.pl rediffmail.com btinternet.com
    comcast.net verizon.net att.net bigpond.com telenet.be skynet.be hushmail.com fastmail.com mail.com
    tutanota.com
    """)
)
"""Hosts of private mail boxes: an address there says nothing about the company."""

SHARED_HOSTS: Final = frozenset(
    vocabulary("""
    facebook.com linkedin.com instagram.com twitter.com x.com youtube.com wikipedia.org wordpress.com
    blogspot.com wix.com wixsite.com weebly.com squarespace.com github.io github.com google.com alibaba.com
    1688.com taobao.com tmall.com jd.com weibo.com made-in-china.com amazon.com ebay.com sharepoint.com
    business.site godaddysites.com myshopify.com
    """)
)
"""Sites where many companies have a page of their own."""

_HOST_RE: Final = re.compile(r"^[a-z0-9\u00a1-\U0010ffff._-]{1,253}$")
_SEPARATORS_RE: Final = re.compile(r"[\s./\\,;:_|#'\"()\[\]\u2010-\u2015-]+")
_LONGEST_NUMBER: Final = 40


@cache
def _extractor() -> tldextract.TLDExtract:
    """The public suffix list that comes with the library; it never asks the net nor writes a cache."""
    return tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


@lru_cache(maxsize=65_536)
def normalise_domain(value: str) -> str:
    """The registrable domain of a web or mail address, '' when there is none or when many companies share it.

    `https://www.Example.com.cn/about` and `sales@mail.example.com.cn` both give `example.com.cn`; `someone@qq.com`
    gives ''.
    """
    host = clean(value).casefold().strip()
    host = host.rpartition("//")[2] if host.startswith("//") else host.split("://", 1)[-1]
    host = re.split(r"[/?#\s]", host, maxsplit=1)[0].rpartition("@")[2]
    host = host.partition(":")[0].strip(".")
    if not host or not _HOST_RE.match(host):
        return ""
    try:
        domain = _extractor()(host).top_domain_under_public_suffix.casefold()
    except (ValueError, UnicodeError):
        return ""
    if not domain or domain in MAIL_PROVIDERS or domain in SHARED_HOSTS:
        return ""
    return domain


def is_public_suffix(text: str) -> bool:
    """True for the end of very many addresses, with or without a dot before it: `com`, `.co.uk`, `com.cn`."""
    host = clean(text).casefold().strip(".")
    return bool(_HOST_RE.match(host)) and _extractor()(f"name.{host}").suffix == host


def _national_modules(country: str) -> tuple[ModuleType, ...]:
    modules: list[ModuleType] = []
    if country == "CN":
        modules.append(uscc)
    if country == "US":
        modules.append(ein)
    if country in {"GR", "XI"} or country.lower() in eu_vat.MEMBER_STATES:
        modules.append(eu_vat)
    for kind in ("vat", "businessid"):
        module = get_cc_module(country.lower(), kind) if country else None
        if isinstance(module, ModuleType):
            modules.append(module)
    return tuple(modules)


@lru_cache(maxsize=65_536)
def normalise_registration_number(value: str, country: str = "") -> str:
    """A company's tax or registration number in canonical spelling, '' when nothing usable is left.

    Numbers that python-stdnum can check (the Chinese unified social credit code, European VAT numbers with or without
    the country in front, EIN, LEI and many national ones) come out in its compact form without the country's letters.
    Any other number keeps its letters and digits alone: separators never make two numbers differ. A wrong check digit
    is no reason to refuse the number; it then takes the second way.
    """
    country = normalise_country(country)
    raw = clean(value).upper()[:_LONGEST_NUMBER]
    bare = _SEPARATORS_RE.sub("", raw)
    bare = "".join(character for character in bare if character.isalnum())
    if not any(character.isdigit() for character in bare):
        return ""
    if lei.is_valid(bare):
        return bare
    for module in _national_modules(country):
        for candidate in (raw, bare):
            try:
                number = str(module.validate(candidate)).upper()
            except (ValidationError, ValueError, TypeError, IndexError):
                continue
            number = "".join(character for character in number if character.isalnum())
            return _without_country(number, country)
    return _without_country(bare, country)


def _without_country(number: str, country: str) -> str:
    for prefix in (country, {"GR": "EL", "CH": "CHE"}.get(country, "")):
        rest = number[len(prefix) :]
        if prefix and number.startswith(prefix) and len(rest) >= 7 and rest[:3].strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
            return rest
    return number
