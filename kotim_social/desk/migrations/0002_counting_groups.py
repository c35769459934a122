"""Groups kept right by triggers that note who changed, and one function that counts them anew.

What counts where is said once, in the view `desk_grouping`; the triggers only name people. See
docs/adr/0020-summaries-of-groups.md.
"""

from django.db import migrations

# -- what counts -------------------------------------------------------------------------------

# The groups of each person as the facts stand. A beneficiary counts among the people: she was not
# found not eligible, her record was not merged, and she is of age on the planned closing of her
# place (R19). Money counts for her, and for whoever has rights by a decree.
# `rights`: [kind, amount, paid, last attempt] of each that stands; [kind] of one that lapsed.
GROUPING = """
CREATE VIEW desk_grouping AS
SELECT w.id AS worker_id,
       CASE WHEN c.counted THEN jsonb_build_object(
            'place', w.place_id, 'province', home.province_id, 'choice', w.choice,
            'eligibility', w.eligibility, 'has_nik', w.nik_index IS NOT NULL,
            'has_account', EXISTS (
                SELECT 1 FROM cases_bankaccount a
                WHERE a.worker_id = w.id AND a.state <> 'closed' AND a.number_index IS NOT NULL),
            'is_named', w.determined_on IS NOT NULL,
            'way', coalesce(j.state, ''), 'boarded_on', j.boarded_on) END AS people,
       CASE WHEN c.counted OR r.rights IS NOT NULL THEN jsonb_build_object(
            'place', w.place_id, 'choice', w.choice, 'counted', c.counted,
            'rights', coalesce(r.rights, '[]')) END AS money
FROM cases_worker w
JOIN regions_place p ON p.code = w.place_id
JOIN regions_lokalisasi l ON l.code = p.lokalisasi_id
LEFT JOIN regions_regency home ON home.code = w.home_regency_id
LEFT JOIN cases_journey j ON j.worker_id = w.id AND j.current
CROSS JOIN LATERAL (
    SELECT w.eligibility <> 'not_eligible' AND w.case_state <> 'merged'
       AND w.birth_date <= l.planned_closing - interval '18 years' AS counted) c
LEFT JOIN LATERAL (
    SELECT jsonb_agg(DISTINCT CASE WHEN e.state = 'determined'
            THEN jsonb_build_array(e.kind_id, e.amount, e.paid, coalesce(last.stand, ''))
            ELSE jsonb_build_array(e.kind_id) END) AS rights
    FROM disbursements_entitlement e
    LEFT JOIN LATERAL (
        SELECT CASE WHEN n.state IN ('prepared', 'ordered') THEN 'live'
                    WHEN n.state = 'returned' OR EXISTS (
                        SELECT 1 FROM disbursements_reversal v WHERE v.line_id = n.id)
                    THEN 'back' END AS stand
        FROM disbursements_paymentline n
        WHERE n.entitlement_id = e.id AND n.state <> 'cancelled'
        ORDER BY n.id DESC LIMIT 1) last ON true
    WHERE e.worker_id = w.id) r ON true
"""

# -- who changed -------------------------------------------------------------------------------

# Table → the people of its changed rows. Every kind of statement notes, whoever makes it.
WHOSE = {
    "cases_worker": "SELECT r.id FROM changed r",
    "cases_bankaccount": "SELECT r.worker_id FROM changed r",
    "cases_journey": "SELECT r.worker_id FROM changed r",
    "disbursements_entitlement": "SELECT r.worker_id FROM changed r",
    "disbursements_paymentline": """
        SELECT e.worker_id FROM changed r
        JOIN disbursements_entitlement e ON e.id = r.entitlement_id""",
    "disbursements_reversal": """
        SELECT e.worker_id FROM changed r JOIN disbursements_paymentline n ON n.id = r.line_id
        JOIN disbursements_entitlement e ON e.id = n.entitlement_id""",
    # Who is of age follows from the closing, so a moved closing moves everybody of the place.
    "regions_lokalisasi": """
        SELECT w.id FROM changed r JOIN regions_place p ON p.lokalisasi_id = r.code
        JOIN cases_worker w ON w.place_id = p.code""",
    "regions_place": "SELECT w.id FROM changed r JOIN cases_worker w ON w.place_id = r.code",
}
# Table → its key, and the columns that count. An update that changes none of them (a name, a key
# of encryption) notes nobody.
FACTS = {
    "cases_worker": (
        "id", "place_id, home_regency_id, choice, eligibility, case_state, birth_date,"
        " determined_on, nik_index"),
    "cases_bankaccount": ("id", "worker_id, state, number_index"),
    "cases_journey": ("id", "worker_id, current, state, boarded_on"),
    "disbursements_entitlement": ("id", "worker_id, kind_id, amount, paid, state"),
    "disbursements_paymentline": ("id", "entitlement_id, state"),
    "disbursements_reversal": ("id", "line_id"),
    "regions_lokalisasi": ("code", "planned_closing"),
    "regions_place": ("code", "lokalisasi_id"),
}
# A new place has nobody yet, and one with people in it is not deleted.
EVENTS = {"regions_lokalisasi": ("UPDATE",), "regions_place": ("UPDATE",)}
ALL_EVENTS = ("INSERT", "UPDATE", "DELETE")
ROWS = {"INSERT": "NEW TABLE AS rows", "DELETE": "OLD TABLE AS rows",
        "UPDATE": "OLD TABLE AS before NEW TABLE AS rows"}


def _of(alias: str, columns: str) -> str:
    return ", ".join(f"{alias}.{name.strip()}" for name in columns.split(","))


def _note(table: str) -> str:
    """The function and triggers of one table."""
    whose, (key, facts) = WHOSE[table], FACTS[table]
    function = f"desk_note_{table}"
    body = f"""
CREATE FUNCTION {function}() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_RELID <> 'public.{table}'::regclass THEN
        RAISE EXCEPTION 'this notes changes of one table and of nothing else' USING ERRCODE = 'KT002';
    END IF;
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO desk_changedperson (worker_id)
        WITH moved AS (
            SELECT r.{key} FROM rows r JOIN before b ON b.{key} = r.{key}
            WHERE ({_of("r", facts)}) IS DISTINCT FROM ({_of("b", facts)})
        ), changed AS (
            -- Before as well as after: a row may go over to somebody else.
            SELECT * FROM rows WHERE {key} IN (SELECT {key} FROM moved)
            UNION ALL SELECT * FROM before WHERE {key} IN (SELECT {key} FROM moved))
        SELECT DISTINCT x.id FROM ({whose}) x (id);
    ELSE
        INSERT INTO desk_changedperson (worker_id)
        WITH changed AS (SELECT * FROM rows)
        SELECT DISTINCT x.id FROM ({whose}) x (id);
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION {function}() FROM PUBLIC;
"""
    triggers = [
        f"CREATE TRIGGER note_{event.lower()} AFTER {event} ON {table} REFERENCING {ROWS[event]}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {function}();"
        for event in EVENTS.get(table, ALL_EVENTS)
    ]
    return body + "\n".join(triggers)


def _forget(table: str) -> str:
    triggers = [
        f"DROP TRIGGER note_{event.lower()} ON {table};"
        for event in EVENTS.get(table, ALL_EVENTS)
    ]
    return "\n".join([*triggers, f"DROP FUNCTION desk_note_{table}();"])


# -- counting ----------------------------------------------------------------------------------

# Takes so many notes away and moves their people to the groups where they belong now, all in one
# statement: the notes, the facts and the groups are those of one moment. A note that comes later
# stays. One at a time counts; whoever comes second has nothing to do. Gives the notes it took.
FOLD = """
CREATE FUNCTION desk_fold(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    taken integer;
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('desk_group')) THEN
        RETURN 0;
    END IF;
    WITH notes AS (
        DELETE FROM desk_changedperson WHERE id = ANY (ARRAY(
            SELECT id FROM desk_changedperson ORDER BY id LIMIT most))
        RETURNING worker_id
    ), now AS (
        SELECT * FROM desk_grouping
        WHERE worker_id = ANY (ARRAY(SELECT DISTINCT worker_id FROM notes))
    ), before AS (
        SELECT * FROM desk_persongroup
        WHERE worker_id = ANY (ARRAY(SELECT DISTINCT worker_id FROM notes))
    ), moved AS (
        SELECT m.about, m.facts, sum(m.n) AS n FROM (
            SELECT 'people', people, 1 FROM now UNION ALL SELECT 'money', money, 1 FROM now
            UNION ALL SELECT 'people', people, -1 FROM before
            UNION ALL SELECT 'money', money, -1 FROM before) m (about, facts, n)
        WHERE m.facts IS NOT NULL GROUP BY 1, 2 HAVING sum(m.n) <> 0
    ), counted AS (
        INSERT INTO desk_group AS g (about, facts, people) SELECT about, facts, n FROM moved
        ON CONFLICT (about, facts) DO UPDATE SET people = g.people + excluded.people
    ), gone AS (
        DELETE FROM desk_persongroup p USING before b
        WHERE p.worker_id = b.worker_id
          AND NOT EXISTS (SELECT 1 FROM now n WHERE n.worker_id = b.worker_id)
    ), kept AS (
        INSERT INTO desk_persongroup AS p (worker_id, people, money) SELECT * FROM now
        ON CONFLICT (worker_id) DO UPDATE SET people = excluded.people, money = excluded.money
        WHERE (p.people, p.money) IS DISTINCT FROM (excluded.people, excluded.money)
    )
    SELECT count(*) INTO taken FROM notes;
    DELETE FROM desk_group WHERE people = 0;
    RETURN taken;
END $$;
"""

# The owner's way to begin anew. Whoever has changed somebody and not yet committed is waited for;
# whoever changes somebody later waits in turn.
REBUILD = """
CREATE FUNCTION desk_count_anew() RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    people bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('desk_group'));
    LOCK TABLE desk_changedperson IN SHARE ROW EXCLUSIVE MODE;
    DELETE FROM desk_changedperson;
    DELETE FROM desk_group;
    DELETE FROM desk_persongroup;
    INSERT INTO desk_persongroup (worker_id, people, money) SELECT * FROM desk_grouping;
    GET DIAGNOSTICS people = ROW_COUNT;
    INSERT INTO desk_group (about, facts, people)
        SELECT 'people', p.people, count(*) FROM desk_persongroup p
        WHERE p.people IS NOT NULL GROUP BY 2
        UNION ALL
        SELECT 'money', p.money, count(*) FROM desk_persongroup p
        WHERE p.money IS NOT NULL GROUP BY 2;
    RETURN people;
END $$;
REVOKE ALL ON FUNCTION desk_count_anew() FROM PUBLIC;
"""

# -- what is read ------------------------------------------------------------------------------

# The groups at this moment: those counted, and whoever has changed since, out of the old and into
# the new. Nobody is named, so these views show everybody's sums with the owner's rights.
NOW = """
CREATE VIEW desk_groupnow AS
SELECT about, facts, sum(n)::bigint AS people FROM (
    SELECT about, facts, people AS n FROM desk_group
    UNION ALL
    SELECT m.about, m.facts, 1 FROM desk_grouping g
    CROSS JOIN LATERAL (VALUES ('people', g.people), ('money', g.money)) m (about, facts)
    WHERE g.worker_id = ANY (ARRAY(SELECT DISTINCT worker_id FROM desk_changedperson))
      AND m.facts IS NOT NULL
    UNION ALL
    SELECT m.about, m.facts, -1 FROM desk_persongroup g
    CROSS JOIN LATERAL (VALUES ('people', g.people), ('money', g.money)) m (about, facts)
    WHERE g.worker_id = ANY (ARRAY(SELECT DISTINCT worker_id FROM desk_changedperson))
      AND m.facts IS NOT NULL
) counted GROUP BY 1, 2 HAVING sum(n) <> 0
"""

PEOPLE = """
CREATE VIEW desk_peoplegroup AS
SELECT facts::text AS key, facts->>'place' AS place_id, facts->>'province' AS province,
       facts->>'choice' AS choice, facts->>'eligibility' AS eligibility,
       (facts->>'has_nik')::boolean AS has_nik, (facts->>'has_account')::boolean AS has_account,
       (facts->>'is_named')::boolean AS is_named, facts->>'way' AS way,
       (facts->>'boarded_on')::date AS boarded_on, people
FROM desk_groupnow WHERE about = 'people'
"""

# The same order of the cases as in the view of positions: live, came back, withheld, open.
POSITIONS = """
CREATE VIEW desk_positiongroup AS
WITH payable AS (
    SELECT k.code, coalesce(parent.funder_id, k.funder_id) AS funder_id, p.who, r.amount AS rate
    FROM disbursements_assistancekind k
    JOIN disbursements_policy p ON p.kind_id = k.code
    LEFT JOIN disbursements_assistancekind parent ON parent.code = k.component_of_id
    LEFT JOIN disbursements_rate r ON r.kind_id = k.code
         AND daterange(r.valid_from, r.valid_until, '[]') @> current_date
    WHERE NOT EXISTS (
        SELECT 1 FROM disbursements_assistancekind part WHERE part.component_of_id = k.code)
), grouped AS (
    SELECT facts::text AS one, facts->>'place' AS place_id, facts->>'choice' AS choice,
           (facts->>'counted')::boolean AS counted, facts->'rights' AS rights, people
    FROM desk_groupnow WHERE about = 'money'
), stand AS (
    SELECT g.one, g.place_id, g.choice, g.people, k.code AS kind_id, k.funder_id, k.who,
           (e->>1)::bigint AS entitled, (e->>2)::bigint AS paid, e->>3 AS last
    FROM grouped g CROSS JOIN LATERAL jsonb_array_elements(g.rights) e
    JOIN payable k ON k.code = e->>0
    WHERE jsonb_array_length(e) > 1
  UNION ALL
    SELECT g.one, g.place_id, g.choice, g.people, k.code, k.funder_id, k.who, k.rate, 0, ''
    FROM grouped g CROSS JOIN payable k
    WHERE g.counted AND k.rate IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements(g.rights) e WHERE e->>0 = k.code)
)
SELECT s.kind_id || ':' || s.one AS key, s.one, s.place_id, s.kind_id, s.funder_id, s.people,
       s.entitled, s.paid,
       CASE WHEN s.last = 'live' THEN rest ELSE 0 END AS in_process,
       CASE WHEN s.last = 'back' THEN rest ELSE 0 END AS returned,
       CASE WHEN s.last = '' AND held THEN rest ELSE 0 END AS withheld,
       CASE WHEN s.last = '' AND NOT held THEN rest ELSE 0 END AS open
FROM stand s
CROSS JOIN LATERAL (
    SELECT s.entitled - s.paid AS rest,
           (s.who = 'returnees' AND s.choice <> 'return')
             OR (s.who = 'stayers' AND s.choice <> 'stay') AS held) now
"""

# Counted and live beside each other in one statement, so that nobody's work comes in between: the
# groups, and the money by the view of positions. Rows are there only where the two differ.
DIFFERENCES = """
CREATE VIEW desk_groupdifference AS
SELECT about || ' ' || facts::text AS which, coalesce(g.people, 0)::numeric AS counted,
       coalesce(f.people, 0)::numeric AS live
FROM desk_groupnow g
FULL JOIN (
    SELECT m.about, m.facts, count(*) AS people FROM desk_grouping w
    CROSS JOIN LATERAL (VALUES ('people', w.people), ('money', w.money)) m (about, facts)
    WHERE m.facts IS NOT NULL GROUP BY 1, 2) f USING (about, facts)
WHERE g.people IS DISTINCT FROM f.people
UNION ALL
SELECT concat_ws(' ', funder_id, kind_id, place_id, m.measure), m.counted, m.live
FROM (
    SELECT funder_id, kind_id, place_id, sum(people * entitled) AS entitled,
           sum(people * paid) AS paid, sum(people * in_process) AS in_process,
           sum(people * returned) AS returned, sum(people * withheld) AS withheld,
           sum(people * open) AS open
    FROM desk_positiongroup GROUP BY 1, 2, 3) g
FULL JOIN (
    SELECT funder_id, kind_id, place_id, sum(entitled) AS entitled, sum(paid) AS paid,
           sum(in_process) AS in_process, sum(returned) AS returned, sum(withheld) AS withheld,
           sum(open) AS open
    FROM disbursements_position GROUP BY 1, 2, 3) p USING (funder_id, kind_id, place_id)
CROSS JOIN LATERAL (VALUES
    ('entitled', coalesce(g.entitled, 0), coalesce(p.entitled, 0)),
    ('paid', coalesce(g.paid, 0), coalesce(p.paid, 0)),
    ('in process', coalesce(g.in_process, 0), coalesce(p.in_process, 0)),
    ('returned', coalesce(g.returned, 0), coalesce(p.returned, 0)),
    ('withheld', coalesce(g.withheld, 0), coalesce(p.withheld, 0)),
    ('open', coalesce(g.open, 0), coalesce(p.open, 0))) m (measure, counted, live)
WHERE m.counted <> m.live
"""


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0001_groups_of_people"),
        ("cases", "0016_words_of_the_admin_site"),
        ("disbursements", "0012_words_of_the_admin_site"),
        ("regions", "0003_declaration"),
    ]

    operations = [
        migrations.RunSQL(GROUPING, "DROP VIEW desk_grouping"),
        *(migrations.RunSQL(_note(table), _forget(table)) for table in WHOSE),
        migrations.RunSQL(FOLD, "DROP FUNCTION desk_fold(integer)"),
        migrations.RunSQL(REBUILD, "DROP FUNCTION desk_count_anew()"),
        migrations.RunSQL(NOW, "DROP VIEW desk_groupnow"),
        migrations.RunSQL(PEOPLE, "DROP VIEW desk_peoplegroup"),
        migrations.RunSQL(POSITIONS, "DROP VIEW desk_positiongroup"),
        migrations.RunSQL(DIFFERENCES, "DROP VIEW desk_groupdifference"),
        migrations.RunSQL("SELECT desk_count_anew()", migrations.RunSQL.noop),
    ]
