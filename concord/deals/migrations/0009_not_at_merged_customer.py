"""Nothing is written at an end customer that was merged into another one."""

from django.db import migrations

TABLES = ("deals_deal", "deals_dealtwin", "deals_protection", "deals_lead")
GUARD = """
CREATE TRIGGER not_at_merged_customer BEFORE INSERT OR UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION concord_refuse_merged_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0008_story"), ("partners", "0008_merging_guards")]

    operations = [
        migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER not_at_merged_customer ON {table}")
        for table in TABLES
    ]
