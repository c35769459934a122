"""Whoever sees a batch sees its whole manifest: the people of the one that is opened."""

from django.db import migrations

# The same answer as `Batch.objects.visible_to` for a caseworker; the others see every batch. What
# is undone is seen with the batch to which the people went.
BUILD = """
CREATE FUNCTION kotim_people_of_batch() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp COST 10 ROWS 20 AS $$
DECLARE
    people text := current_setting('kotim.people', true);
    opened uuid;
BEGIN
    IF people LIKE 'batch:%' THEN
        opened := substr(people, 7)::uuid;
    ELSIF people LIKE 'regrouping:%' THEN
        SELECT r.target_id INTO opened FROM repatriation_regrouping r
        WHERE r.id = substr(people, 12)::uuid;
    END IF;
    IF opened IS NULL OR NOT EXISTS (
        SELECT 1 FROM repatriation_batch b
        WHERE b.id = opened AND (b.created_by_id = kotim_asks() OR EXISTS (
            SELECT 1 FROM repatriation_member m JOIN cases_worker w ON w.id = m.worker_id
            WHERE m.batch_id = opened AND m.removed_at IS NULL
              AND (w.place_id IN (SELECT kotim_places())
                   AND w.id NOT IN (SELECT kotim_given_away())
                   AND w.id NOT IN (SELECT kotim_children())
                   OR w.id IN (SELECT kotim_held()))))
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT m.worker_id FROM repatriation_member m WHERE m.batch_id = opened;
END $$;
CREATE POLICY of_batch ON cases_worker
    USING (id IN (SELECT kotim_people_of_batch())) WITH CHECK (true);
"""
PULL_DOWN = """
DROP POLICY of_batch ON cases_worker;
DROP FUNCTION kotim_people_of_batch();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("repatriation", "0003_names_on_screen"),
        ("cases", "0019_row_level_security"),
    ]

    operations = [migrations.RunSQL(BUILD, PULL_DOWN)]
