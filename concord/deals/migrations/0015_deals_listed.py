"""Lists of deals are sorted, filtered by state and counted from an index alone; the plain ones are no longer needed."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("deals", "0014_hold_ended"),
        ("partners", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL("SET lock_timeout = '5s'", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                fields=["partner", "-submitted_at", "-id"],
                include=["owner", "review_status", "sales_stage"],
                name="deal_listed_of_partner",
            ),
        ),
        AddIndexConcurrently(
            model_name="deal",
            index=models.Index(
                fields=["owner", "-submitted_at", "-id"],
                include=["partner", "review_status", "sales_stage"],
                name="deal_listed_of_owner",
            ),
        ),
        migrations.AlterField(
            model_name="deal",
            name="partner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deals",
                to="partners.partner",
                verbose_name="partner",
            ),
        ),
        migrations.AlterField(
            model_name="deal",
            name="owner",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deals",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        migrations.RunSQL("RESET lock_timeout", migrations.RunSQL.noop),
    ]
