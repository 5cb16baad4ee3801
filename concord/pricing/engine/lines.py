"""What may be asked of a product, before any price is looked for."""

from decimal import Decimal

from concord.pricing.engine.context import MAX_QUANTITY
from concord.pricing.engine.receipt import number_text
from concord.pricing.engine.results import ErrorCode, LineError
from concord.pricing.engine.rulebook import SOLD_STATUSES, Product


def quantity_error(quantity: int | Decimal, product: Product) -> LineError | None:
    """What is wrong with the quantity of one line by itself."""
    if isinstance(quantity, Decimal) and not quantity.is_finite():
        return _error(ErrorCode.QUANTITY_NOT_A_NUMBER, product, quantity)
    if quantity <= 0:
        return _error(ErrorCode.QUANTITY_NOT_POSITIVE, product, quantity)
    if quantity > MAX_QUANTITY:
        return _error(ErrorCode.QUANTITY_TOO_LARGE, product, quantity, maximum=MAX_QUANTITY)
    if isinstance(quantity, Decimal) and not _fits(quantity, product.unit_decimals):
        return _error(ErrorCode.QUANTITY_TOO_FINE, product, quantity, decimals=product.unit_decimals)
    return None


def order_error(total: int | Decimal, product: Product) -> LineError | None:
    """What is wrong with ordering this total of the product: all its lines together are one order."""
    if product.status not in SOLD_STATUSES:
        return LineError(ErrorCode.PRODUCT_NOT_SOLD, {"sku": product.sku, "status": product.status})
    if total > MAX_QUANTITY:
        return _error(ErrorCode.QUANTITY_TOO_LARGE, product, total, maximum=MAX_QUANTITY)
    if total < product.minimum_order_quantity:
        return _error(ErrorCode.BELOW_MINIMUM_ORDER, product, total, minimum=product.minimum_order_quantity)
    if product.order_multiple > 1 and total % product.order_multiple:
        multiple = product.order_multiple
        upper = int(total // multiple + 1) * multiple
        return _error(ErrorCode.NOT_ORDER_MULTIPLE, product, total, multiple=multiple, upper=upper)
    return None


def _fits(quantity: Decimal, decimals: int) -> bool:
    exponent = quantity.as_tuple().exponent
    assert isinstance(exponent, int)
    return -exponent <= decimals or quantity == quantity.quantize(Decimal(1).scaleb(-decimals))


def _error(code: ErrorCode, product: Product, quantity: int | Decimal, **params: int) -> LineError:
    return LineError(code, {"sku": product.sku, "quantity": _shown(quantity), **params})


def _shown(quantity: int | Decimal) -> str:
    """Plain digits while they are few; a number of a million digits is told by its size."""
    number = Decimal(quantity)
    if not number.is_finite():
        return str(number)
    if number.adjusted() > 18 or number.as_tuple().exponent < -18:  # type: ignore[operator]
        return format(number, ".3e")
    return number_text(number)
