"""The demo's feeds, brought in by the product's own importers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.management.base import CommandError

from concord.cms.demo.reading import Report, data_path
from concord.portal.actor import Actor
from concord.portal.imports import Progress, clean_options, import_records, kind_of, run_import
from concord.pricing.actions.catalogue_records import save_substitute
from concord.pricing.actions.price_lists import create_price_list
from concord.pricing.enums import VersionStatus
from concord.pricing.models import Price, PriceList, PriceListVersion, Product, ProductSubstitute, Warehouse
from concord.pricing.queries.price_lists import prices_as_of

MOST_ERRORS = 10


def load_warehouses(warehouses: list[dict[str, str]]) -> int:
    """The places that goods ship from; how many there are now."""
    known = set(Warehouse.objects.values_list("code", flat=True))
    Warehouse.objects.bulk_create(Warehouse(**facts) for facts in warehouses if facts["code"] not in known)
    return Warehouse.objects.count()


def load_feed(
    kind_code: str,
    file_name: str,
    *,
    actor: Actor,
    now: datetime,
    progress: Progress,
    options: Mapping[str, Any] | None = None,
) -> str:
    """Import one carried file whole, or say what is wrong with it; returns what became of its rows."""
    kind = kind_of(kind_code)
    with data_path(file_name).open("rb") as file:
        outcome = run_import(
            kind,
            file,
            actor=actor,
            now=now,
            options=clean_options(kind, actor, options or {}),
            progress=progress,
        )
    if not outcome.stored:
        lines = [f"{error.row}: {error.column}: {error.message}" for error in outcome.all_errors[:MOST_ERRORS]]
        raise CommandError("\n".join([f"{file_name} was not imported:", *lines]))
    counts = outcome.counts
    said = [f"{outcome.rows:,} rows"]
    for count, word in ((counts.created, "new"), (counts.updated, "changed"), (counts.unchanged, "unchanged")):
        if count:
            said.append(f"{count:,} {word}")
    return ", ".join(said)


def load_price_lists(price_lists: list[dict[str, Any]], *, actor: Actor, now: datetime, report: Report) -> None:
    """Make the lists that are missing, and publish those versions that were not published yet, oldest first."""
    known = {price_list.code: price_list for price_list in PriceList.objects.all()}
    for facts in price_lists:
        versions = facts["versions"]
        price_list = known.get(facts["code"]) or create_price_list(
            actor=actor, **{key: value for key, value in facts.items() if key != "versions"}
        )
        for number, version in enumerate(versions, start=1):
            since = datetime.fromisoformat(version["valid_from"])
            with report.step(f"Prices {price_list.currency}, version {number}") as step:
                step.result = _load_version(price_list, version, since, actor=actor, now=now, progress=step.show)


def load_price_draft(draft: Mapping[str, Any], *, actor: Actor, now: datetime) -> str:
    """A version that is not published yet, some products dearer than now: what it would change is seen at the desk.

    Made once; a list that has more versions than are carried has been worked on and stays as it is.
    """
    price_list = PriceList.objects.get(code=draft["list"])
    if price_list.versions.exclude(status__in=[VersionStatus.IN_FORCE, VersionStatus.ENDED]).exists():
        return "there already"
    held = prices_as_of(price_list, now).filter(product__sku__startswith=draft["skus"])
    factor, step = 1 + Decimal(draft["percent"]) / 100, Decimal("0.001")
    rows = [
        {
            "sku": one.product.sku,
            "minimum_quantity": one.minimum_quantity,
            "unit_price": str((one.unit_price * factor).quantize(step)),
        }
        for one in held
    ]
    import_records(
        kind_of("prices"),
        rows,
        actor=actor,
        now=now,
        options={"list": price_list.code, "complete": False, "note": draft["note"]},
    )
    return f"{len(rows)} prices that differ"


def _load_version(
    price_list: PriceList,
    version: Mapping[str, str],
    since: datetime,
    *,
    actor: Actor,
    now: datetime,
    progress: Callable[[int, int], None],
) -> str:
    published = PriceListVersion.objects.filter(price_list=price_list, valid_from=since).first()
    if published is not None:
        return f"{Price.objects.filter(version=published).count():,} prices, published already"
    return load_feed(
        "prices",
        version["file"],
        actor=actor,
        now=now,
        progress=progress,
        options={"list": price_list.code, "publish_at": since.isoformat(), "note": version["note"]},
    )


def load_substitutes(pairs: list[dict[str, str]], *, actor: Actor) -> int:
    """What stands in for what; how many pairs there are now. Pairs that are there stay as the desk has them."""
    skus = {pair[name] for pair in pairs for name in ("product", "substitute")}
    products = {product.sku: product for product in Product.objects.filter(sku__in=skus)}
    for pair in pairs:
        product, substitute = products[pair["product"]], products[pair["substitute"]]
        if not ProductSubstitute.objects.filter(product=product, substitute=substitute).exists():
            row = ProductSubstitute(product=product, substitute=substitute, note=pair["note"], note_zh=pair["note_zh"])
            save_substitute(actor=actor, substitute=row)
    return ProductSubstitute.objects.count()
