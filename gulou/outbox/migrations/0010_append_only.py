"""The database itself refuses to change, delete or empty the record."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION gulou_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the record is append-only: % on % refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON outbox_event
  FOR EACH ROW EXECUTE FUNCTION gulou_refuse_change();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON outbox_event
  FOR EACH STATEMENT EXECUTE FUNCTION gulou_refuse_change();
"""
BACKWARD = """
DROP TRIGGER event_no_truncate ON outbox_event;
DROP TRIGGER event_append_only ON outbox_event;
DROP FUNCTION gulou_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
