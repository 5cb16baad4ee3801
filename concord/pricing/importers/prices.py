"""The prices of a price list as a table.

Options: ``list`` is the list's code; ``complete`` false keeps the prices of products that the file does not name;
``publish_at`` (a moment with its offset, or ``now``) publishes the version in the same transaction; ``note``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.portal.actor import Actor
from concord.portal.imports import Counts, ImportKind, Loading, Options
from concord.portal.refusals import InvalidInput
from concord.portal.tabular import CellError, DecimalColumn, IntegerColumn, MomentColumn, TextColumn
from concord.pricing.actions.price_feeds import store_prices
from concord.pricing.actions.price_lists import publish_price_list_version
from concord.pricing.models import PriceList
from concord.pricing.rules.catalogue import KEEPERS

NOW: Final = "now"

COLUMNS: Final = (
    TextColumn("sku", required=True, max_length=64, aliases=("商品编码",)),
    IntegerColumn("minimum_quantity", minimum=1, maximum=10**9, default=1, aliases=("最小数量",)),
    DecimalColumn(
        "unit_price",
        required=True,
        minimum=Decimal("0.000001"),
        max_digits=18,
        decimal_places=6,
        aliases=("单价", "price_excl_vat", "不含税单价"),
    ),
    # As the list's maker gave it: it is kept and shown, and not checked against the price without tax.
    DecimalColumn(
        "gross_unit_price",
        minimum=Decimal("0.000001"),
        max_digits=18,
        decimal_places=6,
        aliases=("price_incl_vat", "含税单价"),
    ),
)


def clean_options(_actor: Actor, options: Options) -> dict[str, Any]:
    """The options as they are kept with the run. Raises ``InvalidInput``."""
    code = str(options.get("list", "")).strip()
    if not PriceList.objects.filter(code=code).exists():
        raise InvalidInput.at("/options/list", "unknown_list", _("There is no price list with this code."))
    cleaned: dict[str, Any] = {"list": code, "complete": _truth(options.get("complete", True), "complete")}
    if options.get("note"):
        cleaned["note"] = str(options["note"])[:300]
    if options.get("publish_at"):
        cleaned["publish_at"] = _moment(options["publish_at"])
    return cleaned


def load(loading: Loading) -> Counts:
    """Stage and store as a draft; publish it when that was asked for."""
    options = loading.context.options
    price_list = PriceList.objects.get(code=options["list"])
    damaged: set[str] = set()
    counts, draft = store_prices(
        loading=loading,
        price_list=price_list,
        rows=_rows(loading, damaged),
        damaged=damaged,
        complete=options.get("complete", True),
        note=options.get("note", ""),
    )
    if draft is not None and loading.may_write and options.get("publish_at"):
        now = loading.context.now
        at = now if options["publish_at"] == NOW else datetime.fromisoformat(options["publish_at"])
        publish_price_list_version(actor=loading.context.actor, version_uuid=draft.uuid, at=at, now=now)
    return counts


def _rows(loading: Loading, damaged: set[str]) -> Iterator[tuple[int, str, int, Decimal, Decimal | None]]:
    def remember(values: Any) -> None:
        if values.get("sku"):
            damaged.add(str(values["sku"]).upper())

    for row in loading.rows(unreadable=remember):
        values = row.values
        yield row.number, values["sku"], values["minimum_quantity"], values["unit_price"], values["gross_unit_price"]


def _truth(value: object, name: str) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().casefold()
    if word in {"true", "1", "yes"}:
        return True
    if word in {"false", "0", "no"}:
        return False
    raise InvalidInput.at(f"/options/{name}", "invalid", _("Write true or false."))


def _moment(value: object) -> str:
    if value == NOW:
        return NOW
    try:
        moment = MomentColumn("publish_at", required=True).read(str(value))
    except CellError as error:
        raise InvalidInput.at("/options/publish_at", error.code, str(error.message)) from None
    assert isinstance(moment, datetime)
    return moment.isoformat()


PRICES: Final = ImportKind(
    code="prices",
    label=gettext_lazy("Prices of a price list"),
    columns=COLUMNS,
    roles=KEEPERS,
    scope="prices:write",
    load=load,
    options=("list", "complete", "publish_at", "note"),
    clean_options=clean_options,
)
