"""Nothing is written at a record that was merged away, merges form no circle, and neither do groups."""

from django.db import migrations

GUARD = """
-- For every table whose rows belong to an end customer. The share lock waits for a merge that is under way: what it
-- has decided is seen afterwards.
CREATE FUNCTION concord_refuse_merged_customer() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    merged bigint;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.end_customer_id IS NOT DISTINCT FROM OLD.end_customer_id THEN
        RETURN NEW;
    END IF;
    SELECT merged_into_id INTO merged FROM partners_endcustomer WHERE id = NEW.end_customer_id FOR KEY SHARE;
    IF merged IS NOT NULL THEN
        RAISE EXCEPTION 'this end customer was merged into another one'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_not_merged';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER not_at_merged_customer BEFORE INSERT OR UPDATE ON partners_customerrelation
FOR EACH ROW EXECUTE FUNCTION concord_refuse_merged_customer();

CREATE FUNCTION concord_guard_customer_tree() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    merged bigint;
BEGIN
    IF NEW.merged_into_id IS NOT NULL AND NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id THEN
        -- A plain share lock: two merges in opposite directions wait for each other instead of making a circle.
        SELECT merged_into_id INTO merged FROM partners_endcustomer WHERE id = NEW.merged_into_id FOR SHARE;
        IF merged IS NOT NULL THEN
            RAISE EXCEPTION 'the surviving end customer was merged itself'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_not_merged';
        END IF;
    END IF;
    IF NEW.parent_id IS NOT NULL AND NEW.parent_id IS DISTINCT FROM OLD.parent_id THEN
        PERFORM concord_lock(104, 0);
        IF EXISTS (
            WITH RECURSIVE above(id) AS (
                SELECT NEW.parent_id
                UNION SELECT parent_id FROM partners_endcustomer JOIN above USING (id) WHERE parent_id IS NOT NULL
            )
            SELECT FROM above WHERE id = NEW.id
        ) THEN
            RAISE EXCEPTION 'a company would belong to itself'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'customer_group_acyclic';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER customer_tree BEFORE UPDATE OF merged_into_id, parent_id ON partners_endcustomer
FOR EACH ROW EXECUTE FUNCTION concord_guard_customer_tree();
"""

GUARD_BACK = """
DROP TRIGGER customer_tree ON partners_endcustomer;
DROP FUNCTION concord_guard_customer_tree();
DROP TRIGGER not_at_merged_customer ON partners_customerrelation;
DROP FUNCTION concord_refuse_merged_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0007_merging"), ("portal", "0002_guards")]

    operations = [migrations.RunSQL(GUARD, GUARD_BACK)]
