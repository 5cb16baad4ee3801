"""Partners as a table."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from concord.partners.actions.feeds import store_partners
from concord.partners.enums import PartnerStatus
from concord.partners.models import ProductFamily, Tier
from concord.portal.countries import is_country
from concord.portal.enums import Role
from concord.portal.imports import Counts, ImportContext, ImportKind, folded
from concord.portal.money import is_currency
from concord.portal.tabular import ChoiceColumn, ListColumn, Row, RowError, TextColumn

COLUMNS: Final = (
    TextColumn("code", required=True, max_length=32, aliases=("编码",)),
    TextColumn("name", required=True, max_length=200, aliases=("名称",)),
    TextColumn("country", required=True, max_length=2, aliases=("国家",)),
    TextColumn("tier", required=True, max_length=32, aliases=("等级",)),
    ListColumn("territories", default=(), upper=True, max_length=2, aliases=("授权地区",)),
    ListColumn("families", default=(), aliases=("授权产品系列",)),
    TextColumn("currency", required=True, max_length=3, aliases=("币种",)),
    ChoiceColumn(
        "language", default="en", choices={code: code for code, _name in settings.LANGUAGES}, aliases=("语言",)
    ),
    ChoiceColumn(
        "status",
        default=PartnerStatus.ACTIVE.value,
        choices={status.value: status.value for status in PartnerStatus},
        aliases=("状态",),
    ),
    TextColumn("time_zone", max_length=64, aliases=("时区",)),
    TextColumn("city", max_length=120, default="", aliases=("城市",)),
)


def check(rows: Sequence[Row], _context: ImportContext) -> Iterable[RowError]:
    """Countries, tiers, families, currencies and time zones must be known."""
    tiers, families = _tiers(), _families()
    zones = zoneinfo.available_timezones()
    for row in rows:
        values = row.values
        if not is_country(values["country"].upper()):
            yield row.error("country", "unknown_country", _("There is no such country; write its ISO 3166 code."))
        for unknown in sorted(code for code in values["territories"] if not is_country(code)):
            yield row.error("territories", "unknown_country", _("There is no country “%(code)s”."), code=unknown)
        if folded(values["tier"]) not in tiers:
            yield row.error("tier", "unknown_tier", _("There is no such tier."))
        for unknown in sorted(code for code in values["families"] if folded(code) not in families):
            yield row.error("families", "unknown_family", _("There is no product family “%(code)s”."), code=unknown)
        if not is_currency(values["currency"].upper()):
            yield row.error("currency", "unknown_currency", _("There is no such currency; write its ISO 4217 code."))
        if values["time_zone"] and values["time_zone"] not in zones:
            yield row.error("time_zone", "unknown_time_zone", _("There is no such time zone."))


def store(rows: Sequence[Row], context: ImportContext) -> Counts:
    """All rows in one action."""
    tiers, families = _tiers(), _families()

    def facts(row: Row) -> dict[str, Any]:
        values = {name: row.values[name] for name in row.positions}
        values["country"] = values["country"].upper()
        values["currency"] = values["currency"].upper()
        values["tier"] = tiers[folded(values["tier"])]
        if "territories" in values:
            values["territories"] = list(values["territories"])
        if "families" in values:
            values["families"] = tuple(families[folded(code)] for code in values["families"])
        if not values.get("time_zone"):
            values.pop("time_zone", None)
        return values

    return store_partners(
        actor=context.actor,
        rows=[facts(row) for row in rows],
        done=lambda done: context.progress(done, len(rows)),
    )


def _tiers() -> dict[str, Tier]:
    return {folded(tier.code): tier for tier in Tier.objects.all()}


def _families() -> dict[str, ProductFamily]:
    return {folded(family.code): family for family in ProductFamily.objects.all()}


PARTNERS: Final = ImportKind(
    code="partners",
    label=_("Partners"),
    columns=COLUMNS,
    key=lambda row: (folded(row.values["code"]),),
    key_column="code",
    roles=frozenset({Role.CHANNEL_MANAGER, Role.VENDOR_SYSTEM}),
    scope="partners:write",
    check=check,
    store=store,
)
