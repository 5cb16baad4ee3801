"""A bill of materials handed in as a file: read, put into the list, and priced like any pasted list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from concord.portal.doors import extranet_page
from concord.portal.tabular import Limits, TableRefusedError, read_rows
from concord.pricing.forms.price_check import BillForm
from concord.pricing.pasted import MAX_LINES
from concord.pricing.queries.bill_of_materials import lines_of_bill, list_of_bill
from concord.pricing.views.price_check import answer_list, refuse_bill, sees_prices

LIMITS = Limits(max_bytes=5 << 20, max_rows=5_000)


@require_POST
@extranet_page(sees_prices)
def bill_of_materials(request: HttpRequest) -> HttpResponse:
    """The page with the list filled from the file and answered; a file that cannot be read is told at its field."""
    form = BillForm(request.POST, request.FILES)
    if not form.is_valid():
        return refuse_bill(request, form)
    try:
        lines = lines_of_bill(read_rows(form.cleaned_data["file"], limits=LIMITS))
    except TableRefusedError as refusal:
        form.add_error("file", " ".join(str(error.message) for error in refusal.errors))
        return refuse_bill(request, form)
    if not lines:
        form.add_error("file", _("No line of the file names a part."))
    elif len(lines) > MAX_LINES:
        form.add_error("file", _("At most %(limit)s lines at once.") % {"limit": MAX_LINES})
    if form.errors:
        return refuse_bill(request, form)
    return answer_list(request, list_of_bill(lines))
