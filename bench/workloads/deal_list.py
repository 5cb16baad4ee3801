"""`My deals` as a partner's administrator opens it: the page over HTTP, any filter, any page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.frame import Case
from bench.server import Server
from bench.workloads.deals import deals_loaded

# The page is cut first, then the protection's end and the latest quote are looked up beside each of its rows.
_FLOOR = """
SELECT d.id, d.uuid, d.title, d.customer_name, d.review_status, d.sales_stage, d.submitted_at, d.expected_close_on,
       d.updated_at, p.name, u.name,
       (SELECT upper(r.period) FROM deals_protection r WHERE r.deal_id = d.id AND r.partner_id = 1
        AND r.period @> now() ORDER BY upper(r.period) LIMIT 1),
       q.customer_total, q.currency
FROM (SELECT * FROM deals_deal d WHERE d.partner_id = 1 AND ({condition}) ORDER BY {order}, d.id DESC
      LIMIT 50 OFFSET {offset}) d
JOIN partners_partner p ON p.id = d.partner_id JOIN portal_user u ON u.id = d.owner_id
LEFT JOIN LATERAL (
    SELECT customer_total, currency FROM pricing_quote WHERE story_type = 'deal' AND story_uuid = d.uuid
    AND partner_id = 1 AND status IN ('issued', 'accepted') ORDER BY issued_at DESC LIMIT 1
) q ON true
ORDER BY {order}, d.id DESC
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """One way of looking at the list: its address, and the same in SQL."""

    address: str
    condition: str = "true"
    order: str = "d.submitted_at DESC"
    page: int = 1

    @property
    def count(self) -> str:
        return f"SELECT count(*) FROM deals_deal d WHERE d.partner_id = 1 AND ({self.condition})"  # noqa: S608 - constants

    def rows(self, found: int) -> str:
        """The page that is shown where so many rows were found: the last one when there are fewer."""
        last = max(1, -(-found // 50))
        return _FLOOR.format(condition=self.condition, order=self.order, offset=(min(self.page, last) - 1) * 50)


_ASKED: Sequence[_Asked] = (
    _Asked(""),
    _Asked("page=90", page=90),
    _Asked("sales_stage=won", "d.sales_stage = 'won'"),
    _Asked("review_status=submitted&page=5", "d.review_status = 'submitted'", page=5),
    _Asked("sort=customer_name&page=40", order="d.customer_name", page=40),
    _Asked("q=Hol", "d.title ILIKE '%Hol%' OR d.customer_name ILIKE '%Hol%'"),
    _Asked("whose=mine", "d.owner_id = 1"),
    _Asked("sort=title", order="d.title"),
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
        from django.http import QueryDict
        from django.test import RequestFactory
        from django.utils import timezone
        from django_tables2 import RequestConfig

        from concord.deals.filters import DealFilter
        from concord.deals.models import Deal
        from concord.deals.queries.deals import deals_listed
        from concord.deals.tables import DealTable
        from concord.portal.actor import actor_for_user
        from concord.portal.enums import Door
        from concord.portal.models import User
        from concord.portal.ui.tables import PagedRows

        deals_loaded(server, size, seed)
        person = User.objects.get(pk=1)
        actor = actor_for_user(person, Door.EXTRANET)

        def product(number: int) -> list[Deal]:
            request = RequestFactory().get("/deals/", QueryDict(_ASKED[number % len(_ASKED)].address).dict())
            request.user = person
            found = DealFilter(request.GET, queryset=Deal.objects.visible_to(actor), request=request)
            table = DealTable(PagedRows(found.qs, deals_listed(actor, now=timezone.now())))
            RequestConfig(request, paginate={"per_page": 50}).configure(table)
            return [row.record for row in table.page.object_list]

        def floor(number: int) -> list[tuple[object, ...]]:
            one = _ASKED[number % len(_ASKED)]
            with connection.cursor() as cursor:
                cursor.execute(one.count)
                cursor.execute(one.rows(cursor.fetchone()[0]))
                return list(cursor.fetchall())

        for number in range(len(_ASKED)):
            assert [deal.pk for deal in product(number)] == [row[0] for row in floor(number)], _ASKED[number]
        return Case(product, floor, calls=24)


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
            answer = client.get(f"/deals/?{_ASKED[number % len(_ASKED)].address}")
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
