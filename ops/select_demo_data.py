"""Select the demo's data from a folder of collected source data.

    python3 -m ops.select_demo_data SOURCE_DIR [TARGET_DIR]

Reads the collected files (described in data/SOURCES.md) below SOURCE_DIR and writes the import files of
TARGET_DIR (default: data/ of this project). The same input gives the same bytes. Standard library only.
What is selected, cleaned or derived here is said in data/SOURCES.md; keep the two in step.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from ops.select_demo_parties import select_customers, select_partners

Record = dict[str, str]

FAMILIES = (
    ("RELAYS", "Relays", "继电器"),
    ("WIRELESS", "Communication modules", "通信模块"),
    ("CONTROL", "Industrial control", "工业控制"),
    ("METERS", "Instruments and meters", "仪器仪表"),
    ("DISPLAYS", "Displays", "显示器件"),
    ("CABLES", "Wires and cables", "线缆"),
    ("FASTENERS", "Fasteners and hardware", "紧固件与五金"),
    ("BOARDS", "Boards and kits", "开发板与套件"),
    ("SCANNING", "Barcode and RFID hardware", "条码与射频识别硬件"),
    ("LABELS", "Labels, ribbons and printheads", "标签、碳带与打印头"),
    ("TACKLE", "Fishing swivels and tackle", "钓鱼转环与配件"),
    ("NETWORK", "Network equipment", "网络设备"),
)
FAMILY_OF_CATEGORY = {
    "relays": "RELAYS",
    "iot/communication modules": "WIRELESS",
    "industrial control electrical": "CONTROL",
    "instrumentation/meter": "METERS",
    "displays": "DISPLAYS",
    "display screen": "DISPLAYS",
    "wire/cable/datacable": "CABLES",
    "wires and cables": "CABLES",
    "hardware/fasteners/sealing": "FASTENERS",
    "functional modules": "BOARDS",
    "development boards & tools": "BOARDS",
    "educational kits": "BOARDS",
}
NETWORK_MAKERS = ("Allied Telesis", "MikroTik", "SonicWall", "Ubiquiti")
SWIVEL_MAKER = "YM"
COMPONENTS_AS_OF = "2026-05-21T00:00:00Z"
CONSUMABLES_AS_OF = "2025-10-15T00:00:00Z"
FIRST_ARRIVAL = date(2027, 1, 11)
DESCRIPTION_LENGTH = 48

PRODUCT_COLUMNS = (
    "sku", "manufacturer_part_number", "manufacturer", "name", "name_zh", "family", "unit", "pack_size",
    "minimum_order_quantity", "order_multiple", "description", "status",
)  # fmt: skip
PRICE_COLUMNS = ("sku", "minimum_quantity", "unit_price")
TAXED_COLUMNS = (*PRICE_COLUMNS, "gross_unit_price")
STOCK_COLUMNS = ("warehouse", "sku", "on_hand", "reserved", "incoming_quantity", "incoming_date", "as_of")


def read(path: Path) -> list[Record]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: Sequence[str], records: Iterable[Record]) -> None:
    rows = list(records)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    size = path.stat().st_size
    print(f"{path.name:32} {len(rows):6} rows {size:8} bytes")
    if size >= 1_000_000:
        sys.exit(f"{path.name} has grown to {size} bytes; files of a megabyte and more are not carried.")


def one_line(text: str) -> str:
    return " ".join(text.split())


def shorten(text: str, length: int = DESCRIPTION_LENGTH) -> str:
    """Cut after the last whole word that fits."""
    text = one_line(text)
    return text if len(text) <= length else text[: length + 1].rpartition(" ")[0] or text[:length]


def spread(key: str, buckets: int) -> int:
    """A number below `buckets` that depends on the key alone, for choices that must not change from run to run."""
    return zlib.crc32(key.encode()) % buckets


def product(**values: str) -> Record:
    record = dict.fromkeys(PRODUCT_COLUMNS, "")
    record.update(unit="pcs", pack_size="1", minimum_order_quantity="1", order_multiple="1", status="active")
    record.update(values)
    return record


# Components ---------------------------------------------------------------------------------------------------------


def maker_key(name: str) -> str:
    """What two spellings of one maker have in common: letters and digits, without a name in brackets."""
    return "".join(c for c in re.sub(r"\(.*?\)", "", name).casefold() if c.isalnum())


def maker_spellings(records: Iterable[Record]) -> dict[str, str]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for record in records:
        counts[maker_key(record["manufacturer"])][one_line(record["manufacturer"])] += 1
    return {key: max(sorted(names), key=names.__getitem__) for key, names in counts.items() if key}


def readable_kind(record: Record) -> str:
    """`Jumper/EnameledWire` reads as `Jumper / Enameled Wire`."""
    kind = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", record["subcategory"] or record["category"])
    return one_line(re.sub(r"\s*[/*]\s*(?=[A-Z])", " / ", kind))


def component_description(record: Record) -> str:
    """The parameters alone: the source ends each description with the kind of part and `ROHS`."""
    text = one_line(record["description"]).removesuffix(" ROHS")
    for kind in (record["subcategory"], record["category"]):
        if kind and text.casefold().endswith(kind.casefold()):
            text = text[: -len(kind)]
    return shorten(text.strip().removeprefix("- ").rstrip(" -"))


def component_records(source: Path) -> list[Record]:
    records = read(source / "catalogue/components.csv")
    return [r for r in records if r["category"].casefold() in FAMILY_OF_CATEGORY]


def component_products(records: Sequence[Record]) -> list[Record]:
    spelling = maker_spellings(records)
    return [
        product(
            sku=r["sku"],
            manufacturer_part_number=one_line(r["mpn"]),
            manufacturer=spelling.get(maker_key(r["manufacturer"]), ""),
            name=f"{readable_kind(r)} {one_line(r['mpn'])}",
            family=FAMILY_OF_CATEGORY[r["category"].casefold()],
            minimum_order_quantity=r["min_order_qty"] or "1",
            order_multiple=r["order_multiple"] or "1",
            description=component_description(r),
        )
        for r in records
    ]


def component_prices(source: Path, skus: set[str]) -> list[Record]:
    return [
        {"sku": r["sku"], "minimum_quantity": r["qty_from"], "unit_price": r["unit_price_usd"]}
        for r in read(source / "catalogue/component_price_breaks.csv")
        if r["sku"] in skus
    ]


def stock_rows(sku: str, total: int, order_multiple: int, as_of: str) -> list[Record]:
    """Seven tenths in Shenzhen, the rest in Rotterdam; reservations and arrivals are made up, by the SKU alone."""
    rotterdam = total * 3 // 10 if total >= 10 else 0
    rows = []
    for warehouse, on_hand, moment in (("Shenzhen", total - rotterdam, ""), ("Rotterdam", rotterdam, as_of)):
        arrives = warehouse == "Shenzhen" and total == 0 and spread(sku, 2) == 0
        day = FIRST_ARRIVAL + timedelta(days=spread(sku, 60))
        rows.append(
            {
                "warehouse": warehouse,
                "sku": sku,
                "on_hand": str(on_hand),
                "reserved": str(on_hand // 20 if spread(sku, 5) == 0 else 0),
                "incoming_quantity": str(50 * order_multiple if arrives else 0),
                "incoming_date": day.isoformat() if arrives else "",
                "as_of": moment,
            }
        )
    return rows


# Barcode hardware and consumables -------------------------------------------------------------------------------------


def barcode_products(source: Path) -> tuple[list[Record], list[Record], list[Record]]:
    """Products, prices and stock. Only the consumables state a quantity; of hardware only `none` is known."""
    products, prices, stock = [], [], []
    for file, family in (("zebra_hardware", "SCANNING"), ("zebra_consumables", "LABELS")):
        for r in read(source / f"catalogue/{file}.csv"):
            name = one_line(r["name"].partition("|")[0]).rstrip(" .,")
            box = re.search(r"(\d+)/box", name)
            products.append(
                product(
                    sku=r["sku"],
                    manufacturer_part_number=r.get("manufacturer_part_number") or r["sku"],
                    manufacturer=r["brand"],
                    name=name,
                    family=family,
                    unit="box" if box else "pcs",
                    pack_size=box.group(1) if box else "1",
                )
            )
            prices.append({"sku": r["sku"], "minimum_quantity": "1", "unit_price": r["price"]})
            quantity = r.get("quantity_on_hand") or ("0" if r["in_stock"] == "False" else "")
            if quantity:
                stock += stock_rows(r["sku"], int(quantity), 1, CONSUMABLES_AS_OF)
    return products, prices, stock


# Fishing swivels ------------------------------------------------------------------------------------------------------

SPEC_NOTES = {"限量供应": "active", "停止生产": "ended", "取消": "ended", "客户要得很少": "active"}
SPEC_WORDS = (
    ("单一规格", "one size"), ("单一", "one size"), ("高档材质", "premium"), ("普通材质", "regular"),
    ("定制", "custom"), ("极小", "XXS "), ("小小", "XS "), ("特大", "XXL "), ("大大", "XL "), ("大", "large"),
    ("中", "medium"), ("小", "small"), ("原", "was "), ("粒", " pcs"), ("钱", " qian"), ("分", " fen"),
    ("Φ", "dia "), ("φ", "dia "),
    ("×", "x"), ("*", "x"),
)  # fmt: skip


class SwivelNames:
    """English names put together from the project's own list of terms, longest term first."""

    def __init__(self, terms: Path) -> None:
        self.terms = sorted(((r["zh"], one_line(r["en"])) for r in read(terms)), key=lambda pair: -len(pair[0]))

    def english(self, name_zh: str) -> str:
        parts = [self._part(part) for part in re.split(r"\+(?!\d)", name_zh.strip())]
        name = " with ".join([parts[0], " and ".join(parts[1:])]) if parts[1:] else parts[0]
        return name[0].upper() + name[1:]

    def _part(self, text: str) -> str:
        words, rest = [], text.strip()
        while rest:
            found = next(((zh, en) for zh, en in self.terms if rest.startswith(zh)), None)
            if found is None:
                sys.exit(f"data/swivel_terms.csv has no term for {rest!r} in {text!r}.")
            words.append(found[1])
            rest = rest[len(found[0]) :].strip()
        return " ".join(words)


def swivel_item(code: str) -> str:
    code = unicodedata.normalize("NFKC", code).strip().replace("未知", "NEW-")
    return re.sub(r"^YM(?=\d)", "YM-", code).replace("--", "-X")


def swivel_spec(spec: str) -> tuple[str, str]:
    """The specification without the notes typed into the cell, and the status that the notes mean."""
    status = "active"
    spec = unicodedata.normalize("NFKC", spec.partition("\t")[0]).strip().strip("!")
    for note, meaning in SPEC_NOTES.items():
        if note in spec:
            spec, status = spec.replace(note, "").replace("()", ""), meaning
    return one_line(spec), status


def english_spec(spec: str) -> str:
    for zh, en in SPEC_WORDS:
        spec = spec.replace(zh, en)
    return one_line(spec.replace("( ", "(").replace(" )", ")"))


def sku_part(spec: str) -> str:
    return re.sub(r"-+", "-", re.sub(r"[^A-Za-z0-9.]+", "-", english_spec(spec).replace("+", "-P"))).strip("-").upper()


def swivel_products(source: Path, names: SwivelNames) -> tuple[list[Record], dict[tuple[str, str, str], str]]:
    """Products of the newest list, and the SKU of each of its keys (item code, name, specification)."""
    products: list[Record] = []
    sku_of: dict[tuple[str, str, str], str] = {}
    used: Counter[str] = Counter()
    for r in read(source / "catalogue/swivels_cny_2024-02-22b.csv"):
        spec, status = swivel_spec(r["spec"])
        base = f"{swivel_item(r['item_code'])}-{sku_part(spec)}"
        used[base] += 1
        sku = base if used[base] == 1 else f"{base}-V{used[base]}"
        sku_of[r["item_code"], r["name_zh"], r["spec"]] = sku
        products.append(
            product(
                sku=sku,
                manufacturer_part_number=f"{swivel_item(r['item_code'])} {spec}",
                manufacturer=SWIVEL_MAKER,
                name=f"{names.english(r['name_zh'])} {english_spec(spec)}",
                name_zh=f"{one_line(r['name_zh'])} {spec}",
                family="TACKLE",
                status=status,
            )
        )
    return products, sku_of


def swivel_prices(source: Path, version: str, sku_of: dict[tuple[str, str, str], str]) -> list[Record]:
    """Prices of one list, net and, where stated, with VAT.

    Left out: notes in the price cell, zero, unknown keys, keys repeated with two prices.
    """
    prices: dict[str, dict[str, str]] = {}
    for r in read(source / f"catalogue/swivels_cny_{version}.csv"):
        sku = sku_of.get((r["item_code"], r["name_zh"], r["spec"]))
        if sku and is_price(r["price_excl_vat"]):
            gross = r["price_incl_vat"] if is_price(r["price_incl_vat"]) else ""
            prices.setdefault(sku, {}).setdefault(r["price_excl_vat"], gross)
    return [
        {"sku": sku, "minimum_quantity": "1", "unit_price": net, "gross_unit_price": gross}
        for sku, amounts in prices.items()
        if len(amounts) == 1
        for net, gross in amounts.items()
    ]


def is_price(text: str) -> bool:
    """Whether a cell holds a number above zero, whole: of some the first digit is cut off."""
    return bool(re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text)) and Decimal(text) > 0


# Network devices ------------------------------------------------------------------------------------------------------


def network_products(source: Path) -> list[Record]:
    products: dict[str, Record] = {}
    for r in read(source / "catalogue/network_devices.csv"):
        if r["manufacturer"] not in NETWORK_MAKERS or not r["part_number"].strip():
            continue
        number = one_line(r["part_number"])
        sku = f"{r['manufacturer'].split()[0].upper()}-{number}"
        products.setdefault(
            sku.casefold(),
            product(
                sku=sku,
                manufacturer_part_number=number,
                manufacturer=r["manufacturer"],
                name=f"{r['manufacturer']} {one_line(r['model'])}",
                family="NETWORK",
                description=shorten(r["interface_types"]),
            ),
        )
    return list(products.values())


def main() -> None:
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    source = Path(sys.argv[1])
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).resolve().parent.parent / "data"
    components = component_records(source)
    barcode, barcode_prices, barcode_stock = barcode_products(source)
    terms = Path(__file__).resolve().parent.parent / "data/swivel_terms.csv"
    swivels, sku_of = swivel_products(source, SwivelNames(terms))
    products = [*component_products(components), *barcode, *swivels, *network_products(source)]
    repeated = [sku for sku, times in Counter(p["sku"].casefold() for p in products).items() if times > 1]
    if repeated:
        sys.exit(f"SKUs that are not unique: {repeated}")
    stock = [
        row
        for r in components
        for row in stock_rows(r["sku"], int(r["stock_qty"]), int(r["order_multiple"] or 1), COMPONENTS_AS_OF)
    ]
    prices = component_prices(source, {r["sku"] for r in components})
    families = [dict(zip(("code", "name", "name_zh"), family, strict=True)) for family in FAMILIES]
    write(target / "families.csv", ("code", "name", "name_zh"), families)
    write(target / "products.csv", PRODUCT_COLUMNS, products)
    write(target / "list_prices_usd.csv", PRICE_COLUMNS, [*prices, *barcode_prices])
    for file, version in (("list_prices_cny", "2024-02-22b"), ("list_prices_cny_2023-10-19", "2023-10-19")):
        prices = swivel_prices(source, version, sku_of)
        is_taxed = any(price["gross_unit_price"] for price in prices)
        write(target / f"{file}.csv", TAXED_COLUMNS if is_taxed else PRICE_COLUMNS, prices)
    write(target / "stock.csv", STOCK_COLUMNS, [*stock, *barcode_stock])
    for name, columns, rows in (select_customers(source), select_partners(source)):
        write(target / name, columns, rows)


if __name__ == "__main__":
    main()
