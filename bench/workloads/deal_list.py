"""`My deals` as a partner's administrator opens it: the page over HTTP, any filter, any page."""

from __future__ import annotations

from collections.abc import Sequence

from bench.frame import Case
from bench.server import Server
from bench.workloads.deals import deals_loaded

# The same columns: the protection's end and the latest quote stand beside each row.
_FLOOR = """
SELECT d.id, d.title, d.customer_name, d.review_status, d.sales_stage, d.updated_at, p.name, u.name,
       (SELECT upper(r.period) FROM deals_protection r WHERE r.deal_id = d.id AND r.partner_id = 1
        AND r.period @> now() ORDER BY upper(r.period) LIMIT 1),
       q.customer_total, q.currency
FROM deals_deal d JOIN partners_partner p ON p.id = d.partner_id JOIN portal_user u ON u.id = d.owner_id
LEFT JOIN LATERAL (
    SELECT customer_total, currency FROM pricing_quote WHERE story_type = 'deal' AND story_uuid = d.uuid
    AND partner_id = 1 AND status IN ('issued', 'accepted') ORDER BY issued_at DESC LIMIT 1
) q ON true
WHERE d.partner_id = 1 AND ({condition}) ORDER BY d.id DESC LIMIT 50 OFFSET %s
"""
_ASKED: Sequence[tuple[str, dict[str, str], str, int]] = (
    ("", {}, "true", 0),
    ("page=7", {}, "true", 300),
    ("state=won", {"sales_stage": "won"}, "d.sales_stage = 'won'", 0),
    ("state=submitted", {"review_status": "submitted"}, "d.review_status = 'submitted'", 0),
)


class DealList:
    """The list's rows with their figures beside the same rows in bare SQL."""

    name = "deal-list"
    title = "My deals"
    sizes: Sequence[int] = (10_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the deals."""
        from django.db import connection
        from django.utils import timezone

        from concord.deals.queries.deals import deals_with_figures
        from concord.portal.actor import actor_for_user
        from concord.portal.enums import Door
        from concord.portal.models import User

        deals_loaded(server, size, seed)
        actor = actor_for_user(User.objects.get(pk=1), Door.EXTRANET)

        def product(number: int) -> object:
            _query, narrowed, _condition, offset = _ASKED[number % len(_ASKED)]
            found = deals_with_figures(actor, now=timezone.now()).filter(**narrowed).order_by("-pk")
            return list(found[offset : offset + 50])

        def floor(number: int) -> object:
            _query, _narrowed, condition, offset = _ASKED[number % len(_ASKED)]
            with connection.cursor() as cursor:
                cursor.execute(_FLOOR.format(condition=condition), [offset])
                return cursor.fetchall()

        assert [deal.pk for deal in product(0)] == [row[0] for row in floor(0)]  # type: ignore[attr-defined]
        return Case(product, floor, calls=20)


class DealListPage:
    """The list's whole page over HTTP: rows, figures of the funnel, totals, filters."""

    name = "deal-list-page"
    title = "My deals, the page"
    sizes: Sequence[int] = (10_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the deals and sign in as the first partner's administrator."""
        from django.test import Client

        from concord.portal.models import User

        deals_loaded(server, size, seed)
        client = Client()
        client.force_login(User.objects.get(pk=1))

        def product(number: int) -> object:
            answer = client.get(f"/deals/?{_ASKED[number % len(_ASKED)][0]}")
            assert answer.status_code == 200
            return answer

        return Case(product, calls=8)


class DealPage:
    """A deal's page with a timeline of sixty facts, over HTTP, beside the bare SQL of deal and story."""

    name = "deal-page"
    title = "A deal's page"
    sizes: Sequence[int] = (10_000, 1_000_000)
    quick: Sequence[int] = (10_000,)

    def prepare(self, server: Server, size: int, seed: int) -> Case:
        """Load the deals and sign in as the owner."""
        from django.db import connection
        from django.test import Client

        from bench.data.deals import STORIES
        from bench.data.rows import numbered_uuid
        from concord.portal.models import User

        deals_loaded(server, size, seed)
        client = Client()
        client.force_login(User.objects.get(pk=1))

        def product(number: int) -> object:
            answer = client.get(f"/deals/{numbered_uuid(number % STORIES + 1)}/")
            assert answer.status_code == 200
            return answer

        def floor(number: int) -> object:
            subject = numbered_uuid(number % STORIES + 1)
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM deals_deal WHERE uuid = %s", [subject])
                found = cursor.fetchall()
                cursor.execute("SELECT * FROM portal_event WHERE subject_uuid = %s ORDER BY sequence", [subject])
                return found, cursor.fetchall()

        return Case(product, floor, calls=12)
