"""Numbers of the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

#: news older than this is not called unread any more
NEWS_STAYS_NEW: Final = timedelta(days=60)
NEWS_ON_HOME: Final = 4
NEWS_PER_PAGE: Final = 12
#: results of each package: on the search page, and below the field while somebody types
RESULTS_ON_PAGE: Final = 10
RESULTS_WHILE_TYPING: Final = 4

#: what the groups of search results are called, by the name of the package's provider
SEARCH_GROUPS: Final = {
    "deals": _("Deals"),
    "leads": _("Leads"),
    "customers": _("Customers"),
    "quotes": _("Quotes"),
    "products": _("Products"),
    "library": _("Library"),
    "pages": _("News and knowledge"),
}
