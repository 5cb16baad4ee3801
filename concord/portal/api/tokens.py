"""Where systems fetch their tokens. Each asking costs a password check, so it is metered by address."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.idp.oidc import views as token_views
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from concord.portal.limits import Limit, TooMany, spend

#: far above what clients need, which keep a token until it expires
ASKED = Limit("token", 120, timedelta(minutes=1))


@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    """A token for a client's id and secret; 429 with ``Retry-After`` for an address that asks too often.

    The errors are those of OAuth 2.0 (RFC 6749, 5.2).
    """
    try:
        spend(ASKED, str(get_adapter(request).get_client_ip(request)))
    except TooMany as refusal:
        told = {"error": "temporarily_unavailable", "error_description": str(refusal.message)}
        return JsonResponse(told, status=429, headers={"Retry-After": str(refusal.retry_after)})
    answer: HttpResponse = token_views.token(request)
    return answer
