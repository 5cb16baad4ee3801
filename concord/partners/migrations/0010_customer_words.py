"""Words of customers' names, kept by the database, for finding what a mistyped name meant."""

import django.contrib.postgres.indexes
from django.db import migrations, models


# Words by which a customer can be found, thus neither what was joined from two words nor the sound of a Chinese name.
# In one order, so that two who bring the same new words wait for each other at most.
KEEP = """
CREATE FUNCTION concord_keep_customer_words() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO partners_customerword (word)
    SELECT DISTINCT word FROM written, unnest(string_to_array(search_key, ' ')) AS word
    WHERE word ~ '^[[:alpha:]]{4,64}$' AND word = ANY (block_keys) ORDER BY word
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE TRIGGER customer_words_on_insert AFTER INSERT ON partners_endcustomer
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION concord_keep_customer_words();
CREATE TRIGGER customer_words_on_update AFTER UPDATE ON partners_endcustomer
REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION concord_keep_customer_words();

INSERT INTO partners_customerword (word)
SELECT DISTINCT word FROM partners_endcustomer, unnest(string_to_array(search_key, ' ')) AS word
WHERE word ~ '^[[:alpha:]]{4,64}$' AND word = ANY (block_keys);
"""

KEEP_BACK = """
DROP TRIGGER customer_words_on_insert ON partners_endcustomer;
DROP TRIGGER customer_words_on_update ON partners_endcustomer;
DROP FUNCTION concord_keep_customer_words();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0009_customer_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerWord",
            fields=[
                ("word", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="word")),
            ],
            options={
                "verbose_name": "word of a customer's name",
                "verbose_name_plural": "words of customers' names",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("word"), name="gin_trgm_ops"),
                        name="customer_word_trigrams",
                    )
                ],
            },
        ),
        migrations.RunSQL(KEEP, KEEP_BACK),
    ]
