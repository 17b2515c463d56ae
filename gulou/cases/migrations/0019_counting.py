"""Every change of a case leaves what it adds to the counts and takes away; what is there is counted.

Moves wait while it counts: about a second for a million cases.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION gulou_case_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO cases_tallychange (n, state, street_id, unit_id, restricted, category_id, source,
                                   due_day)
    VALUES (-1, OLD.state, coalesce(OLD.street_id, 0), OLD.unit_id, OLD.restricted,
            OLD.category_id, OLD.source,
            CASE WHEN OLD.ended_at IS NULL AND OLD.due_at IS NOT NULL
                 THEN (OLD.due_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01' ELSE 0 END);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO cases_tallychange (n, state, street_id, unit_id, restricted, category_id, source,
                                   due_day)
    VALUES (1, NEW.state, coalesce(NEW.street_id, 0), NEW.unit_id, NEW.restricted,
            NEW.category_id, NEW.source,
            CASE WHEN NEW.ended_at IS NULL AND NEW.due_at IS NOT NULL
                 THEN (NEW.due_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01' ELSE 0 END);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER case_counted_in AFTER INSERT OR DELETE ON cases_case
  FOR EACH ROW EXECUTE FUNCTION gulou_case_counted();
CREATE TRIGGER case_counted_anew AFTER UPDATE ON cases_case
  FOR EACH ROW WHEN (
    (OLD.state, OLD.street_id, OLD.unit_id, OLD.restricted, OLD.category_id, OLD.source, OLD.due_at,
     OLD.ended_at)
    IS DISTINCT FROM
    (NEW.state, NEW.street_id, NEW.unit_id, NEW.restricted, NEW.category_id, NEW.source, NEW.due_at,
     NEW.ended_at)
  ) EXECUTE FUNCTION gulou_case_counted();

CREATE TEMP TABLE counted ON COMMIT DROP AS
SELECT state, coalesce(street_id, 0) AS street_id, unit_id, restricted, category_id, source,
       CASE WHEN ended_at IS NULL AND due_at IS NOT NULL
            THEN (due_at AT TIME ZONE 'UTC')::date - DATE '1970-01-01' ELSE 0 END AS due_day, count(*) AS n
FROM cases_case GROUP BY 1, 2, 3, 4, 5, 6, 7;
INSERT INTO cases_tally (grain, state, street_id, unit_id, restricted, category_id, source, due_day, n)
SELECT 1, state, street_id, unit_id, restricted, 0, '', 0, sum(n)
FROM counted GROUP BY state, street_id, unit_id, restricted
UNION ALL
SELECT 2, state, street_id, unit_id, restricted, category_id, source, 0, sum(n)
FROM counted GROUP BY state, street_id, unit_id, restricted, category_id, source
UNION ALL
SELECT 3, '', street_id, unit_id, restricted, 0, '', due_day, sum(n)
FROM counted WHERE due_day <> 0 GROUP BY street_id, unit_id, restricted, due_day;
"""
BACKWARD = """
DROP TRIGGER case_counted_in ON cases_case;
DROP TRIGGER case_counted_anew ON cases_case;
DROP FUNCTION gulou_case_counted;
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_counts_kept")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
