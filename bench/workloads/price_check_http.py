"""A price check over HTTP: the whole stack in process, token checked, beside the least that DRF takes for it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from bench.frame import Case
from bench.server import Server
from bench.workloads.catalogue import baskets, catalogue_loaded, partner_of_bench, prices_wanted

_ASKED = 50
_ACCEPTED = 200


class PriceCheckHttp:
    """``POST /api/v1/price-checks/`` with receipts, stock, notices and a token to build a quote on."""

    name = "price-check-http"
    title = "Price check over HTTP by number of lines"
    sizes: Sequence[int] = (1, 10, 100, 1_000)
    quick: Sequence[int] = (1, 10, 100)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the prices; both sides answer the same number of rows to the same client."""
        from django.conf import settings
        from django.test import Client, override_settings
        from django.urls import clear_url_caches

        from bench.workloads.bare_view import BareView
        from concord.partners.models import Tier

        settings.ROOT_URLCONF = "bench.workloads.bare_view"  # the portal's addresses, and the bare one beside them
        clear_url_caches()
        prices = prices_wanted()
        catalogue_loaded(server, prices, seed, in_force=True)
        BareView.tier = Tier.objects.get(code="bench").pk
        bodies = [
            json.dumps(
                {"currency": "USD", "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in one.lines]}
            )
            for one in baskets(prices, size, seed, _ASKED)
        ]
        headers = {"authorization": f"Bearer {_token()}"}
        whole, bare = Client(headers=headers), Client(headers=headers)
        whole.handler.load_middleware()
        with override_settings(MIDDLEWARE=["allauth.account.middleware.AccountMiddleware"]):  # tokens need it
            bare.handler.load_middleware()

        def product(number: int) -> Any:
            return _answer(whole, "/api/v1/price-checks/", bodies[number % _ASKED])

        def floor(number: int) -> Any:
            return _answer(bare, "/bare/", bodies[number % _ASKED])

        told, said = product(0).json(), floor(0).json()
        amounts = {line["sku"]: float(line["customer_amount"]["amount"]) for line in told["lines"]}
        if any(abs(amounts[line["sku"]] - float(line["customer_amount"])) > 0.01 for line in said["lines"]):
            raise RuntimeError("the product and its floor price differently")
        return Case(
            product,
            floor,
            calls=max(3, min(30, 1_000 // size)),
            figures={"prices": prices, "kilobytes": round(len(product(0).content) / 1000, 1)},
        )


def _answer(client: Any, address: str, body: str) -> Any:
    answer = client.post(address, body, content_type="application/json")
    if answer.status_code != _ACCEPTED:
        raise RuntimeError(f"{address} answered {answer.status_code}")
    return answer


def _token() -> str:
    """A token of a client of the benchmark's company, by the portal's own way to one."""
    from django.test import Client

    from concord.partners.actions.api_clients import create_api_client
    from concord.partners.models import ApiClient, Partner
    from concord.portal.actor import portal_actor
    from concord.portal.enums import Door

    ApiClient.objects.unscoped("those of earlier runs").filter(name="Bench").delete()
    partner = Partner.objects.unscoped("the benchmark's own partner").get(pk=partner_of_bench())
    made, secret = create_api_client(
        actor=portal_actor(Door.SHELL), name="Bench", scopes=["prices:read"], partner=partner
    )
    grant = {"grant_type": "client_credentials", "client_id": made.client.id, "client_secret": secret}
    token: str = Client().post("/api/oauth/token", grant).json()["access_token"]
    return token
