from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0013_price_exceptions"),
    ]

    operations = [
        migrations.AddField(
            model_name="pricelistversion",
            name="called_off_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="called off at"),
        ),
    ]
