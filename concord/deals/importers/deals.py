"""Deals with their history from another CRM, as a table: the columns of that system's export work as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.feeds import FormerDeal, store_former_deals
from concord.deals.enums import SalesStage
from concord.deals.importers.deal_mapping import WORDS, Read, mapping_of
from concord.deals.queries.feeds import KnownForDeals, bare, known_for_deals
from concord.partners.models import EndCustomer, Partner
from concord.portal.actor import Actor
from concord.portal.countries import country_of
from concord.portal.enums import Role
from concord.portal.imports import Counts, ImportContext, ImportKind, Options, folded
from concord.portal.imports.mapping import Previewed
from concord.portal.refusals import InvalidInput
from concord.portal.tabular import DateColumn, DecimalColumn, IntegerColumn, Row, RowError, TextColumn
from concord.pricing.models import Product

#: what other systems call a stage, without regard to case
STAGES: Final[Mapping[str, SalesStage]] = {
    "won": SalesStage.WON, "closed won": SalesStage.WON, "赢单": SalesStage.WON,
    "lost": SalesStage.LOST, "closed lost": SalesStage.LOST, "输单": SalesStage.LOST,
    "open": SalesStage.OPEN, "prospecting": SalesStage.OPEN, "进行中": SalesStage.OPEN,
    "qualified": SalesStage.QUALIFIED, "engaging": SalesStage.QUALIFIED,
    "quoted": SalesStage.QUOTED, "proposal": SalesStage.QUOTED,
    "negotiating": SalesStage.NEGOTIATING, "negotiation": SalesStage.NEGOTIATING,
}  # fmt: skip

COLUMNS: Final = (
    TextColumn("external_id", required=True, max_length=64, aliases=("opportunity_id", "外部编号")),
    TextColumn("partner", max_length=32, default="", aliases=("partner_code", "合作伙伴")),
    TextColumn("owner", max_length=254, default="", aliases=("sales_agent", "负责人")),
    TextColumn("product", required=True, max_length=200, aliases=("sku", "产品")),
    IntegerColumn("quantity", minimum=1, maximum=10_000_000, default=1, aliases=("数量",)),
    TextColumn("customer", max_length=250, default="", aliases=("account", "客户")),
    TextColumn("country", max_length=80, default="", aliases=("office_location", "国家")),
    TextColumn("city", max_length=120, default="", aliases=("城市",)),
    TextColumn("stage", required=True, max_length=40, aliases=("deal_stage", "阶段")),
    DateColumn("opened_on", aliases=("engage_date", "开始日期")),
    DateColumn("closed_on", aliases=("close_date", "关闭日期")),
    DecimalColumn("value", minimum=Decimal(0), aliases=("close_value", "金额")),
    TextColumn("currency", max_length=3, default="", aliases=("币种",)),
    TextColumn("title", max_length=200, default="", aliases=("标题",)),
)
#: what a file does not say of its rows is said once with the upload
OPTIONS: Final = ("partner", "owner", "country", "currency", "system")
OPTION_HELP: Final = {
    "partner": _("code of the partner whose deals these are, where the file does not say"),
    "owner": _("address or name of somebody at the partner who takes the deals of sellers not known here"),
    "country": _("of customers that are not known yet, where the file does not say: two letters"),
    "currency": _("of the values, where the file does not say: three letters"),
    "system": _(
        "name of the system that the deals come from, such as Old CRM: it marks what the timeline, the brief and the"
        " PDF tell of them as imported from there; at most 60 characters"
    ),
}
LONGEST_SYSTEM: Final = 60


@dataclass(frozen=True, slots=True)
class _Problem(Exception):
    column: str
    code: str
    text: Any


def check(rows: Sequence[Row], context: ImportContext) -> Iterable[RowError]:
    """Partner, owner, product, customer and stage must be known and clear, the dates in order."""
    known = _known(rows)
    for row in rows:
        try:
            _former(row, known, context.options, {})
        except _Problem as problem:
            yield row.error(problem.column, problem.code, problem.text)


def store(rows: Sequence[Row], context: ImportContext) -> Counts:
    """All rows in one action."""
    known = _known(rows)
    ids = {pk for found in known.products.values() for pk in found}
    products = Product.objects.in_bulk(list(ids))
    return store_former_deals(
        actor=context.actor,
        rows=[_former(row, known, context.options, products) for row in rows],
        now=context.now,
        done=lambda done: context.progress(done, len(rows)),
    )


def preview(rows: Sequence[Row], context: ImportContext) -> Previewed:
    """What of the rows becomes what, before anything is written."""
    known = _known(rows)
    products = Product.objects.in_bulk(list({pk for found in known.products.values() for pk in found}))
    read = [Read(row, _former(row, known, context.options, products)) for row in rows]
    return mapping_of(read, known, context)


def clean_options(_actor: Actor, options: Options) -> dict[str, Any]:
    """A country must be one; who the partner and the owner are is asked row by row."""
    values = {name: str(value).strip() for name, value in options.items()}
    if values.get("country") and not country_of(values["country"]):
        raise InvalidInput.at("/options/country", "unknown_country", _("There is no such country."))
    if len(values.get("system", "")) > LONGEST_SYSTEM:
        message = _("At most %(most)d characters.") % {"most": LONGEST_SYSTEM}
        raise InvalidInput.at("/options/system", "max_length", message)
    return values


def _known(rows: Sequence[Row]) -> KnownForDeals:
    return known_for_deals(
        products=[row.values["product"] for row in rows],
        customers=[row.values["customer"] for row in rows],
        external_ids=[row.values["external_id"] for row in rows],
    )


def _former(row: Row, known: KnownForDeals, options: Options, products: Mapping[int, Product]) -> FormerDeal:
    values = row.values
    partner = _partner(values, known, options)
    before = known.deals.get(values["external_id"])
    if before is not None and before.partner_id != partner.pk:
        raise _Problem("external_id", "other_partner", _("This deal was taken over for another partner."))
    stage = STAGES.get(folded(values["stage"]))
    if stage is None:
        raise _Problem("stage", "unknown_stage", _("This stage is not known: write won, lost or open."))
    opened, closed = values["opened_on"], values["closed_on"]
    if opened and closed and closed < opened:
        raise _Problem("closed_on", "order", _("The deal was closed before it was opened."))
    is_over = stage in {SalesStage.WON, SalesStage.LOST}
    if is_over and closed is None:
        raise _Problem("closed_on", "missing", _("Say when the deal was won or lost."))
    product_id = _only(known.products.get(bare(values["product"]), set()), "product")
    customer = _customer(values, known)
    country = customer.country if customer else _country(values, options, partner)
    product = products.get(product_id) or Product(pk=product_id)
    owner_id, is_known = _owner(values, known, options, partner)
    return FormerDeal(
        external_id=values["external_id"],
        partner=partner,
        owner_id=owner_id,
        product=product,
        quantity=values["quantity"],
        stage=stage,
        title=values["title"] or " · ".join(one for one in (values["customer"], values["product"]) if one)[:200],
        customer_name=values["customer"],
        country=country,
        city=values["city"],
        customer=customer,
        currency=_currency(values, options, partner),
        value=values["value"],
        opened_on=opened,
        closed_on=closed if is_over else None,
        system=options.get("system", ""),
        told_by=values["owner"],
        is_known_owner=is_known,
    )


def _partner(values: Mapping[str, Any], known: KnownForDeals, options: Options) -> Partner:
    code = values["partner"] or options.get("partner", "")
    if not code:
        raise _Problem("partner", "missing", _("Say for which partner, in the file or with the upload."))
    partner = known.partners.get(folded(code))
    if partner is None:
        raise _Problem("partner", "unknown_partner", _("There is no such partner."))
    return partner


def _owner(values: Mapping[str, Any], known: KnownForDeals, options: Options, partner: Partner) -> tuple[int, bool]:
    """Who works on it: the person named (and whether it is that one), else the one named with the upload."""
    for called in (values["owner"], options.get("owner", "")):
        people = known.people.get((partner.pk, folded(called)), set()) if called else set()
        if len(people) > 1:
            raise _Problem("owner", "ambiguous", _("Several people are called so. Write the e-mail address."))
        if people:
            return next(iter(people)), called == values["owner"]
    text = _("Nobody of that name works at this partner. Name somebody with the upload who takes these deals.")
    raise _Problem("owner", "unknown_owner", text)


def _customer(values: Mapping[str, Any], known: KnownForDeals) -> EndCustomer | None:
    found = known.customers.get(folded(values["customer"]), []) if values["customer"] else []
    country = country_of(values["country"]) if values["country"] else ""
    fitting = [one for one in found if not country or one.country == country]
    if len(fitting) > 1:
        fitting = [one for one in fitting if folded(one.city) == folded(values["city"])] or fitting
    if len(fitting) > 1:
        raise _Problem("customer", "ambiguous", _("Several customers have this name. State the country or the city."))
    return fitting[0] if fitting else None


def _country(values: Mapping[str, Any], options: Options, partner: Partner) -> str:
    if not values["country"]:
        return country_of(options.get("country", "")) or partner.country
    code = country_of(values["country"])
    if not code:
        raise _Problem("country", "unknown_country", _("There is no such country; write its ISO 3166 code."))
    return code


def _currency(values: Mapping[str, Any], options: Options, partner: Partner) -> str:
    code = str(values["currency"] or options.get("currency", "") or partner.currency).upper()
    if not (len(code) == 3 and code.isascii() and code.isalpha()):
        raise _Problem("currency", "currency", _("A currency has three letters, such as EUR or CNY."))
    return code


def _only(found: set[int], column: str) -> int:
    if not found:
        raise _Problem(column, "unknown_product", _("There is no such product, neither by number nor by name."))
    if len(found) > 1:
        raise _Problem(column, "ambiguous", _("Several products are called so. Write the SKU."))
    return next(iter(found))


DEALS: Final = ImportKind(
    code="deals",
    label=_("Deals of another system"),
    columns=COLUMNS,
    key=lambda row: (row.values["external_id"],),
    key_column="external_id",
    roles=frozenset({Role.CHANNEL_MANAGER, Role.VENDOR_SYSTEM}),
    scope="deals:write",
    check=check,
    store=store,
    preview=preview,
    words=WORDS,
    options=OPTIONS,
    option_help=OPTION_HELP,
    clean_options=clean_options,
)
