"""What deals of another system become here: stages, sellers, products, customers; the quirks of the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from concord.deals.actions.feeds import FormerDeal, is_left_alone, news_in
from concord.deals.enums import SalesStage
from concord.deals.queries.feeds import KnownForDeals, customers_called, people_called
from concord.partners.queries.twins import CustomerClaim, find_twins
from concord.portal.countries import country_of, is_country
from concord.portal.imports import Counts, ImportContext, Options, folded
from concord.portal.imports.mapping import How, MappingLine, Previewed, Words
from concord.portal.tabular import Row

#: new customers that are compared with those known: as many as a person looks through
_COMPARED: Final = 50
#: likely twins shown of each
_TWINS: Final = 2

WORDS: Final[Words] = {
    "part:result": _("Deals"),
    "part:stage": _("Stages"),
    "part:owner": _("Sellers"),
    "part:partner": _("Partners"),
    "part:product": _("Products"),
    "part:customer": _("Customers"),
    "part:country": _("Countries"),
    "part:currency": _("Currencies"),
    "part:quirk": _("Quirks of the file"),
    "result:new": _("new deals"),
    "result:changed": _("deals that move on"),
    "result:same": _("deals that are here already, unchanged"),
    "result:left_alone": _("deals that somebody here has gone on with"),
    **{f"stage:{stage.value}": stage.label for stage in SalesStage},
    "theirs:no_customer": _("deals without a customer"),
    "theirs:no_dates": _("deals without a date"),
    "theirs:open_but_closed": _("open deals with a closing date"),
    "theirs:lost_for_nothing": _("lost deals with the value 0 or none"),
    "theirs:won_for_nothing": _("won deals with the value 0 or none"),
    "theirs:no_title": _("deals without a title"),
    "theirs:other_spelling": _("products that are written otherwise here"),
    "theirs:unknown_seller": _("deals of sellers who are not known here"),
    "theirs:misspelled_country": _("misspelled countries"),
    "theirs:other_country": _("deals whose country differs from that of the stored customer"),
    "note:by_option": _("as said with the upload"),
    "note:by_partner": _("the partner's own"),
    "note:by_customer": _("that of the stored customer"),
    "note:by_number": _("found under its number until somebody says who it is"),
    "note:by_names": _("customer and product"),
    "note:told_only": _("the seller's name stands in the story; the deal goes to the owner named with the upload"),
    "note:nothing_told": _("nothing of it stands in the story"),
    "note:as_reported": _("kept as reported; nothing is computed from it"),
    "note:blanks_and_signs": _("by letters and digits alone"),
    "note:by_slip": _("a typing error was forgiven"),
    "note:by_name": _("by its name"),
    "note:by_short_name": _("by its short name"),
    "note:looks_like": _("may be this customer, who is known already: correct the name, or merge the two afterwards"),
    "note:stage_decides": _("the stage counts"),
    "note:without_partner": _("the option partner of the upload"),
    "note:without_owner": _("the option owner of the upload"),
    "note:without_quantity": _("1 of each"),
    "note:without_customer": _("no deal has a customer"),
    "note:without_country": _("the option country of the upload, else the partner's country"),
    "note:without_city": _("left empty"),
    "note:without_opened_on": _("left empty"),
    "note:without_closed_on": _("left empty"),
    "note:without_value": _("left empty"),
    "note:without_currency": _("the option currency of the upload, else the partner's"),
    "note:without_title": _("customer and product"),
}


class Read(NamedTuple):
    """A row of the file and the deal that it becomes."""

    row: Row
    deal: FormerDeal


def mapping_of(read: Sequence[Read], known: KnownForDeals, context: ImportContext) -> Previewed:
    """Every line of the mapping, and how many deals would be new, changed and unchanged. Writes nothing."""
    counts, results = _results(read, known)
    lines = [
        *results,
        *_stages(read),
        *_owners(read, context.options),
        *_partners(read),
        *_products(read),
        *_customers(read, is_compared=context.dry_run),
        *_countries(read, context.options),
        *_currencies(read, context.options),
        *_quirks(read),
    ]
    return Previewed(lines, counts)


def _lines(part: str, found: Iterable[tuple[str, str, How, str]]) -> list[MappingLine]:
    """Equal lines once, with their number, the most frequent first."""
    counted = Counter(found)
    return [
        MappingLine(part, theirs, ours, how, rows, note) for (theirs, ours, how, note), rows in counted.most_common()
    ]


def _results(read: Sequence[Read], known: KnownForDeals) -> tuple[Counts, list[MappingLine]]:
    found: Counter[tuple[str, How]] = Counter()
    for one in read:
        stored = known.deals.get(one.deal.external_id)
        if stored is None:
            found["new", How.MADE] += 1
        elif not news_in(stored, one.deal):
            found["same", How.TAKEN] += 1
        elif is_left_alone(stored):
            found["left_alone", How.DROPPED] += 1
        else:
            found["changed", How.MAPPED] += 1
    lines = [MappingLine("result", "", code, how, rows) for (code, how), rows in found.most_common()]
    new, changed = found["new", How.MADE], found["changed", How.MAPPED]
    return Counts(new, changed, len(read) - new - changed), lines


def _stages(read: Sequence[Read]) -> list[MappingLine]:
    return _lines(
        "stage",
        (
            (
                one.row.values["stage"],
                one.deal.stage.value,
                How.TAKEN if folded(one.row.values["stage"]) == one.deal.stage.value else How.MAPPED,
                "",
            )
            for one in read
        ),
    )


def _owners(read: Sequence[Read], options: Options) -> list[MappingLine]:
    people = people_called({one.deal.owner_id for one in read})

    def how(one: Read) -> tuple[How, str]:
        if one.deal.is_known_owner:
            return How.MAPPED, ""
        return How.FILLED, "told_only" if one.deal.told_by else "by_option" if options.get("owner") else ""

    return _lines("owner", ((one.deal.told_by, people.get(one.deal.owner_id, ""), *how(one)) for one in read))


def _partners(read: Sequence[Read]) -> list[MappingLine]:
    def line(one: Read) -> tuple[str, str, How, str]:
        code, partner = one.row.values["partner"], one.deal.partner
        ours = f"{partner.code} · {partner.name}"
        return (code, ours, How.TAKEN, "") if code else ("", ours, How.FILLED, "by_option")

    return _lines("partner", map(line, read))


def _products(read: Sequence[Read]) -> list[MappingLine]:
    def line(one: Read) -> tuple[str, str, How, str]:
        text, product = one.row.values["product"], one.deal.product
        ours = f"{product.sku} · {product.name}"
        if folded(text) == folded(product.sku):
            return text, ours, How.TAKEN, ""
        if _is_other_spelling(one):
            return text, ours, How.GUESSED, "blanks_and_signs"
        return text, ours, How.MAPPED, "by_name" if folded(text) == folded(product.name) else ""

    return _lines("product", map(line, read))


def _is_other_spelling(one: Read) -> bool:
    product = one.deal.product
    called = {folded(product.sku), folded(product.name), folded(product.manufacturer_part_number)}
    return folded(one.row.values["product"]) not in called


def _customers(read: Sequence[Read], *, is_compared: bool) -> list[MappingLine]:
    lines = _lines("customer", (_known_customer(one) for one in read if one.deal.customer is not None))
    new = Counter(
        (one.deal.customer_name, one.deal.country, one.deal.city)
        for one in read
        if one.deal.customer is None and one.deal.customer_name
    )
    for number, ((name, country, city), rows) in enumerate(new.most_common()):
        lines.append(MappingLine("customer", name, f"{name} · {country}", How.MADE, rows))
        if is_compared and number < _COMPARED:
            twins = find_twins(CustomerClaim(name, country, city), limit=_TWINS)
            names = customers_called([twin.end_customer_id for twin in twins])
            lines += [MappingLine("customer", name, f"≈ {other}", How.GUESSED, rows, "looks_like") for other in names]
    return lines


def _known_customer(one: Read) -> tuple[str, str, How, str]:
    customer = one.deal.customer
    assert customer is not None
    text = one.deal.customer_name
    if folded(text) != folded(customer.legal_name):
        return text, customer.legal_name, How.MAPPED, "by_short_name"
    return text, customer.legal_name, How.TAKEN, ""


def _countries(read: Sequence[Read], options: Options) -> list[MappingLine]:
    def line(one: Read) -> tuple[str, str, How, str]:
        text, code = one.row.values["country"], one.deal.country
        if one.deal.customer is not None:
            differs = bool(text) and country_of(text) != code
            return text, code, How.DROPPED if differs else How.FILLED, "by_customer"
        if not text:
            return "", code, How.FILLED, "by_option" if options.get("country") else "by_partner"
        if _is_misspelled(text):
            return text, code, How.GUESSED, "by_slip"
        return text, code, How.TAKEN if text.strip().upper() == code else How.MAPPED, ""

    return _lines("country", map(line, read))


def _is_misspelled(text: str) -> bool:
    return bool(text) and not is_country(text.strip().upper()) and country_of(text, is_forgiving=False) == ""


def _currencies(read: Sequence[Read], options: Options) -> list[MappingLine]:
    otherwise = "by_option" if options.get("currency") else "by_partner"
    return _lines(
        "currency",
        (
            (text, one.deal.currency, How.TAKEN if text else How.FILLED, "" if text else otherwise)
            for one in read
            for text in [one.row.values["currency"]]
        ),
    )


def _quirks(read: Sequence[Read]) -> list[MappingLine]:
    found: Counter[tuple[str, How, str]] = Counter()
    for one in read:
        for quirk in _quirks_of(one.deal, one.row.values, one):
            found[quirk] += 1
    return [MappingLine("quirk", code, "", how, rows, note) for (code, how, note), rows in found.most_common()]


def _quirks_of(deal: FormerDeal, values: Mapping[str, Any], one: Read) -> Iterable[tuple[str, How, str]]:
    is_over = deal.stage in {SalesStage.WON, SalesStage.LOST}
    if not deal.customer_name:
        yield "no_customer", How.FILLED, "by_number"
    if not values["opened_on"] and not values["closed_on"]:
        yield "no_dates", How.TAKEN, "nothing_told"
    if values["closed_on"] and not is_over:
        yield "open_but_closed", How.DROPPED, "stage_decides"
    if is_over and not deal.value:
        yield ("won_for_nothing" if deal.stage == SalesStage.WON else "lost_for_nothing"), How.TAKEN, "as_reported"
    if not values["title"]:
        yield "no_title", How.FILLED, "by_names"
    if _is_other_spelling(one):
        yield "other_spelling", How.GUESSED, "blanks_and_signs"
    if deal.told_by and not deal.is_known_owner:
        yield "unknown_seller", How.FILLED, "told_only"
    if _is_misspelled(values["country"]):
        yield "misspelled_country", How.GUESSED, "by_slip"
    if deal.customer is not None and values["country"] and country_of(values["country"]) != deal.country:
        yield "other_country", How.DROPPED, "by_customer"
