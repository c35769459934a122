"""Her row keeps what lists ask of other tables, and the policy reads her place in it.

Triggers keep it (docs/adr/0021). What is so is said once, in the view `cases_readiness`; a statement
that changes a table on which it hangs sets it right before it ends.
"""

from importlib import import_module

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

KEPT = (
    "has_account", "account_active", "holder_same", "statement_signed", "origin_confirmed",
    "reached", "way",
)
# A person has at most one account that is not closed, and at most one current journey.
READINESS = """
CREATE VIEW cases_readiness AS
SELECT w.id AS worker_id,
       a.number_index IS NOT NULL AS has_account,
       coalesce(a.state = 'active', false) AS account_active,
       coalesce(a.holder_folded = w.name_folded, false) AS holder_same,
       -- A statement stands for the choice that it was signed for, and for no later one.
       coalesce(w.choice = (
           SELECT s.choice FROM cases_signedstatement s WHERE s.worker_id = w.id
           ORDER BY s.signed_on DESC, s.id DESC LIMIT 1), false) AS statement_signed,
       EXISTS (SELECT FROM cases_originconfirmation o
               WHERE o.worker_id = w.id AND o.current AND o.answer = 'confirmed'
                 AND o.regency_id = w.home_regency_id) AS origin_confirmed,
       EXISTS (SELECT FROM cases_attendance t WHERE t.worker_id = w.id AND t.active) AS reached,
       coalesce(j.state, '') AS way
FROM cases_worker w
LEFT JOIN cases_bankaccount a ON a.worker_id = w.id AND a.state <> 'closed'
LEFT JOIN cases_journey j ON j.worker_id = w.id AND j.current
"""


def _of(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in KEPT)


_SET = f"({', '.join(KEPT)}) = ({_of('r')})"
_WRONG = f"({_of('w')}) IS DISTINCT FROM ({_of('r')})"
_DEFINER = "SECURITY DEFINER SET search_path = public, pg_temp"

# First held, then read: the second statement sees what whoever held her before has committed. It is
# planned for these people and for tables as long as they are now: a plan that a session has kept
# since a table was short would read all of it for each person of an import.
KEEP = f"""
CREATE FUNCTION cases_keep_readiness(people uuid[]) RETURNS void
LANGUAGE plpgsql {_DEFINER} SET plan_cache_mode = force_custom_plan AS $$
BEGIN
    IF people = '{{}}' THEN
        RETURN;
    END IF;
    PERFORM FROM cases_worker WHERE id = ANY (people) ORDER BY id FOR NO KEY UPDATE;
    UPDATE cases_worker w SET {_SET} FROM cases_readiness r
    WHERE w.id = ANY (people) AND r.worker_id = ANY (people) AND r.worker_id = w.id AND {_WRONG};
END $$;
REVOKE ALL ON FUNCTION cases_keep_readiness(uuid[]) FROM PUBLIC;
"""
# The owner's way to set everybody right; who was wrong.
ANEW = f"""
CREATE FUNCTION cases_readiness_anew() RETURNS SETOF uuid
LANGUAGE sql SET search_path = public, pg_temp AS $$
    UPDATE cases_worker w SET {_SET} FROM cases_readiness r
    WHERE r.worker_id = w.id AND {_WRONG} RETURNING w.id
$$;
REVOKE ALL ON FUNCTION cases_readiness_anew() FROM PUBLIC;
"""
DIFFERENCES = f"""
CREATE VIEW cases_readinessdifference AS
SELECT w.id AS worker_id FROM cases_worker w JOIN cases_readiness r ON r.worker_id = w.id
WHERE {_WRONG}
"""

# Table → what of it counts; other changes keep nobody waiting.
SOURCES = {
    "cases_bankaccount": "worker_id, state, number_index, holder_folded",
    "cases_signedstatement": "worker_id, choice, signed_on",
    "cases_originconfirmation": "worker_id, regency_id, answer, current",
    "cases_attendance": "worker_id, active",
    "cases_journey": "worker_id, state, current",
}
# What of her own row counts; and what nobody but this writes.
OWN = "name_folded, choice, home_regency_id"
NEW_PERSON = "has_account OR account_active OR holder_same OR statement_signed" \
    " OR origin_confirmed OR reached OR way <> ''"
ROWS = {
    "INSERT": "NEW TABLE AS rows",
    "DELETE": "OLD TABLE AS rows",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS rows",
}


def _function(table: str, changed: str, otherwise: str) -> str:
    return f"""
CREATE FUNCTION keep_{table}() RETURNS trigger
LANGUAGE plpgsql {_DEFINER} AS $$
BEGIN
    IF TG_RELID <> 'public.{table}'::regclass THEN
        RAISE EXCEPTION 'this keeps what hangs on one table' USING ERRCODE = 'KT002';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        PERFORM cases_keep_readiness(ARRAY({changed}));
    ELSE
        PERFORM cases_keep_readiness(ARRAY({otherwise}));
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_{table}() FROM PUBLIC;
"""


def _triggers(table: str, events: tuple[str, ...]) -> str:
    return "\n".join(
        f"CREATE TRIGGER keep_{event.lower()} AFTER {event} ON {table} REFERENCING {ROWS[event]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION keep_{table}();"
        for event in events
    )


# Differences of sets, and no join of the rows before and after: its plan would be kept for the
# session with the number of rows of the first statement, and compare each of many with each.
def _differ(key: str, columns: str, *, first: str = "rows", then: str = "before") -> str:
    return (
        f"SELECT x.{key} FROM (SELECT id, {columns} FROM {first}"
        f" EXCEPT SELECT id, {columns} FROM {then}) x"
    )


def _source(table: str, counts: str) -> str:
    # Before as well as after: a row may go over to somebody else.
    before = _differ("worker_id", counts, first="before", then="rows")
    changed = f"{_differ('worker_id', counts)} UNION {before}"
    function = _function(table, changed, "SELECT DISTINCT worker_id FROM rows")
    return function + _triggers(table, ("INSERT", "UPDATE", "DELETE"))


# Depth 1: the program's own statement, and not the one by which this sets her right.
_WRITTEN = f"SELECT * FROM ({_differ('id', ', '.join(KEPT))}) y WHERE pg_trigger_depth() = 1"
PERSON = _function(
    "cases_worker",
    f"{_differ('id', OWN)} UNION {_WRITTEN}",
    f"SELECT id FROM rows WHERE {NEW_PERSON}",
) + _triggers("cases_worker", ("INSERT", "UPDATE"))


# A caseworker's places are compared with the row that is looked at. Before, each was looked up by
# her id, so that those who see everybody counted by narrow indexes; those have the place now.
_SEEN_BEFORE = import_module("cases.migrations.0019_row_level_security").SEEN
_LOOKED_UP = "(SELECT h.place_id FROM cases_whereabouts h WHERE h.worker_id = {id})"
_SEEN = _SEEN_BEFORE.replace(_LOOKED_UP, "cases_worker.place_id")


def _policy(seen: str) -> str:
    return f"ALTER POLICY seen ON cases_worker USING ({seen.format(id='cases_worker.id')})"


def _forget(table: str) -> str:
    return f"DROP FUNCTION keep_{table}() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0020_names_by_place"),
        ("regions", "0003_declaration"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='worker',
            name='update_update',
        ),
        migrations.RemoveIndex(
            model_name='bankaccount',
            name='account_with_number',
        ),
        migrations.RemoveIndex(
            model_name='signedstatement',
            name='statement_newest',
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_by_name',
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_at_place',
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_by_choice',
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_by_eligibility',
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_by_home',
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_without_nik',
        ),
        migrations.RemoveIndex(
            model_name='worker',
            name='worker_waits_for_decree',
        ),
        migrations.AddField(
            model_name='worker',
            name='account_active',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='her account is active'),
        ),
        migrations.AddField(
            model_name='worker',
            name='has_account',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='has an account with a number'),
        ),
        migrations.AddField(
            model_name='worker',
            name='holder_same',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='the account is in her name'),
        ),
        migrations.AddField(
            model_name='worker',
            name='origin_confirmed',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='her origin is confirmed'),
        ),
        migrations.AddField(
            model_name='worker',
            name='reached',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='came to an information session'),
        ),
        migrations.AddField(
            model_name='worker',
            name='statement_signed',
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name='signed for her present choice'),
        ),
        migrations.AddField(
            model_name='worker',
            name='way',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=20, verbose_name='way home'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='worker',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "cases_worker_event" ("birth_date", "birth_place", "case_state", "children", "choice", "determined_on", "eligibility", "home_address", "home_district_id", "home_regency_id", "id", "mother_folded", "mother_name", "name", "name_folded", "nik", "nik_index", "nik_note", "nik_status", "nik_tail_index", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_index", "place_id", "recorded_at", "recorded_by_id", "register_no", "registered_by_id", "registered_on", "remark", "version", "wisma") SELECT new_values."birth_date", new_values."birth_place", new_values."case_state", new_values."children", new_values."choice", new_values."determined_on", new_values."eligibility", new_values."home_address", new_values."home_district_id", new_values."home_regency_id", new_values."id", new_values."mother_folded", new_values."mother_name", new_values."name", new_values."name_folded", new_values."nik", new_values."nik_index", new_values."nik_note", new_values."nik_status", new_values."nik_tail_index", _pgh_attached_context.value, NOW(), \'update\', new_values."id", new_values."phone", new_values."phone_index", new_values."place_id", new_values."recorded_at", new_values."recorded_by_id", new_values."register_no", new_values."registered_by_id", new_values."registered_on", new_values."remark", new_values."version", new_values."wisma" FROM ( SELECT new_values.* FROM old_values JOIN new_values ON (old_values."id") = (new_values."id") WHERE (old_values."id", old_values."register_no", old_values."name", old_values."name_folded", old_values."mother_name", old_values."mother_folded", old_values."birth_place", old_values."birth_date", old_values."nik", old_values."nik_index", old_values."nik_tail_index", old_values."nik_status", old_values."nik_note", old_values."phone", old_values."phone_index", old_values."place_id", old_values."wisma", old_values."home_regency_id", old_values."home_district_id", old_values."home_address", old_values."children", old_values."remark", old_values."eligibility", old_values."choice", old_values."case_state", old_values."determined_on", old_values."registered_on", old_values."registered_by_id", old_values."recorded_at", old_values."recorded_by_id", old_values."version") IS DISTINCT FROM (new_values."id", new_values."register_no", new_values."name", new_values."name_folded", new_values."mother_name", new_values."mother_folded", new_values."birth_place", new_values."birth_date", new_values."nik", new_values."nik_index", new_values."nik_tail_index", new_values."nik_status", new_values."nik_note", new_values."phone", new_values."phone_index", new_values."place_id", new_values."wisma", new_values."home_regency_id", new_values."home_district_id", new_values."home_address", new_values."children", new_values."remark", new_values."eligibility", new_values."choice", new_values."case_state", new_values."determined_on", new_values."registered_on", new_values."registered_by_id", new_values."recorded_at", new_values."recorded_by_id", new_values."version") ) AS new_values, _pgh_attached_context; RETURN NULL;', hash='2daa744b260abfb57727abfa196dd869830029ad', level='STATEMENT', operation='UPDATE', pgid='pgtrigger_update_update_076f0', referencing='REFERENCING OLD TABLE AS old_values  NEW TABLE AS new_values ', table='cases_worker', when='AFTER')),
        ),
        migrations.RunSQL(READINESS, "DROP VIEW cases_readiness"),
        migrations.RunSQL(ANEW, "DROP FUNCTION cases_readiness_anew()"),
        migrations.RunSQL("SELECT cases_readiness_anew()", migrations.RunSQL.noop),
        migrations.RunSQL(KEEP, "DROP FUNCTION cases_keep_readiness(uuid[])"),
        *(
            migrations.RunSQL(_source(table, counts), _forget(table))
            for table, counts in SOURCES.items()
        ),
        migrations.RunSQL(PERSON, _forget("cases_worker")),
        migrations.RunSQL(DIFFERENCES, "DROP VIEW cases_readinessdifference"),
        migrations.CreateModel(
            name="ReadinessDifference",
            fields=[
                ("worker", models.OneToOneField(db_constraint=False, on_delete=models.DO_NOTHING, primary_key=True, related_name="+", serialize=False, to="cases.worker")),
            ],
            options={"db_table": "cases_readinessdifference", "managed": False},
        ),
        migrations.RunSQL(_policy(_SEEN), _policy(_SEEN_BEFORE)),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(fields=['name', 'id'], include=('place', 'birth_date', 'case_state'), name='worker_by_name'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(('case_state', 'merged'), _negated=True), fields=['place', 'name', 'id'], include=('birth_date', 'eligibility', 'choice', 'home_regency', 'determined_on', 'has_account', 'account_active', 'statement_signed', 'reached', 'way'), name='worker_at_place'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(models.Q(('case_state', 'merged'), _negated=True), ('determined_on__isnull', False)), fields=['name', 'id'], include=('place', 'birth_date'), name='worker_named_by_decree'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(('case_state', 'merged'), _negated=True), fields=['choice', 'name', 'id'], include=('place', 'birth_date'), name='worker_by_choice'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(('case_state', 'merged'), _negated=True), fields=['eligibility', 'name', 'id'], include=('place', 'birth_date'), name='worker_by_eligibility'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(('case_state', 'merged'), _negated=True), fields=['home_regency', 'name', 'id'], include=('place', 'birth_date'), name='worker_by_home'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(('case_state', 'merged'), _negated=True), fields=['way', 'name', 'id'], include=('place', 'birth_date'), name='worker_by_way'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(('case_state', 'merged'), _negated=True), fields=['reached', 'name', 'id'], include=('place', 'birth_date'), name='worker_by_briefing'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(models.Q(('case_state', 'merged'), _negated=True), ('nik_index__isnull', True)), fields=['name', 'id'], include=('place', 'birth_date'), name='worker_without_nik'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(models.Q(('case_state', 'merged'), _negated=True), ('has_account', False)), fields=['name', 'id'], include=('place', 'birth_date'), name='worker_without_account'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(models.Q(('case_state', 'merged'), _negated=True), ('account_active', False)), fields=['name', 'id'], include=('place', 'birth_date'), name='worker_without_active_account'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(models.Q(('case_state', 'merged'), _negated=True), ('statement_signed', False)), fields=['name', 'id'], include=('place', 'birth_date'), name='worker_without_statement'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(models.Q(('case_state', 'merged'), _negated=True), ('account_active', True), ('holder_same', True), ('nik_index__isnull', False), ('statement_signed', True)), fields=['name', 'id'], include=('place', 'birth_date'), name='worker_complete'),
        ),
        migrations.AddIndex(
            model_name='worker',
            index=models.Index(condition=models.Q(models.Q(('case_state', 'merged'), _negated=True), ('determined_on__isnull', True), ('eligibility', 'eligible')), fields=['name', 'id'], include=('place', 'birth_date'), name='worker_waits_for_decree'),
        ),
        # How often each of it is so; only then do plans know.
        migrations.RunSQL("ANALYZE cases_worker", migrations.RunSQL.noop),
    ]
