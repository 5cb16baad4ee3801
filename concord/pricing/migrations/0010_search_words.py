"""Words of the catalogue, kept by the database, for finding what a mistyped word meant."""

import django.contrib.postgres.indexes
from django.db import migrations, models


# Words of letters alone: numbers are looked for as numbers, and their spelling errors found another way.
KEEP = r"""
CREATE FUNCTION concord_keep_search_words() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO pricing_searchword (word)
    SELECT DISTINCT word FROM written, regexp_split_to_table(search_key, '[^[:alpha:]]+') AS word
    WHERE length(word) BETWEEN 4 AND 64
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER product_words_on_insert AFTER INSERT ON pricing_product
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION concord_keep_search_words();
CREATE TRIGGER product_words_on_update AFTER UPDATE ON pricing_product
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION concord_keep_search_words();

INSERT INTO pricing_searchword (word)
SELECT DISTINCT word FROM pricing_product, regexp_split_to_table(search_key, '[^[:alpha:]]+') AS word
WHERE length(word) BETWEEN 4 AND 64;
"""

KEEP_BACK = """
DROP TRIGGER product_words_on_insert ON pricing_product;
DROP TRIGGER product_words_on_update ON pricing_product;
DROP FUNCTION concord_keep_search_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0009_gross_prices"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("word", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="word")),
            ],
            options={
                "verbose_name": "search word",
                "verbose_name_plural": "search words",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("word"), name="gin_trgm_ops"),
                        name="search_word_trigrams",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, KEEP_BACK),
    ]
