"""The person tables show each user her own people only, whatever the program asks.

`kotim.user` says who asks and `kotim.people` which group is opened beside (audit/scope.py). Without
a user there is nobody. The functions run as the owner, whom the policies do not bind; what they
decide must stay equal to `Worker.objects.visible_to` and `in_care_of` (a test compares).
"""

from django.db import migrations, models

_FUNCTION = "LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp"

FUNCTIONS = f"""
CREATE VIEW cases_whereabouts AS
SELECT id AS worker_id, place_id, birth_date FROM cases_worker;

CREATE FUNCTION kotim_asks() RETURNS bigint LANGUAGE sql STABLE AS
$$ SELECT NULLIF(current_setting('kotim.user', true), '')::bigint $$;

-- all: supervisors, and what knows of the whole office. adults: the other roles of the office;
-- counted: where they see that a child is there too. own: caseworkers. places: without a role.
CREATE FUNCTION kotim_sight() RETURNS text {_FUNCTION} COST 10 AS $$
DECLARE
    people text := coalesce(current_setting('kotim.people', true), '');
    supervisor boolean;
    office boolean;
BEGIN
    IF people = 'office' THEN RETURN 'all'; END IF;
    IF kotim_asks() IS NULL THEN RETURN 'none'; END IF;
    SELECT bool_or(r.role = 'pimpinan'), bool_or(r.role <> 'petugas') INTO supervisor, office
    FROM accounts_rolegrant r JOIN accounts_user u ON u.id = r.user_id
    WHERE u.id = kotim_asks() AND u.is_active AND r.valid_from <= CURRENT_DATE
      AND (r.valid_until IS NULL OR r.valid_until >= CURRENT_DATE);
    RETURN CASE WHEN supervisor THEN 'all'
                WHEN office THEN CASE WHEN people = '' THEN 'adults' ELSE 'counted' END
                WHEN office IS NULL THEN 'places' ELSE 'own' END;
END $$;

CREATE FUNCTION kotim_places() RETURNS SETOF text {_FUNCTION} COST 10 ROWS 5 AS $$
BEGIN
    RETURN QUERY SELECT p.code::text FROM regions_place p
    JOIN accounts_assignment a ON a.lokalisasi_id = p.lokalisasi_id
    WHERE a.user_id = kotim_asks() AND a.valid_from <= CURRENT_DATE
      AND (a.valid_until IS NULL OR a.valid_until >= CURRENT_DATE);
END $$;

CREATE FUNCTION kotim_held() RETURNS SETOF uuid {_FUNCTION} COST 10 ROWS 20 AS $$
BEGIN
    RETURN QUERY SELECT h.worker_id FROM cases_caseholder h
    WHERE h.user_id = kotim_asks() AND h.ended_at IS NULL AND h.valid_from <= CURRENT_DATE
      AND (h.valid_until IS NULL OR h.valid_until >= CURRENT_DATE);
END $$;

CREATE FUNCTION kotim_given_away() RETURNS SETOF uuid {_FUNCTION} COST 10 ROWS 20 AS $$
BEGIN
    RETURN QUERY SELECT h.worker_id FROM cases_caseholder h
    WHERE h.user_id = kotim_asks() AND h.ended_at IS NOT NULL;
END $$;

-- Children whom she does not hold: under 18 on the planned closing of their place (R19).
CREATE FUNCTION kotim_children() RETURNS SETOF uuid {_FUNCTION} COST 10 ROWS 10 AS $$
DECLARE
    -- Nearly everybody is old enough for the earliest closing of all: few rows of an index.
    born date := (SELECT (min(planned_closing) - interval '18 years')::date
                  FROM regions_lokalisasi);
BEGIN
    RETURN QUERY SELECT w.id FROM cases_worker w
    JOIN regions_place p ON p.code = w.place_id
    JOIN regions_lokalisasi l ON l.code = p.lokalisasi_id
    WHERE w.birth_date > born
      AND w.birth_date > (l.planned_closing - interval '18 years')::date
      AND w.id NOT IN (SELECT kotim_held());
END $$;
"""

# Where a caseworker may see her: her place is read by her id, so that an index alone still
# answers those who see everybody. `{id}` is a column.
OWN = """(
    (SELECT h.place_id FROM cases_whereabouts h WHERE h.worker_id = {id})
        IN (SELECT kotim_places())
    AND {id} NOT IN (SELECT kotim_given_away())
    AND {id} NOT IN (SELECT kotim_children())
    OR {id} IN (SELECT kotim_held())
)"""
SEEN = f"""CASE (SELECT kotim_sight())
    WHEN 'all' THEN true
    WHEN 'counted' THEN true
    WHEN 'adults' THEN {{id}} NOT IN (SELECT kotim_children())
    WHEN 'none' THEN false
    ELSE {OWN}
END"""
# Her own row decides, with the groups that other policies open.
SEEN_WITH_HER = """CASE (SELECT kotim_sight())
    WHEN 'all' THEN true
    WHEN 'counted' THEN true
    WHEN 'adults' THEN {id} NOT IN (SELECT kotim_children())
    WHEN 'none' THEN false
    ELSE (SELECT w.id FROM cases_worker w WHERE w.id = {id}) IS NOT NULL
END"""
# What she told is the holder's and the supervisors' (R64).
IN_CARE = f"""CASE (SELECT kotim_sight())
    WHEN 'all' THEN true
    WHEN 'own' THEN {OWN} AND NOT EXISTS (
        SELECT 1 FROM cases_caseholder h
        WHERE h.worker_id = {{id}} AND h.user_id <> kotim_asks() AND h.ended_at IS NULL
          AND h.valid_from <= CURRENT_DATE
          AND (h.valid_until IS NULL OR h.valid_until >= CURRENT_DATE))
    ELSE false
END"""

# Table → the column that says of whom a row tells, and what decides.
WALLS = {
    "cases_worker": ("id", SEEN),
    "cases_worker_event": ("id", SEEN_WITH_HER),
    **{
        f"cases_{name}": ("worker_id", SEEN_WITH_HER)
        for name in (
            "alias", "bankaccount", "bankaccount_event", "personfile", "portrait", "correction",
            "signedstatement", "choicechange", "eligibilitydecision", "objection", "caseclosing",
            "journey", "journey_event", "originconfirmation", "consent", "referral",
            "datarequest",
        )
    },
    "cases_merge": ("kept_id", SEEN_WITH_HER),
    **{
        f"cases_{name}": ("worker_id", IN_CARE)
        for name in ("assessment", "planline", "note", "visit", "staybreach")
    },
}  # fmt: skip


def _wall(table: str, column: str, rule: str) -> str:
    """What is not seen is not changed either; who may write what is decided by the acts."""
    seen = rule.format(id=f"{table}.{column}")
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n"
        f"CREATE POLICY seen ON {table} USING ({seen}) WITH CHECK (true);"
    )


BUILD = "\n".join(_wall(table, *of) for table, of in WALLS.items())
PULL_DOWN = "\n".join(
    f"DROP POLICY seen ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table in WALLS
)

# The policies that the notes had: what is confidential is now limited on top of the wall.
_CONFIDENTIAL = """
    NOT confidential
    OR recorded_by_id = NULLIF(current_setting('kotim.user', true), '')::bigint
    OR EXISTS (
        SELECT 1 FROM accounts_rolegrant r
        WHERE r.user_id = NULLIF(current_setting('kotim.user', true), '')::bigint
          AND r.role = 'pimpinan'
          AND r.valid_from <= CURRENT_DATE
          AND (r.valid_until IS NULL OR r.valid_until >= CURRENT_DATE)
    )
"""
NOTES = f"""
DROP POLICY note_edit ON cases_note;
DROP POLICY note_write ON cases_note;
DROP POLICY note_read ON cases_note;
CREATE POLICY confidential ON cases_note AS RESTRICTIVE FOR SELECT USING ({_CONFIDENTIAL});
"""
NOTES_AS_BEFORE = f"""
DROP POLICY confidential ON cases_note;
ALTER TABLE cases_note ENABLE ROW LEVEL SECURITY;
CREATE POLICY note_read ON cases_note FOR SELECT USING ({_CONFIDENTIAL});
CREATE POLICY note_write ON cases_note FOR INSERT WITH CHECK (true);
CREATE POLICY note_edit ON cases_note FOR UPDATE USING (true);
"""

# Two groups that one may see who does not see each of their people.
GROUPS = f"""
CREATE FUNCTION kotim_people_of_session() RETURNS SETOF uuid {_FUNCTION} COST 10 ROWS 20 AS $$
DECLARE
    people text := current_setting('kotim.people', true);
BEGIN
    IF people LIKE 'session:%' THEN
        RETURN QUERY SELECT d.worker_id FROM cases_eligibilitydecision d
        JOIN cases_verificationsession s ON s.id = d.session_id
        WHERE s.id = substr(people, 9)::uuid AND s.place_id IN (SELECT kotim_places());
    END IF;
END $$;
CREATE POLICY of_session ON cases_worker
    USING (id IN (SELECT kotim_people_of_session())) WITH CHECK (true);

CREATE FUNCTION kotim_people_of_offer() RETURNS SETOF uuid {_FUNCTION} COST 10 ROWS 20 AS $$
DECLARE
    people text := current_setting('kotim.people', true);
BEGIN
    IF people LIKE 'offer:%' THEN
        RETURN QUERY SELECT c.worker_id FROM cases_offeredcase c
        JOIN cases_caseoffer o ON o.id = c.offer_id
        WHERE o.id = substr(people, 7)::uuid
          AND kotim_asks() IN (o.offered_by_id, o.receiver_id);
    END IF;
END $$;
CREATE POLICY of_offer ON cases_worker
    USING (id IN (SELECT kotim_people_of_offer())) WITH CHECK (true);
"""
NO_GROUPS = """
DROP POLICY of_offer ON cases_worker;
DROP POLICY of_session ON cases_worker;
DROP FUNCTION kotim_people_of_offer();
DROP FUNCTION kotim_people_of_session();
"""

# A part of a name is no index condition under a policy: LIKE may tell of rows that it drops. This
# one looks by the index and gives only whom she sees, before it is cut off.
_MAY_SEE = SEEN.format(id="t.worker_id")
_PEOPLE = "(SELECT id AS worker_id, name_folded FROM cases_worker)"
_PART = "t.name_folded LIKE $1"
_LIKE = (
    "$4 <% t.name_folded AND $5 <% t.name_folded AND $6 <= ALL ("
    "SELECT word_similarity(one, t.name_folded) FROM unnest($7) one)"
)
_FEW = "AND (SELECT count(*) FROM exact) < $3"


def _arm(reason: str, source: str, condition: str, more: str = "") -> str:
    return (
        f"(SELECT t.worker_id, t.name_folded::text AS text, '{reason}' AS reason "
        f"FROM {source} t WHERE {condition} AND {_MAY_SEE} {more} LIMIT $3)"
    )


FIND_NAMES = f"""
CREATE FUNCTION kotim_find_names(
    part text, word text, most integer, first text, second text, faint double precision, rest text[]
) RETURNS TABLE (worker_id uuid, reason text, text text) {_FUNCTION} AS $find$
BEGIN
    -- Planned anew each time: how many names hold a part is known of the part alone.
    RETURN QUERY EXECUTE $query$
        WITH exact AS MATERIALIZED (
            {_arm("name", _PEOPLE, _PART)}
            UNION ALL {_arm("alias", "cases_alias", _PART)}
        ), hits AS MATERIALIZED (
            SELECT * FROM exact
            UNION ALL {_arm("near_name", _PEOPLE, _LIKE, _FEW)}
            UNION ALL {_arm("near_alias", "cases_alias", _LIKE, _FEW)}
        )
        SELECT h.worker_id, h.reason, h.text FROM hits h
        ORDER BY CASE WHEN h.reason LIKE 'near%' THEN word_similarity($2, h.text) ELSE 1 END DESC,
                 h.worker_id LIMIT $3
    $query$ USING part, word, most, first, second, faint, rest;
END $find$;
"""

# The review queue asks about everybody: it gives ids, of which the page shows those she may see.
# Each arm joins over an index; `one` is the smaller id, so that a pair stands there once. An
# equal NIK is not among them: the database holds each number once.
LIKELY_PAIRS = """
CREATE FUNCTION kotim_likely_pairs(crowd integer, whose uuid, most integer)
RETURNS TABLE (one uuid, other uuid, likeness text[], nearest integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH people AS (
    SELECT id, name_folded, mother_folded, birth_date, nik_tail_index, phone_index
    FROM cases_worker WHERE case_state <> 'merged'
), crowded AS (
    SELECT birth_date FROM people GROUP BY birth_date HAVING count(*) > $1
), found(one, other, likeness, rank) AS (
    SELECT a.id, b.id, 'name_birth', 1 FROM people a
    JOIN people b ON b.name_folded = a.name_folded AND b.birth_date = a.birth_date AND a.id < b.id
  UNION ALL
    SELECT a.id, b.id, 'nik_end', 2 FROM people a
    JOIN people b ON b.nik_tail_index = a.nik_tail_index AND b.birth_date = a.birth_date
         AND a.id < b.id
  UNION ALL
    SELECT a.id, b.id, 'name_mother', 3 FROM people a
    JOIN people b ON b.name_folded = a.name_folded AND b.mother_folded = a.mother_folded
         AND a.mother_folded <> '' AND a.id < b.id
         AND abs(extract(year FROM a.birth_date) - extract(year FROM b.birth_date)) <= 1
  UNION ALL
    SELECT least(x.worker_id, y.worker_id), greatest(x.worker_id, y.worker_id), 'account', 4
    FROM cases_bankaccount x
    JOIN cases_bankaccount y ON y.number_index = x.number_index AND x.worker_id <> y.worker_id
    JOIN people a ON a.id = x.worker_id JOIN people b ON b.id = y.worker_id
    WHERE x.state <> 'closed' AND y.state <> 'closed'
  UNION ALL
    SELECT least(a.id, b.id), greatest(a.id, b.id), 'alias_birth', 5 FROM cases_alias n
    JOIN people a ON a.id = n.worker_id
    JOIN people b ON b.name_folded = n.name_folded AND b.birth_date = a.birth_date AND b.id <> a.id
  UNION ALL
    SELECT a.id, b.id, 'similar_name', 6 FROM people a
    JOIN people b ON b.birth_date = a.birth_date AND a.id < b.id
         AND b.name_folded <> a.name_folded
         AND (similarity(a.name_folded, b.name_folded) >= 0.6
              OR string_to_array(a.name_folded, ' ') <@ string_to_array(b.name_folded, ' ')
              OR string_to_array(a.name_folded, ' ') @> string_to_array(b.name_folded, ' '))
    WHERE a.birth_date NOT IN (SELECT birth_date FROM crowded)
  UNION ALL
    SELECT a.id, b.id, 'phone', 7 FROM people a
    JOIN people b ON b.phone_index = a.phone_index AND a.id < b.id
)
SELECT one, other, array_agg(DISTINCT likeness), min(rank) AS nearest
FROM found f
WHERE ($2 IS NULL OR $2 IN (one, other))
  AND NOT EXISTS (SELECT 1 FROM cases_differentpeople d
                  WHERE d.first_id = f.one AND d.second_id = f.other)
GROUP BY one, other ORDER BY nearest, one, other LIMIT $3
$$;
"""

NO_FUNCTIONS = """
DROP FUNCTION kotim_likely_pairs(integer, uuid, integer);
DROP FUNCTION kotim_find_names(
    text, text, integer, text, text, double precision, text[]);
DROP FUNCTION kotim_children();
DROP FUNCTION kotim_given_away();
DROP FUNCTION kotim_held();
DROP FUNCTION kotim_places();
DROP FUNCTION kotim_sight();
DROP FUNCTION kotim_asks();
DROP VIEW cases_whereabouts;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0018_lacks_by_index"),
        ("accounts", "0001_initial"),
        ("regions", "0003_declaration"),
    ]

    operations = [
        migrations.CreateModel(
            name="Whereabouts",
            fields=[
                ("worker", models.OneToOneField(on_delete=models.DO_NOTHING, primary_key=True, related_name="whereabouts", serialize=False, to="cases.worker")),
                ("birth_date", models.DateField()),
            ],
            options={"db_table": "cases_whereabouts", "managed": False},
        ),
        migrations.AddIndex(
            model_name="worker",
            index=models.Index(fields=["birth_date"], name="worker_by_birth"),
        ),
        migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop),
        migrations.RunSQL(FIND_NAMES + LIKELY_PAIRS, NO_FUNCTIONS),
        migrations.RunSQL(NOTES, migrations.RunSQL.noop),
        migrations.RunSQL(BUILD, PULL_DOWN),
        migrations.RunSQL(migrations.RunSQL.noop, NOTES_AS_BEFORE),
        migrations.RunSQL(GROUPS, NO_GROUPS),
    ]
