"""What a file proves something for lies at the file's own deal, whoever writes the row."""

from django.db import migrations

# Records never change their deal, so that a look at the moment of writing is enough.
ABOUT = """
CREATE FUNCTION concord_evidence_about() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.about IS NOT NULL
        AND NOT EXISTS (SELECT FROM deals_promise WHERE uuid = NEW.about AND deal_id = NEW.deal_id)
        AND NOT EXISTS (SELECT FROM deals_objection WHERE uuid = NEW.about AND deal_id = NEW.deal_id)
        AND NOT EXISTS (SELECT FROM deals_activity WHERE uuid = NEW.about AND deal_id = NEW.deal_id)
        AND NOT EXISTS (SELECT FROM deals_appeal WHERE uuid = NEW.about AND deal_id = NEW.deal_id)
        AND NOT EXISTS (SELECT FROM deals_extensionrequest WHERE uuid = NEW.about AND deal_id = NEW.deal_id)
    THEN
        RAISE EXCEPTION 'a file proves something for a record of its own deal'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'evidence_about_its_deal';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER evidence_about_its_deal BEFORE INSERT ON deals_evidence
FOR EACH ROW EXECUTE FUNCTION concord_evidence_about();
"""

GONE = """
DROP TRIGGER evidence_about_its_deal ON deals_evidence;
DROP FUNCTION concord_evidence_about();
"""


class Migration(migrations.Migration):
    dependencies = [("deals", "0012_vendor_account_guard")]

    operations = [migrations.RunSQL(ABOUT, GONE)]
