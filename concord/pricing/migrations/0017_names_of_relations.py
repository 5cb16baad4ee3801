import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0010_customer_words"),
        ("pricing", "0016_wanted_prices"),
    ]

    operations = [
        migrations.AlterField(
            model_name="promotion",
            name="family",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promotions",
                to="partners.productfamily",
                verbose_name="product family",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="price_list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promotions",
                to="pricing.pricelist",
                verbose_name="price list",
            ),
        ),
        migrations.AlterField(
            model_name="promotion",
            name="product",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="promotions",
                to="pricing.product",
                verbose_name="product",
            ),
        ),
        migrations.AlterField(
            model_name="stocklevel",
            name="product",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stock_levels",
                to="pricing.product",
                verbose_name="product",
            ),
        ),
        migrations.AlterField(
            model_name="stocklevel",
            name="warehouse",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="levels",
                to="pricing.warehouse",
                verbose_name="warehouse",
            ),
        ),
    ]
