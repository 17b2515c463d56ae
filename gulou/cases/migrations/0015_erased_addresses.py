"""A report never changes, but what it calls the place may go together with its erased words."""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION gulou_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.address <> '' AND NEW.address = '' AND EXISTS (
       SELECT FROM cases_words WHERE id = NEW.words_id AND erased_at IS NOT NULL) THEN
    OLD.address := '';
  END IF;
  IF TG_OP = 'DELETE' OR
     to_jsonb(OLD) - 'head_sequence' - 'head_digest'
       IS DISTINCT FROM to_jsonb(NEW) - 'head_sequence' - 'head_digest' THEN
    RAISE EXCEPTION 'a report never changes: % refused', TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""
BACKWARD = """
CREATE OR REPLACE FUNCTION gulou_report_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR
     to_jsonb(OLD) - 'head_sequence' - 'head_digest'
       IS DISTINCT FROM to_jsonb(NEW) - 'head_sequence' - 'head_digest' THEN
    RAISE EXCEPTION 'a report never changes: % refused', TG_OP
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_answered_at")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
