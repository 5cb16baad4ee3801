"""The only door through which files leave. Who is not entitled gets the same answer as for a file that is not there."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from concord.documents.access import access_collateral
from concord.documents.actions.downloads import record_download
from concord.documents.files import download_name
from concord.documents.models import Collateral
from concord.documents.views.doors import for_library_readers
from concord.documents.views.serving import send_file
from concord.portal.middleware import actor_of
from concord.portal.refusals import NotThere


@require_safe
@for_library_readers
def download(request: HttpRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The file, as an attachment for this reader alone. Counted; a HEAD request is not.

    No validator of the content (ETag) is sent: it would tell whether somebody's file is the library's.
    """
    actor, now = actor_of(request), timezone.now()
    try:
        document = access_collateral(actor=actor, public_id=public_id, now=now)
    except NotThere as refusal:
        raise Http404 from refusal
    if not document.file.storage.exists(document.file.name):
        raise Http404
    if request.method == "GET":
        record_download(actor=actor, collateral=document, now=now)
    return _file(document, with_content=request.method == "GET")


def _file(document: Collateral, *, with_content: bool) -> HttpResponseBase:
    extension = document.file_extension
    name = download_name(document.title, document.version, extension)
    return send_file(document.file, name=name, extension=extension, with_content=with_content)
