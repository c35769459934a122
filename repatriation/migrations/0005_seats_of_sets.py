"""The guards of a batch's members and escorts look once at all rows of a statement."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


# Women, their children and the escorts sit on the seats. The row lock makes two that add at the
# same time wait for each other, so that each counts what the other has written; batches are held
# in one order whoever asks.
COUNT_SEATS = """
CREATE FUNCTION repatriation_count_seats(batches uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM repatriation_batch WHERE id = ANY (batches) ORDER BY id FOR UPDATE;
    IF EXISTS (
        SELECT FROM repatriation_batch b
        WHERE b.id = ANY (batches) AND b.seats < (
            SELECT COALESCE(SUM(1 + m.children), 0) FROM repatriation_member m
            WHERE m.batch_id = b.id AND m.removed_at IS NULL
        ) + (SELECT COUNT(*) FROM repatriation_escort e WHERE e.batch_id = b.id AND e.active)
    ) THEN
        RAISE EXCEPTION 'more travellers than seats'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_within_its_seats';
    END IF;
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('repatriation', '0004_people_of_a_batch'),
    ]

    operations = [
        migrations.RunSQL(
            COUNT_SEATS, "DROP FUNCTION repatriation_count_seats(uuid[])"
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='batch',
            name='within_seats',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='escort',
            name='within_seats',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='member',
            name='within_seats',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='member',
            name='only_returnees',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='batch',
            trigger=pgtrigger.compiler.Trigger(name='within_seats', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM repatriation_count_seats(ARRAY[NEW.id]); RETURN NULL;', hash='bf7a217a9dd6b4dd52d2499950e4bf3bfd2f01e5', operation='UPDATE OF "seats"', pgid='pgtrigger_within_seats_a8873', table='repatriation_batch', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escort',
            trigger=pgtrigger.compiler.Trigger(name='within_seats_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM repatriation_count_seats(ARRAY(SELECT DISTINCT batch_id FROM rows)); RETURN NULL;', hash='dadbb708b3f96a414209ce4a53604fec8c3fdbc4', level='STATEMENT', operation='INSERT', pgid='pgtrigger_within_seats_insert_ae586', referencing='REFERENCING NEW TABLE AS rows ', table='repatriation_escort', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='escort',
            trigger=pgtrigger.compiler.Trigger(name='within_seats_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM repatriation_count_seats(ARRAY(SELECT DISTINCT batch_id FROM rows)); RETURN NULL;', hash='4a90393f15d05a2bd269eb9fb8f4b930af58e892', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_within_seats_update_05abb', referencing='REFERENCING NEW TABLE AS rows ', table='repatriation_escort', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='member',
            trigger=pgtrigger.compiler.Trigger(name='within_seats_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM repatriation_count_seats(ARRAY(SELECT DISTINCT batch_id FROM rows)); RETURN NULL;', hash='50d042e4ec62da0dcfcf16538be9e1978a551ca2', level='STATEMENT', operation='INSERT', pgid='pgtrigger_within_seats_insert_5f888', referencing='REFERENCING NEW TABLE AS rows ', table='repatriation_member', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='member',
            trigger=pgtrigger.compiler.Trigger(name='within_seats_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='PERFORM repatriation_count_seats(ARRAY(SELECT DISTINCT batch_id FROM rows)); RETURN NULL;', hash='511f1debe66d74e3aaec971e70eba4970287a305', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_within_seats_update_574bd', referencing='REFERENCING NEW TABLE AS rows ', table='repatriation_member', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='member',
            trigger=pgtrigger.compiler.Trigger(name='only_returnees', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF EXISTS (\n        SELECT FROM rows r LEFT JOIN LATERAL (\n            SELECT w.choice FROM cases_worker w WHERE w.id = r.worker_id OFFSET 0\n        ) she ON true\n        WHERE she.choice IS DISTINCT FROM 'return'\n    ) THEN\n        RAISE EXCEPTION 'only who chose to return travels with a batch'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'member_chose_to_return';\n    END IF;\n    RETURN NULL;\n", hash='b6bd81793cd1d86e10c308b8a67836501662962f', level='STATEMENT', operation='INSERT', pgid='pgtrigger_only_returnees_6461e', referencing='REFERENCING NEW TABLE AS rows ', table='repatriation_member', when='AFTER')),
        ),
    ]
