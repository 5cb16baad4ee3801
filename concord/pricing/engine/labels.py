"""Words for the engine's codes: steps of a receipt, bars of a waterfall, errors of a line."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from concord.pricing.engine.receipt import StepCode
from concord.pricing.engine.results import ErrorCode, LineError
from concord.pricing.engine.rulebook import RuleKind

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STEP_LABELS: "dict[str, _StrPromise]" = {
    StepCode.LIST_PRICE: _("List price"),
    StepCode.QUANTITY_BREAK: _("Quantity break"),
    StepCode.PROMOTION: _("Promotion"),
    StepCode.SPECIAL_PRICE: _("Special price"),
    StepCode.COMMITMENT: _("Promised price"),
    StepCode.CUSTOMER_PRICE: _("Customer price"),
    StepCode.TIER_DISCOUNT: _("Tier discount"),
    StepCode.REGISTRATION_BENEFIT: _("Registration benefit"),
    StepCode.PROGRAMME_BONUS: _("Programme bonus"),
    StepCode.FLOOR: _("Floor check"),
    StepCode.ROUND: _("Rounding"),
    "customer_unit_price": _("Customer price"),
    "partner_unit_net": _("Partner net"),
}

RULE_LABELS: "dict[str, _StrPromise]" = {
    RuleKind.LIST_PRICE: _("List price"),
    RuleKind.PROMOTION: _("Promotion"),
    RuleKind.SPECIAL_PRICE: _("Special price"),
    RuleKind.COMMITMENT: _("Price promise"),
    RuleKind.TIER_DISCOUNT: _("Tier discount"),
    RuleKind.REGISTRATION_BENEFIT: _("Registration benefit"),
    RuleKind.PROGRAMME_BONUS: _("Programme bonus"),
    RuleKind.FLOOR: _("Floor"),
}

ERROR_MESSAGES: "dict[str, _StrPromise]" = {
    ErrorCode.UNKNOWN_SKU: _("There is no product “%(sku)s” in the catalogue."),
    ErrorCode.UNKNOWN_CURRENCY: _("“%(currency)s” is not a currency."),
    ErrorCode.QUANTITY_NOT_A_NUMBER: _("The quantity of %(sku)s is not a number."),
    ErrorCode.QUANTITY_NOT_POSITIVE: _("The quantity of %(sku)s must be more than 0; it is %(quantity)s."),
    ErrorCode.QUANTITY_TOO_LARGE: _("The quantity of %(sku)s, %(quantity)s, is more than %(maximum)s."),
    ErrorCode.QUANTITY_TOO_FINE: _(
        "The quantity of %(sku)s, %(quantity)s, has too many decimals; allowed are %(decimals)s."
    ),
    ErrorCode.PRODUCT_NOT_SOLD: _("%(sku)s is not on sale at present."),
    ErrorCode.BELOW_MINIMUM_ORDER: _("The smallest order of %(sku)s is %(minimum)s; asked for are %(quantity)s."),
    ErrorCode.NOT_ORDER_MULTIPLE: _(
        "%(sku)s is sold in multiples of %(multiple)s; the nearest above %(quantity)s is %(upper)s."
    ),
    ErrorCode.NO_PRICE_IN_FORCE: _("%(sku)s has no price in %(currency)s in force at this moment."),
    ErrorCode.BELOW_FIRST_BREAK: _("The prices of %(sku)s begin at a quantity of %(minimum)s, not %(quantity)s."),
    ErrorCode.PROMISED_IN_OTHER_CURRENCY: _(
        "This customer has been promised a price for %(sku)s in %(promised_currency)s, so it cannot be quoted in"
        " %(currency)s."
    ),
    ErrorCode.PRICE_NOT_POSITIVE: _("The rules for %(sku)s do not come to a price above 0."),
}


def label_of(code: str) -> "_StrPromise":
    """The name of a step of a receipt or a bar of a waterfall."""
    return STEP_LABELS[code]


def error_text(error: LineError) -> str:
    """The sentence for a line's error, in the language in force."""
    return str(ERROR_MESSAGES[error.code]) % error.params
