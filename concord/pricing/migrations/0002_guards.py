"""Every promise is written under its end customer's lock, whoever writes it."""

from django.db import migrations

LOCK = """
CREATE FUNCTION concord_lock_end_customer() RETURNS trigger
LANGUAGE plpgsql
AS $$ BEGIN PERFORM concord_lock(1, NEW.end_customer_id); RETURN NEW; END $$;

CREATE TRIGGER commitment_locks_customer BEFORE INSERT OR UPDATE ON pricing_pricecommitment
FOR EACH ROW EXECUTE FUNCTION concord_lock_end_customer();
"""

LOCK_BACK = """
DROP TRIGGER commitment_locks_customer ON pricing_pricecommitment;
DROP FUNCTION concord_lock_end_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial"), ("portal", "0002_guards")]

    operations = [migrations.RunSQL(LOCK, LOCK_BACK)]
