"""What the database itself holds: locks by key, the hash chain, and that the log is only ever appended to."""

from django.db import migrations

LOCKS = """
CREATE FUNCTION concord_lock_key(space int, key bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (space::bigint << 48) | (key & ((1::bigint << 48) - 1)) $$;

CREATE FUNCTION concord_lock(space int, key bigint) RETURNS void
LANGUAGE plpgsql STRICT
AS $$ BEGIN PERFORM pg_advisory_xact_lock(concord_lock_key(space, key)); END $$;
"""

LOCKS_BACK = """
DROP FUNCTION concord_lock(int, bigint);
DROP FUNCTION concord_lock_key(int, bigint);
"""

CHAIN = """
ALTER TABLE portal_event ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX event_in_commit_order ON portal_event (xid, id);

-- The last link of each chain. Written by the trigger below and by nobody else.
CREATE TABLE portal_event_head (
    subject_type varchar(32) NOT NULL,
    subject_uuid uuid NOT NULL,
    sequence integer NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (subject_type, subject_uuid)
);

CREATE FUNCTION concord_part(value text) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT int4send(octet_length(convert_to(coalesce(value, ''), 'UTF8'))) || convert_to(coalesce(value, ''), 'UTF8') $$;

CREATE FUNCTION concord_chain_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public
AS $$
DECLARE
    head portal_event_head;
BEGIN
    INSERT INTO portal_event_head AS h (subject_type, subject_uuid, sequence, hash)
    VALUES (NEW.subject_type, NEW.subject_uuid, 0, '')
    ON CONFLICT (subject_type, subject_uuid) DO UPDATE SET sequence = h.sequence
    RETURNING h.* INTO head;
    NEW.uuid := uuidv7();
    NEW.at := clock_timestamp();
    NEW.xid := pg_current_xact_id();
    NEW.sequence := head.sequence + 1;
    NEW.previous_hash := head.hash;
    NEW.hash := sha256(
        concord_part(NEW.uuid::text)
        || concord_part(to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
        || concord_part(NEW.verb)
        || concord_part(NEW.subject_type)
        || concord_part(NEW.subject_uuid::text)
        || concord_part(NEW.sequence::text)
        || concord_part(NEW.actor_user_id::text)
        || concord_part(NEW.actor_name)
        || concord_part(NEW.actor_client)
        || concord_part(NEW.door)
        || concord_part(NEW.partner_id::text)
        || concord_part(NEW.visibility)
        || concord_part(NEW.payload)
        || concord_part(encode(NEW.previous_hash, 'hex'))
    );
    UPDATE portal_event_head SET sequence = NEW.sequence, hash = NEW.hash
    WHERE subject_type = NEW.subject_type AND subject_uuid = NEW.subject_uuid;
    RETURN NEW;
END $$;

CREATE TRIGGER event_chained BEFORE INSERT ON portal_event
FOR EACH ROW EXECUTE FUNCTION concord_chain_event();

CREATE FUNCTION concord_append_only() RETURNS trigger
LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '% on % is refused: it is append-only', TG_OP, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege'; END $$;

CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON portal_event
FOR EACH STATEMENT EXECUTE FUNCTION concord_append_only();
CREATE TRIGGER event_position_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON portal_eventposition
FOR EACH STATEMENT EXECUTE FUNCTION concord_append_only();
"""

CHAIN_BACK = """
DROP TRIGGER event_position_append_only ON portal_eventposition;
DROP TRIGGER event_append_only ON portal_event;
DROP FUNCTION concord_append_only();
DROP TRIGGER event_chained ON portal_event;
DROP FUNCTION concord_chain_event();
DROP FUNCTION concord_part(text);
DROP TABLE portal_event_head;
DROP INDEX event_in_commit_order;
ALTER TABLE portal_event DROP COLUMN xid;
"""

CACHE = """
CREATE TABLE portal_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX portal_cache_expires ON portal_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.RunSQL(LOCKS, LOCKS_BACK),
        migrations.RunSQL(CHAIN, CHAIN_BACK),
        migrations.RunSQL(CACHE, "DROP TABLE portal_cache"),
    ]
