"""The only door through which files leave. Who is not entitled gets the same answer as for a file that is not there."""

from __future__ import annotations

import uuid
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from concord.documents.access import access_collateral
from concord.documents.actions.downloads import record_download
from concord.documents.files import KINDS, download_name
from concord.documents.models import Collateral
from concord.documents.views.doors import for_library_readers
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
    kind = KINDS.get(document.file_extension.casefold())
    mime = kind.mime if kind else "application/octet-stream"
    response: HttpResponseBase
    if settings.PRIVATE_FILES_PREFIX:
        # The web server sends the file from a place that it gives to nobody else (X-Accel-Redirect).
        response = HttpResponse(content_type=mime)
        response["X-Accel-Redirect"] = f"{settings.PRIVATE_FILES_PREFIX}{quote(document.file.name)}"
    else:
        response = FileResponse(document.file.open("rb") if with_content else iter(()), content_type=mime)
    name = download_name(document.title, document.version, document.file_extension)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
