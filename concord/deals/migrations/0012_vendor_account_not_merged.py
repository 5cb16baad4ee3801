"""Nothing is written at an end customer that was merged into another one; not who serves it for the vendor either."""

from django.db import migrations

GUARD = """
CREATE TRIGGER not_at_merged_customer BEFORE INSERT OR UPDATE ON deals_vendoraccount
FOR EACH ROW EXECUTE FUNCTION concord_refuse_merged_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0011_protection_life"), ("partners", "0008_merging_guards")]

    operations = [migrations.RunSQL(GUARD, "DROP TRIGGER not_at_merged_customer ON deals_vendoraccount")]
