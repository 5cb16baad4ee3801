"""What the home pages count and list beside the deals: facts, clocks, steps, promises, requests, leads."""

from __future__ import annotations

from typing import Any, Final

from psycopg import Connection

# Moments lie around the moment of loading: a tenth of what has a clock is late, a few hundred things wait for the desk.
_LOAD: Final = """
SET LOCAL session_replication_role = replica;
TRUNCATE deals_protectionlife, deals_extensionrequest, deals_protectionhold, deals_appeal, deals_lead, deals_leadsource
    RESTART IDENTITY CASCADE;
DELETE FROM deals_activity WHERE text = 'HOME';
DELETE FROM deals_promise WHERE text LIKE 'HOME%';
DELETE FROM portal_event WHERE verb = 'deal.created';

UPDATE deals_deal SET answer_due_at = now() + (id % 1000 - 100) * interval '10 minutes'
WHERE review_status = 'submitted';
UPDATE deals_deal SET decided_at = now() - (id % 400) * interval '1 day'
WHERE review_status IN ('approved', 'rejected', 'duplicate');

INSERT INTO portal_event (
    verb, subject_type, subject_uuid, sequence, actor_name, actor_client, door, partner_id, visibility, payload
)
SELECT 'deal.created', 'deal', uuid, 0, '', '', 'extranet', partner_id, 'partner', '{}' FROM deals_deal;

INSERT INTO deals_protectionlife (
    uuid, created_at, updated_at, deal_id, started_at, length, hard_length, test_every, test_needs, grace, warn_days,
    extension, most_extensions, most_held, window_from, counted_from, in_grace, extensions, held, ends_at, hard_end,
    test_due_at, grace_until, next_at, ended_at, end_cause
)
SELECT gen_random_uuid(), now(), now(), id, now() - '30 days'::interval, '90 days', '180 days', '30 days', 2, '7 days',
       '{14,7,1}', '30 days', 1, '60 days', now(), now(), id % 500 = 0, 0, '0',
       now() + (id % 90) * interval '1 day', now() + '180 days'::interval, now(),
       CASE WHEN id % 500 = 0 THEN now() + '3 days'::interval END, now() + '1 day'::interval,
       CASE WHEN sales_stage NOT IN ('open', 'qualified', 'quoted', 'negotiating')
            THEN now() - (id % 700) * interval '1 day' END,
       CASE WHEN sales_stage NOT IN ('open', 'qualified', 'quoted', 'negotiating') THEN 'expired' ELSE '' END
FROM deals_deal WHERE review_status = 'approved';

INSERT INTO deals_activity (
    uuid, created_at, updated_at, deal_id, kind, happened_at, text, is_internal, next_step, next_due_at, by_id
)
SELECT gen_random_uuid(), now(), now(), id, 'call', now(), 'HOME', false, 'Call again',
       now() + (id % 100 - 10) * interval '1 day', owner_id
FROM deals_deal WHERE sales_stage IN ('open', 'qualified', 'quoted', 'negotiating');

INSERT INTO deals_promise (uuid, created_at, updated_at, deal_id, kind, text, until_on, evidence, made_at, state)
SELECT gen_random_uuid(), now(), now(), id, 'date', 'HOME ' || id, current_date + (id % 100)::int, '', now(), 'open'
FROM deals_deal WHERE id % 3 = 0;

INSERT INTO deals_extensionrequest (
    uuid, created_at, updated_at, deal_id, state, note, asked_at, answer_due_at, answered_at, answer_note, by_silence,
    lacking_at
)
SELECT gen_random_uuid(), now(), now(), id, CASE WHEN id % 5000 = 0 THEN 'pending' ELSE 'granted' END, '', now(), now(),
       CASE WHEN id % 5000 <> 0 THEN now() END, '', false, CASE WHEN id % 10000 = 0 THEN now() END
FROM deals_deal WHERE id % 50 = 0;

INSERT INTO deals_leadsource (uuid, created_at, updated_at, name, name_zh, code, kind, is_routed, is_active, quality)
VALUES (gen_random_uuid(), now(), now(), 'Form', '', 'form', 'form', true, true, 50);

INSERT INTO deals_lead (
    uuid, created_at, updated_at, source_id, fingerprint, external_id, state, end_customer_id, customer_name,
    customer_country, customer_city, customer_registration_number, customer_website, sector, size, summary, details,
    contact_name, contact_email, contact_phone, contact_role, consent_text, language, reminders, partner_id, owner_id,
    claimed_at, follow_up_by
)
SELECT gen_random_uuid(), now(), now(), 1, 'home-' || id, '', 'claimed', end_customer_id, customer_name,
       customer_country, customer_city, '', '', '', '', '', '', '', '', '', '', '', 'en', 0, partner_id, owner_id,
       now(), now() + (id % 100) * interval '1 hour'
FROM deals_deal WHERE id % 20 = 0;
"""


def load_home(connection: Connection[Any]) -> None:
    """Replace what hangs on the deals; the deals themselves are there already."""
    with connection.transaction():
        connection.execute(_LOAD)


_STATES: Final = """
SELECT review_status, sales_stage, count(*) FROM deals_deal WHERE partner_id = 1 GROUP BY 1, 2
"""
_QUOTES: Final = """
SELECT count(*) FROM pricing_quote WHERE partner_id = 1 AND status = 'issued' AND expires_at > now()
"""
_ENDING: Final = """
SELECT r.id, upper(r.period), d.uuid, d.customer_name FROM deals_protection r JOIN deals_deal d ON d.id = r.deal_id
WHERE r.partner_id = 1 AND upper(r.period) BETWEEN now() AND now() + interval '14 days' AND lower(r.period) <= now()
ORDER BY 2 LIMIT 100
"""
_STEPS: Final = """
SELECT a.next_step, a.next_due_at, d.uuid, d.customer_name FROM deals_activity a JOIN deals_deal d ON d.id = a.deal_id
WHERE d.partner_id = 1 AND a.next_done_at IS NULL AND a.next_due_at <= now() + interval '1 day' AND NOT a.is_internal
  AND d.sales_stage IN ('open', 'qualified', 'quoted', 'negotiating')
ORDER BY a.next_due_at LIMIT 8
"""
_PROMISES: Final = """
SELECT p.text, p.until_on, d.uuid, d.customer_name FROM deals_promise p JOIN deals_deal d ON d.id = p.deal_id
WHERE d.partner_id = 1 AND p.state = 'open' AND p.until_on <= current_date + 7 ORDER BY p.until_on LIMIT 8
"""
_LEADS: Final = """
SELECT * FROM deals_lead WHERE partner_id = 1 AND state = 'claimed' ORDER BY follow_up_by LIMIT 8
"""
#: what a partner's administrator finds at home
EXTRANET_FLOOR: Final = (_STATES, _QUOTES, _ENDING, _STEPS, _PROMISES, _LEADS)
_QUEUE: Final = """
SELECT count(*) FROM deals_deal
WHERE review_status = 'submitted' AND sales_stage IN ('open', 'qualified', 'quoted', 'negotiating')
"""
_FIRST: Final = """
SELECT d.*, p.name FROM deals_deal d JOIN partners_partner p ON p.id = d.partner_id
WHERE review_status = 'submitted' AND sales_stage IN ('open', 'qualified', 'quoted', 'negotiating')
ORDER BY answer_due_at, d.id LIMIT 6
"""
_LIVES: Final = """
SELECT count(*) FILTER (WHERE ends_at <= now() + interval '7 days'), count(*) FILTER (WHERE in_grace)
FROM deals_protectionlife WHERE ended_at IS NULL AND ends_at > now()
"""
_REQUESTS: Final = "SELECT count(*) FROM deals_extensionrequest WHERE state = 'pending'"
#: what a channel manager finds there
DESK_FLOOR: Final = (_QUEUE, _FIRST, _LIVES, _REQUESTS)
