"""The look-up of names asks for a caseworker's places by index, beside the likeness.

Whom she may see is found first, as lists, and stands in the statement only where it limits
anything. It must stay equal to the policies of 0019 (a test compares). Where `enough` people bear
the very part, nobody is asked for who is merely like it.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("cases.migrations.0019_row_level_security").FIND_NAMES

_PEOPLE = "(SELECT w.id AS worker_id, w.place_id, w.name_folded FROM cases_worker w)"
_ALIASES = (
    "(SELECT a.worker_id, w.place_id, a.name_folded "
    "FROM cases_alias a JOIN cases_worker w ON w.id = a.worker_id)"
)
_PART = "t.name_folded LIKE $1"
_LIKE = (
    "LIKE_BOTH AND $6 <= ALL (SELECT word_similarity(one, t.name_folded) FROM unnest($7) one)"
)
_FEW = "AND (SELECT count(DISTINCT worker_id) FROM exact) < $11"


def _arm(reason: str, source: str, condition: str, more: str = "") -> str:
    return (
        f"(SELECT t.worker_id, t.name_folded::text AS text, '{reason}' AS reason "
        f"FROM {source} t WHERE {condition} AND SEEN {more} LIMIT $3)"
    )


_AFTER = f"""
CREATE FUNCTION kotim_find_names(
    part text, word text, most integer, first text, second text, faint double precision, rest text[],
    enough integer
) RETURNS TABLE (worker_id uuid, reason text, text text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $find$
DECLARE
    sight text := kotim_sight();
    places text[];
    held uuid[];
    hidden uuid[];
    seen text := 'true';
    near text := '$4 <% t.name_folded' ||
        CASE WHEN first = second THEN '' ELSE ' AND $5 <% t.name_folded' END;
BEGIN
    IF sight = 'none' THEN
        RETURN;
    ELSIF sight = 'adults' THEN
        hidden := ARRAY(SELECT kotim_children());
        seen := 't.worker_id <> ALL ($8)';
    ELSIF sight IN ('own', 'places') THEN
        places := ARRAY(SELECT kotim_places());
        held := ARRAY(SELECT kotim_held());
        hidden := ARRAY((SELECT kotim_given_away() UNION SELECT kotim_children())
                        EXCEPT SELECT kotim_held());
        seen := '(t.place_id = ANY ($9) OR t.worker_id = ANY ($10)) AND t.worker_id <> ALL ($8)';
    END IF;
    -- Planned anew each time: how many names hold a part is known of the part alone.
    RETURN QUERY EXECUTE replace(replace($query$
        WITH exact AS MATERIALIZED (
            {_arm("name", _PEOPLE, _PART)}
            UNION ALL {_arm("alias", _ALIASES, _PART)}
        ), hits AS MATERIALIZED (
            SELECT * FROM exact
            UNION ALL {_arm("near_name", _PEOPLE, _LIKE, _FEW)}
            UNION ALL {_arm("near_alias", _ALIASES, _LIKE, _FEW)}
        )
        SELECT h.worker_id, h.reason, h.text FROM hits h
        ORDER BY CASE WHEN h.reason LIKE 'near%' THEN word_similarity($2, h.text) ELSE 1 END DESC,
                 h.worker_id LIMIT $3
    $query$, 'SEEN', seen), 'LIKE_BOTH', near)
    USING part, word, most, first, second, faint, rest, hidden, places, held, enough;
END $find$;
"""


_DROP = "DROP FUNCTION kotim_find_names(text, text, integer, text, text, double precision, text[]"


class Migration(migrations.Migration):
    dependencies = [("cases", "0019_row_level_security")]

    operations = [
        migrations.RunSQL(f"{_DROP});\n{_AFTER}", f"{_DROP}, integer);\n{_BEFORE}"),
    ]
