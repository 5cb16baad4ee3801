"""Bringing a file of prices into a draft version of a price list, as sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.portal.enums import Visibility
from concord.portal.events import Subject, record
from concord.portal.imports import Counts, Loading, Stage, execute, fetch, known_answer, remember
from concord.portal.locking import Space, lock
from concord.pricing.enums import VersionStatus
from concord.pricing.models import PriceList, PriceListVersion

# Written anew rather than updated: a million updated rows would be a million dead ones beside them.
_NAME = """
CREATE TEMP TABLE price_named ON COMMIT DROP AS
SELECT s.row, s.sku, s.minimum_quantity, s.unit_price, s.gross_unit_price, p.id AS product_id
FROM price_stage s LEFT JOIN pricing_product p ON upper(p.sku) = upper(s.sku);
DROP TABLE price_stage;
ALTER TABLE price_named RENAME TO price_stage;
ANALYZE price_stage;
"""
_ANY_TWICE = """
SELECT EXISTS (
    SELECT FROM price_stage WHERE product_id IS NOT NULL GROUP BY product_id, minimum_quantity HAVING count(*) > 1
)
"""
# A feed that does not speak of taxes leaves what was said of an unchanged price.
_KEEP_GROSS = """
UPDATE price_stage s SET gross_unit_price = p.gross_unit_price FROM pricing_price p
WHERE p.version_id = %(base)s AND p.gross_unit_price IS NOT NULL AND p.product_id = s.product_id
  AND p.minimum_quantity = s.minimum_quantity AND p.unit_price = s.unit_price
"""
_UNKNOWN = "SELECT row, sku FROM price_stage WHERE product_id IS NULL ORDER BY row"
# A row that says the same once more is superfluous; of rows that say different things nobody knows which is right.
_REPEATED = """
SELECT row, other FROM (
    SELECT row, first_value(row) OVER (PARTITION BY product_id, minimum_quantity ORDER BY row) AS other
    FROM price_stage WHERE product_id IS NOT NULL
) numbered WHERE row <> other ORDER BY row
"""
_CONTRADICTED = """
SELECT row, other FROM (
    SELECT row, row_number() OVER (PARTITION BY product_id, minimum_quantity ORDER BY row) AS place,
           lead(row) OVER (PARTITION BY product_id, minimum_quantity ORDER BY row) AS other,
           min(unit_price) OVER (PARTITION BY product_id, minimum_quantity)
           <> max(unit_price) OVER (PARTITION BY product_id, minimum_quantity)
           OR min(COALESCE(gross_unit_price, 0)) OVER (PARTITION BY product_id, minimum_quantity)
           <> max(COALESCE(gross_unit_price, 0)) OVER (PARTITION BY product_id, minimum_quantity) AS contradicts
    FROM price_stage WHERE product_id IS NOT NULL
) numbered WHERE place = 1 AND contradicts ORDER BY row
"""
_SIBLINGS = """
SELECT s.row, s.sku FROM price_stage s
WHERE upper(s.sku) = ANY(%(skus)s) AND s.row <> ALL(%(rows)s) ORDER BY s.row
"""
_OF_STAGE = "SELECT DISTINCT upper(sku) FROM price_stage WHERE row = ANY(%(rows)s)"
_CARRY_OVER = """
INSERT INTO price_stage (row, sku, minimum_quantity, unit_price, gross_unit_price, product_id)
SELECT 0, '', p.minimum_quantity, p.unit_price, p.gross_unit_price, p.product_id FROM pricing_price p
WHERE p.version_id = %(base)s AND NOT EXISTS (SELECT FROM price_stage s WHERE s.product_id = p.product_id)
"""
_COMPARE = """
SELECT count(*) FILTER (WHERE p.id IS NULL),
       count(*) FILTER (WHERE p.id IS NOT NULL AND s.product_id IS NOT NULL AND NOT same.answer),
       count(*) FILTER (WHERE p.id IS NOT NULL AND s.product_id IS NOT NULL AND same.answer),
       count(*) FILTER (WHERE s.product_id IS NULL)
FROM price_stage s FULL JOIN (
    SELECT id, product_id, minimum_quantity, unit_price, gross_unit_price FROM pricing_price WHERE version_id = %(base)s
) p ON p.product_id = s.product_id AND p.minimum_quantity = s.minimum_quantity
CROSS JOIN LATERAL (
    SELECT p.unit_price = s.unit_price AND p.gross_unit_price IS NOT DISTINCT FROM s.gross_unit_price AS answer
) same
"""
_REMOVE = """
DELETE FROM pricing_price p WHERE p.version_id = %(version)s AND NOT EXISTS (
    SELECT FROM price_stage s WHERE s.product_id = p.product_id AND s.minimum_quantity = p.minimum_quantity
)
"""
_CHANGE = """
UPDATE pricing_price p SET unit_price = s.unit_price, gross_unit_price = s.gross_unit_price FROM price_stage s
WHERE p.version_id = %(version)s AND p.product_id = s.product_id AND p.minimum_quantity = s.minimum_quantity
  AND (p.unit_price <> s.unit_price OR p.gross_unit_price IS DISTINCT FROM s.gross_unit_price)
"""
_ADD = """
INSERT INTO pricing_price
    (price_list_id, version_id, product_id, minimum_quantity, unit_price, gross_unit_price, validity)
SELECT %(list)s, %(version)s, s.product_id, s.minimum_quantity, s.unit_price, s.gross_unit_price, 'empty'::tstzrange
FROM price_stage s WHERE NOT EXISTS (
    SELECT FROM pricing_price p WHERE p.version_id = %(version)s AND p.product_id = s.product_id
      AND p.minimum_quantity = s.minimum_quantity
) ORDER BY s.product_id, s.minimum_quantity
"""


# Of every price with its SKU: a product that is called otherwise now is another one to the file. Any row that differs
# changes both sums; rows are never the same twice.
_STATE = """
SELECT concat_ws(' ', count(*), bit_xor(hash_record_extended(r, 1)), bit_xor(hash_record_extended(r, 2)))
FROM pricing_price p JOIN pricing_product g ON g.id = p.product_id
CROSS JOIN LATERAL (
    SELECT ROW(g.sku, p.product_id, p.minimum_quantity, p.unit_price, p.gross_unit_price) AS r
) row
WHERE p.version_id = %(base)s
"""


def store_prices(
    *,
    loading: Loading,
    price_list: PriceList,
    rows: Iterable[tuple[int, str, int, Decimal, Decimal | None]],
    damaged: set[str],
    complete: bool = True,
    note: str = "",
) -> tuple[Counts, PriceListVersion | None]:
    """Make the prices ``(row number, SKU, from quantity, unit price, the same with tax)`` the draft of a list.

    Locks the list. Rejects unknown SKUs, repeated rows, and the other rows of a product of which one is wrong
    (``damaged`` are SKUs whose rows could not be read): half a ladder would give a wrong price. Compares with the
    newest version that has not ended: when nothing differs nothing is written, a draft is changed, else a new draft is
    made. Records ``price_list.drafted``. With ``complete`` false, products that the feed does not name keep theirs.

    Returns the counts, by row, and the draft; ``None`` when there is nothing new. A large whole list that comes again
    and still is what is stored is not read.
    """
    lock(Space.PRICE_LIST, [price_list.pk])
    base = _newest(price_list)
    told = known_answer(loading, kind="prices", subject=price_list.code, state=_state_of(base)) if complete else None
    if told is not None:
        return Counts(unchanged=told["unchanged"]), _draft_or_none(base)
    stage = Stage(
        "price_stage",
        {
            "sku": "text",
            "minimum_quantity": "integer",
            "unit_price": "numeric(18,6)",
            "gross_unit_price": "numeric(18,6)",
        },
    )
    stage.fill(rows)
    _reject(loading, damaged)
    if base is not None and "gross_unit_price" not in loading.given:
        execute(_KEEP_GROSS, {"base": base.pk})
    if not complete:
        execute(_CARRY_OVER, {"base": base.pk if base else None})
    ((created, updated, unchanged, gone),) = fetch(_COMPARE, {"base": base.pk if base else None})
    counts = Counts(created=created, updated=updated, unchanged=unchanged, note=_note(gone))
    if not (created or updated or gone):
        _remember(loading, price_list, base, complete=complete)
        return counts, _draft_or_none(base)
    if not loading.may_write:
        return counts, None
    draft = _write(price_list, base, note)
    _remember(loading, price_list, draft, complete=complete)
    record(
        "price_list.drafted",
        actor=loading.context.actor,
        subject=Subject("price_list", price_list.uuid),
        payload={
            "list": price_list.code,
            "version": draft.number,
            "created": created,
            "updated": updated,
            "unchanged": unchanged,
            "gone": gone,
        },
        visibility=Visibility.INTERNAL,
    )
    return counts, draft


def _newest(price_list: PriceList) -> PriceListVersion | None:
    return price_list.versions.exclude(status=VersionStatus.ENDED).order_by("-number").first()


def _draft_or_none(base: PriceListVersion | None) -> PriceListVersion | None:
    return base if base is not None and base.status == VersionStatus.DRAFT else None


def _state_of(base: PriceListVersion | None) -> Callable[[], str]:
    return lambda: f"{base.pk} {fetch(_STATE, {'base': base.pk})[0][0]}" if base else ""


def _remember(loading: Loading, price_list: PriceList, base: PriceListVersion | None, *, complete: bool) -> None:
    if complete and base is not None:
        told = {"unchanged": loading.seen}
        remember(loading, kind="prices", subject=price_list.code, state=_state_of(base), told=told)


def _reject(loading: Loading, damaged: set[str]) -> None:
    execute(_NAME)
    loading.reject_found(
        fetch(_UNKNOWN), "sku", "unknown_sku", gettext_lazy("There is no product “%(value)s” in the catalogue.")
    )
    is_any_twice = fetch(_ANY_TWICE)[0][0]
    contradicted = fetch(_CONTRADICTED) if is_any_twice else []
    for found in (fetch(_REPEATED) if is_any_twice else [], contradicted):
        loading.reject_found(
            found,
            "sku",
            "repeated",
            gettext_lazy("Row %(value)s of the same file has a price for this product and quantity too."),
        )
    wrong = {*damaged, *(row[0] for row in fetch(_OF_STAGE, {"rows": [row for row, _other in contradicted]}))}
    if wrong and loading.takes_good_rows:
        loading.reject_found(
            fetch(_SIBLINGS, {"skus": sorted(wrong), "rows": loading.rejected_rows}),
            "sku",
            "incomplete_ladder",
            gettext_lazy("Another row of “%(value)s” is wrong; half of its prices would give wrong ones."),
        )
    if loading.rejected:
        execute("DELETE FROM price_stage WHERE row = ANY(%(rows)s)", {"rows": loading.rejected_rows})


def _write(price_list: PriceList, base: PriceListVersion | None, note: str) -> PriceListVersion:
    if base is not None and base.status == VersionStatus.DRAFT:
        draft = base
        execute(_REMOVE, {"version": draft.pk})
        execute(_CHANGE, {"version": draft.pk})
        draft.note = note or draft.note
        draft.save(update_fields=["note", "updated_at"])
    else:
        last = price_list.versions.order_by("-number").values_list("number", flat=True).first() or 0
        draft = PriceListVersion.objects.create(price_list=price_list, number=last + 1, note=note)
    execute(_ADD, {"list": price_list.pk, "version": draft.pk})
    return draft


def _note(gone: int) -> str:
    return _("Prices that are no longer in the list: %(count)s.") % {"count": gone} if gone else ""
