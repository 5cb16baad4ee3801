"""Choices of the catalogue, prices, quotes and stock."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Lifecycle(models.TextChoices):
    """Where a product is in its life."""

    ANNOUNCED = "announced", _("Announced")
    ACTIVE = "active", _("Active")
    LAST_BUY = "last_buy", _("Last buy")
    ENDED = "ended", _("Ended")


class ProductDocumentKind(models.TextChoices):
    """What a document says of a product."""

    IMAGE = "image", _("Picture")
    DATA_SHEET = "data_sheet", _("Data sheet")
    MANUAL = "manual", _("Manual")
    DRAWING = "drawing", _("Drawing")
    OTHER = "other", _("Other")


class ReservationStage(models.TextChoices):
    """How firmly stock is kept for a quote."""

    HELD = "held", _("Held for a quote in force")
    FIRM = "firm", _("Kept for an accepted quote")


class DemandSource(models.TextChoices):
    """How it showed that something could not be had."""

    ASKED = "asked", _("Asked for")
    QUOTED = "quoted", _("Quoted")


class VersionStatus(models.TextChoices):
    """Where a version of a price list stands. Draft prices hold nowhere."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")


class PriceKind(models.TextChoices):
    """What an amount is. The three are never mixed."""

    CUSTOMER = "customer", _("Customer price")
    PARTNER_NET = "partner_net", _("Partner net")
    RECOMMENDED = "recommended", _("Recommended price")


class QuoteStatus(models.TextChoices):
    """The life of a quote. Accepted, declined, withdrawn and superseded are final; so is expired for everybody but the
    vendor, who may honour it.
    """

    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("In force")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")


#: what can be done with a quote, and the states that allow it; ``supersede`` is said of the revision before
QUOTE_DEED_STATES: dict[str, frozenset[QuoteStatus]] = {
    "edit": frozenset({QuoteStatus.DRAFT}),
    "issue": frozenset({QuoteStatus.DRAFT}),
    "reprice": frozenset({QuoteStatus.DRAFT, QuoteStatus.ISSUED}),
    "revise": frozenset({QuoteStatus.ISSUED, QuoteStatus.EXPIRED, QuoteStatus.DECLINED}),
    "accept": frozenset({QuoteStatus.ISSUED}),
    "decline": frozenset({QuoteStatus.ISSUED}),
    "withdraw": frozenset({QuoteStatus.ISSUED}),
    "honour": frozenset({QuoteStatus.EXPIRED}),
    "supersede": frozenset(
        {QuoteStatus.ISSUED, QuoteStatus.EXPIRED, QuoteStatus.DECLINED, QuoteStatus.WITHDRAWN, QuoteStatus.SUPERSEDED},
    ),
}


class PriceEnd(models.TextChoices):
    """Why a price ends by itself."""

    LIST = "list", _("The price list ends.")
    PROMOTION = "promotion", _("The promotion ends.")
    SPECIAL_PRICE = "special_price", _("The special price ends.")
    PROMISE = "promise", _("The promised price ends, and another one is in force.")


class SpecialPriceStatus(models.TextChoices):
    """The life of a special price request."""

    REQUESTED = "requested", _("Requested")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    ENDED = "ended", _("Ended")


class LineChange(models.TextChoices):
    """What changed of a line from one revision to the next."""

    ADDED = "added", pgettext_lazy("line of a quote", "Added")
    GONE = "gone", pgettext_lazy("line of a quote", "Gone")
    QUANTITY = "quantity", pgettext_lazy("line of a quote", "Quantity")
    PRICE = "price", pgettext_lazy("line of a quote", "Price")
    NET = "net", pgettext_lazy("line of a quote", "Own net")
    KIND = "kind", pgettext_lazy("line of a quote", "Kind of price")


class ExceptionKind(models.TextChoices):
    """What stands in the queue of conflicts and exceptions."""

    REFUSED_PRICE = "refused_price", _("Refused attempt at another price")
    AGAINST_PROMISE = "against_promise", _("Special price asked for against a promise")
    REPRICED = "repriced", _("Repriced")
    DRIFT = "drift", _("Line that no longer follows from its rules")
    PROBING = "probing", _("Many different prices tried for one item")


class ExceptionState(models.TextChoices):
    """Whether somebody still has to look at it."""

    OPEN = "open", pgettext_lazy("price exception", "Open")
    RESOLVED = "resolved", pgettext_lazy("price exception", "Resolved")
    DISMISSED = "dismissed", pgettext_lazy("price exception", "Dismissed")


class RivalNotice(models.TextChoices):
    """How another live quote for the same item compares; never whose it is, nor its amount."""

    EQUAL = "equal", _("Another live quote for this item has the same price.")
    LOWER = "lower", _("Another live quote for this item is lower.")
    HIGHER = "higher", _("Another live quote for this item is higher.")
    OTHER_CURRENCY = "other_currency", _("Another live quote for this item is in another currency.")
    EXISTS = "exists", _("There is another live quote for this item.")


class CheckVerdict(models.TextChoices):
    """What the public check answers for a code."""

    IN_FORCE = "in_force", _("Genuine and in force")
    ACCEPTED = "accepted", _("Genuine and accepted")
    SUPERSEDED = "superseded", _("Superseded by a newer revision")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    UNKNOWN = "unknown", _("Not one of our quotes")


class CheckKind(models.TextChoices):
    """What somebody did on the check page."""

    CODE = "code", _("Code entered")
    DOCUMENT = "document", _("Document checked")
    LINES_ASKED = "lines_asked", _("Lines asked for")
    LINES_SHOWN = "lines_shown", _("Lines shown")


class DocumentVerdict(models.TextChoices):
    """What the check says of a PDF that was handed in."""

    ORIGINAL = "original", _("The original document")
    APPENDED = "appended", _("Changed after it was made")
    EDITED = "edited", _("Its text was changed")
    RESAVED = "resaved", _("Not the original file")
    NOT_OURS = "not_ours", _("Not one of our documents")
    UNREADABLE = "unreadable", _("The file cannot be read")


class Difference(models.TextChoices):
    """Why two quotes differ, in general or on a line."""

    REVISION = "revision", _("They are two revisions of the same quote.")
    DATE = "date", _("They were issued on different days, and prices changed in between.")
    VALIDITY = "validity", _("They are valid until different days.")
    CUSTOMER = "customer", _("The customer's name is written differently on them.")
    PARTNER = "partner", _("They come from different partners.")
    CURRENCY = "currency", _("They are in different currencies.")
    PRODUCTS = "products", _("They offer different products.")
    QUANTITY = "quantity", _("They offer different quantities, and the price depends on the quantity.")
    AMOUNT = "amount", _("They offer different quantities at the same price.")
    SPECIAL_PRICE = "special_price", _("A special price was agreed on one of them.")
    PROMOTION = "promotion", _("A promotion was running for one of them.")
    PROMISE = "promise", _("A price promised earlier holds on one of them.")
    KIND = "kind", _("One shows customer prices, the other recommended prices.")


class WayOut(models.TextChoices):
    """What can be done about a refused price."""

    TAKE_PROMISED_PRICE = "take_promised_price", _("Take the price in force")
    ASK_SPECIAL_PRICE = "ask_special_price", _("Ask for a special price")
    REPRICE = "reprice", _("Reprice all quotes of this customer")
    REGISTER_DEAL = "register_deal", _("Register the deal first")


#: what happens to quotes and to the promises of prices, for histories and notices
QUOTE_EVENT_LABELS = {
    "quote.drafted": _("Quote drafted"),
    "quote.edited": _("Quote changed"),
    "quote.discarded": _("Draft discarded"),
    "quote.issued": _("Quote issued"),
    "quote.document_ready": _("Quote's document ready"),
    "quote.document_stamped": _("Quote's document got its time stamp"),
    "quote.accepted": _("Quote accepted"),
    "quote.declined": _("Quote declined"),
    "quote.withdrawn": _("Quote withdrawn"),
    "quote.superseded": _("Quote superseded by a new revision"),
    "quote.expired": _("Quote expired"),
    "quote.honoured": _("Expired quote honoured"),
    "quote.shortened": _("Quote ends earlier, with its prices"),
    "quote.repriced": _("Quote repriced"),
    "quote.lines_asked": _("Lines asked for on the check page"),
    "quote.lines_shown": _("Lines shown to the customer on the check page"),
    "special_price.requested": _("Special price asked for"),
    "special_price.step_approved": _("Special price approved by the first of two"),
    "special_price.approved": _("Special price approved"),
    "special_price.rejected": _("Special price rejected"),
    "price_exception.opened": _("Price conflict noted"),
    "price_exception.resolved": _("Price conflict resolved"),
    "price_exception.dismissed": _("Price conflict dismissed"),
    "benefit.granted": _("Registration benefit granted"),
    "benefit.ended": _("Registration benefit ended"),
    "benefit.extended": _("Registration benefit extended"),
}


#: what happened to catalogue and price lists, for people
CATALOGUE_EVENT_LABELS = {
    "price_list.created": _("Price list made"),
    "price_list.drafted": _("Price list version drafted"),
    "price_list.published": _("Price list version published"),
    "price_list.publication_asked": _("Publication of a large price list version asked for"),
    "price_list.publication_refused": _("Publication of a price list version refused"),
    "price_list.restored": _("Old price list version brought back as a draft"),
    "price_list.draft_discarded": _("Draft of a price list put away"),
    "price_list.announced": _("New price list version announced"),
    "price_list.unscheduled": _("Scheduled price list version taken back to a draft"),
    "price_list.unscheduling_asked": _("Taking back of a large price list version asked for"),
    "price_list.unscheduling_refused": _("Taking back of a price list version refused"),
    "price_list.called_off": _("Announced price list version called off"),
    "price_list.turned": _("Price list version came into force or ended"),
    "stock.fed": _("Stock figures sent"),
    "price_rule.saved": _("Discount or promotion saved"),
    "price_list.saved": _("Price list saved"),
    "product.saved": _("Product saved"),
    "warehouse.saved": _("Warehouse saved"),
    "substitute.saved": _("Substitute saved"),
    "product_document.saved": _("Document put to a product"),
    "stock.held": _("Stock held"),
    "stock.kept": _("Stock kept for an accepted quote"),
    "stock.freed": _("Stock set free"),
}
