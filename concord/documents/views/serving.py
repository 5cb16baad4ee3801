"""The one way in which a stored file is sent: as an attachment for this reader alone, without running anything."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header

from concord.documents.files import KINDS


def send_file(file: FieldFile, *, name: str, extension: str, with_content: bool) -> HttpResponseBase:
    """The file under a name. Whoever calls this has asked before whether the reader may have it.

    No validator of the content (ETag) is sent: it would tell whether somebody's file is the stored one.
    """
    kind = KINDS.get(extension.casefold())
    mime = kind.mime if kind else "application/octet-stream"
    response: HttpResponseBase
    if settings.PRIVATE_FILES_PREFIX:
        # The web server sends the file from a place that it gives to nobody else (X-Accel-Redirect).
        response = HttpResponse(content_type=mime)
        response["X-Accel-Redirect"] = f"{settings.PRIVATE_FILES_PREFIX}{quote(file.name or '')}"
    else:
        response = FileResponse(file.open("rb") if with_content else iter(()), content_type=mime)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(response, private=True, no_store=True)
    return response
