"""Nothing is written at an end customer that was merged into another one."""

from django.db import migrations

TABLES = ("pricing_quote", "pricing_pricecommitment", "pricing_specialprice", "pricing_registrationbenefit")
GUARD = """
CREATE TRIGGER not_at_merged_customer BEFORE INSERT OR UPDATE ON {table}
FOR EACH ROW EXECUTE FUNCTION concord_refuse_merged_customer();
"""


class Migration(migrations.Migration):
    dependencies = [("pricing", "0010_search_words"), ("partners", "0008_merging_guards")]

    operations = [
        migrations.RunSQL(GUARD.format(table=table), f"DROP TRIGGER not_at_merged_customer ON {table}")
        for table in TABLES
    ]
