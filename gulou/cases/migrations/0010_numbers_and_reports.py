"""The series that number cases and reports; and a report, once sent, never changes."""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE gulou_case_serial;
CREATE SEQUENCE gulou_report_serial;
CREATE FUNCTION gulou_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
     to_jsonb(OLD) - 'head_sequence' - 'head_digest'
       IS DISTINCT FROM to_jsonb(NEW) - 'head_sequence' - 'head_digest' THEN
    RAISE EXCEPTION 'a report never changes: % refused', TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER report_stays BEFORE UPDATE OR DELETE ON cases_report
  FOR EACH ROW EXECUTE FUNCTION gulou_report_stays();
"""
BACKWARD = """
DROP TRIGGER report_stays ON cases_report;
DROP FUNCTION gulou_report_stays();
DROP SEQUENCE gulou_report_serial;
DROP SEQUENCE gulou_case_serial;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("outbox", "0010_append_only")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
