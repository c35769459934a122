"""Who changed is a difference of sets, and no join of the rows before and after a statement.

The plan of such a join is kept for the session with the number of rows of the first statement: after
one small change, a large one compared each of its rows with each.
"""

from importlib import import_module

from django.db import migrations

_notes = import_module("kotim_social.desk.migrations.0002_counting_groups")


def _function(table: str) -> str:
    whose, (key, facts) = _notes.WHOSE[table], _notes.FACTS[table]
    return f"""
CREATE OR REPLACE FUNCTION desk_note_{table}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_RELID <> 'public.{table}'::regclass THEN
        RAISE EXCEPTION 'this notes changes of one table and of nothing else' USING ERRCODE = 'KT002';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO desk_changedperson (worker_id)
        WITH changed AS (
            -- Before as well as after: a row may go over to somebody else.
            (SELECT {key}, {facts} FROM rows EXCEPT SELECT {key}, {facts} FROM before)
            UNION ALL
            (SELECT {key}, {facts} FROM before EXCEPT SELECT {key}, {facts} FROM rows))
        SELECT DISTINCT x.id FROM ({whose}) x (id);
    ELSE
        INSERT INTO desk_changedperson (worker_id)
        WITH changed AS (SELECT * FROM rows)
        SELECT DISTINCT x.id FROM ({whose}) x (id);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION desk_note_{table}() FROM PUBLIC;
"""


def _function_before(table: str) -> str:
    made = _notes._note(table).partition("CREATE TRIGGER")[0]
    return made.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_closed_cases_wait_for_nothing")]

    operations = [
        migrations.RunSQL(_function(table), _function_before(table)) for table in _notes.WHOSE
    ]
