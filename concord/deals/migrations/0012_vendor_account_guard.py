"""A customer of the vendor's own team is not written at a record that was merged into another one either."""

from django.db import migrations

GUARD = """
CREATE TRIGGER not_at_merged_customer BEFORE INSERT OR UPDATE ON deals_vendoraccount
FOR EACH ROW EXECUTE FUNCTION concord_refuse_merged_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0011_protection_life"), ("partners", "0008_merging_guards")]

    operations = [migrations.RunSQL(GUARD, "DROP TRIGGER not_at_merged_customer ON deals_vendoraccount")]
