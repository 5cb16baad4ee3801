import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("pricing", "0014_called_off"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="quotecheck",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="check_by_time"),
        ),
    ]
