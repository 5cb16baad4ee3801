"""Every protection is written under its end customer's lock, whoever writes it."""

from django.db import migrations

LOCK = """
CREATE TRIGGER protection_locks_customer BEFORE INSERT OR UPDATE ON deals_protection
FOR EACH ROW EXECUTE FUNCTION concord_lock_end_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0002_initial"), ("pricing", "0002_guards")]

    operations = [migrations.RunSQL(LOCK, "DROP TRIGGER protection_locks_customer ON deals_protection")]
