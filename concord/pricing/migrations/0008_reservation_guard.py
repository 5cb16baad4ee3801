"""No more stock is kept for quotes than there is: the database says so, whoever writes."""

from django.db import migrations

GUARD = """
CREATE FUNCTION concord_guard_reservation() RETURNS trigger
LANGUAGE plpgsql
AS $$
DECLARE
    there bigint;
    others bigint;
BEGIN
    IF NEW.ended_at IS NOT NULL THEN
        RETURN NEW;
    END IF;
    -- Setting an end or a stage of what is kept already takes nothing from anybody, whatever a feed has said since.
    IF TG_OP = 'UPDATE' AND OLD.ended_at IS NULL AND OLD.until > clock_timestamp()
       AND NEW.product_id = OLD.product_id AND NEW.quantity <= OLD.quantity THEN
        RETURN NEW;
    END IF;
    PERFORM concord_lock(7, NEW.product_id);
    SELECT COALESCE(sum(greatest(on_hand - reserved, 0)), 0) INTO there
    FROM pricing_stocklevel WHERE product_id = NEW.product_id;
    SELECT COALESCE(sum(quantity), 0) INTO others FROM pricing_stockreservation
    WHERE product_id = NEW.product_id AND ended_at IS NULL AND until > clock_timestamp() AND id <> NEW.id;
    IF others + NEW.quantity > there THEN
        RAISE EXCEPTION 'more would be reserved than there is'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'reservation_within_stock';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER reservation_within_stock BEFORE INSERT OR UPDATE ON pricing_stockreservation
FOR EACH ROW EXECUTE FUNCTION concord_guard_reservation();
"""

GUARD_BACK = """
DROP TRIGGER reservation_within_stock ON pricing_stockreservation;
DROP FUNCTION concord_guard_reservation();
"""


def let_pricing_managers_set_it(apps, schema_editor):
    """The programme's settings of stock are the pricing managers'."""
    content_type, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="pricing", model="stocksettings"
    )
    change, _ = apps.get_model("auth", "Permission").objects.get_or_create(
        content_type=content_type, codename="change_stocksettings", defaults={"name": "Can change stock"}
    )
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Pricing managers")
    group.permissions.add(change)


class Migration(migrations.Migration):
    dependencies = [
        ("pricing", "0007_stock_and_substitutes"),
        ("partners", "0004_desk_groups"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunSQL(GUARD, GUARD_BACK),
        migrations.RunPython(let_pricing_managers_set_it, migrations.RunPython.noop),
    ]
