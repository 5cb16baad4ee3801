"""What hangs on the deals with a long story: people, promises, objections, work, and quotes of stocked products."""

from __future__ import annotations

from typing import Final

from bench.data.deals import STORIES
from bench.server import Server

_LOAD: Final = """
SET LOCAL session_replication_role = replica;
DELETE FROM deals_activity;
DELETE FROM deals_promise;
DELETE FROM deals_objection;
DELETE FROM deals_dealcontact;
DELETE FROM pricing_quoteline;
DELETE FROM pricing_stocklevel;
DELETE FROM pricing_product WHERE sku LIKE 'BRIEF-%';

INSERT INTO pricing_warehouse (uuid, created_at, updated_at, code, name, country)
VALUES (gen_random_uuid(), now(), now(), 'BRIEF', 'Hamburg', 'DE') ON CONFLICT (code) DO NOTHING;

INSERT INTO pricing_product (
    uuid, created_at, updated_at, sku, manufacturer_part_number, manufacturer, name, name_zh, unit, pack_size,
    minimum_order_quantity, order_multiple, description, status, search_key, family_id, part_key, sku_key
)
SELECT gen_random_uuid(), now(), now(), 'BRIEF-' || n, '', '', 'Product ' || n, '', 'pcs', 1, 1, 1, '', 'active', '',
       1, '', ''
FROM generate_series(1, 10) n;

INSERT INTO pricing_stocklevel (on_hand, reserved, as_of, product_id, warehouse_id)
SELECT 100, 3, now(), p.id, w.id FROM pricing_product p, pricing_warehouse w
WHERE p.sku LIKE 'BRIEF-%' AND w.code = 'BRIEF';

INSERT INTO deals_dealcontact (
    uuid, created_at, updated_at, deal_id, name, role, position, email, phone, language, note
)
SELECT gen_random_uuid(), now(), now(), d, 'Person ' || n, '', '', 'person-' || n || '@example.com', '', 'en', ''
FROM generate_series(1, current_setting('bench.stories')::int) d, generate_series(1, 4) n;

INSERT INTO deals_promise (
    uuid, created_at, updated_at, deal_id, kind, text, until_on, evidence, made_at, state, contact_id
)
SELECT gen_random_uuid(), now(), now(), c.deal_id, 'date', 'Promise to ' || c.name, '2030-01-01', '', now(), 'open',
       c.id
FROM deals_dealcontact c;

INSERT INTO deals_objection (uuid, created_at, updated_at, deal_id, text, raised_at, answer, contact_id)
SELECT gen_random_uuid(), now(), now(), c.deal_id, 'Too late for ' || c.name, now(), '', c.id
FROM deals_dealcontact c WHERE c.name <> 'Person 4';

INSERT INTO deals_activity (
    uuid, created_at, updated_at, deal_id, kind, happened_at, text, is_internal, next_step, next_due_at, by_id
)
SELECT gen_random_uuid(), now(), now(), d, 'call', now() - n * interval '1 day', 'Called', false, 'Call again',
       now() + n * interval '1 day', 1
FROM generate_series(1, current_setting('bench.stories')::int) d, generate_series(1, 12) n;

INSERT INTO pricing_quoteline (
    quote_id, position, sku, name, second_name, quantity, unit, price_kind, customer_unit_price, customer_amount,
    partner_unit_net, partner_amount, receipt, product_id
)
SELECT q.id, row_number() OVER (PARTITION BY q.id ORDER BY p.id), p.sku, p.name, '', 10, 'pcs', 'list', 10, 100, 8, 80,
       '{}', p.id
FROM pricing_quote q JOIN deals_deal d ON d.uuid = q.story_uuid, pricing_product p
WHERE d.id <= current_setting('bench.stories')::int AND q.status = 'issued' AND p.sku LIKE 'BRIEF-%';
"""

_DEAL: Final = """
SELECT d.*, p.name, u.name FROM deals_deal d JOIN partners_partner p ON p.id = d.partner_id
JOIN portal_user u ON u.id = d.owner_id WHERE d.id = %(deal)s
"""
_ACTIVITIES: Final = """
SELECT a.*, u.name FROM deals_activity a LEFT JOIN portal_user u ON u.id = a.by_id WHERE a.deal_id = %(deal)s
ORDER BY a.happened_at DESC LIMIT 50
"""
_QUOTES: Final = """
SELECT q.number, l.*,
       (SELECT sum(s.on_hand - s.reserved) FROM pricing_stocklevel s WHERE s.product_id = l.product_id)
FROM pricing_quote q JOIN pricing_quoteline l ON l.quote_id = q.id
WHERE q.story_type = 'deal' AND q.story_uuid = %(uuid)s AND q.status = 'issued' AND q.expires_at > now()
"""
_EVENTS: Final = """
SELECT * FROM portal_event WHERE subject_type = 'deal' AND subject_uuid = %(uuid)s ORDER BY sequence DESC LIMIT 10
"""
#: the same rows in bare SQL; parameters are the deal's number and its public id
FLOOR: Final = (
    _DEAL,
    "SELECT * FROM deals_dealcontact WHERE deal_id = %(deal)s AND left_at IS NULL",
    "SELECT * FROM deals_promise WHERE deal_id = %(deal)s",
    "SELECT * FROM deals_objection WHERE deal_id = %(deal)s",
    _ACTIVITIES,
    _QUOTES,
    _EVENTS,
)


def load_stories(server: Server) -> None:
    """Replace what hangs on the first deals; the deals themselves are there already."""
    with server.connect() as connection:
        with connection.transaction():
            connection.execute("SELECT set_config('bench.stories', %s, true)", [str(STORIES)])
            connection.execute(_LOAD)
        connection.execute("ANALYZE")
