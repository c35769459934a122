"""The guards of lines and rights look once at all rows of a statement instead of at each (R31, R35)."""

from importlib import import_module

from django.db import migrations

_money = import_module("disbursements.migrations.0002_money_rules")
_years = import_module("disbursements.migrations.0008_year_and_rate_rules")

# What is plain from the row before and after stays with the row: the condition of the trigger is
# compared without a call, and the function runs only where there is something to refuse or to ask.
# What has to be looked up is looked up after the statement, for all its rows at once: by then the
# lists and rights are locked in the order of their ids and read again, so what somebody else has
# committed meanwhile is seen. Plans are kept for the session, and the number of rows of the first
# statement with them; hence nothing here joins the rows of a statement with each other, and what
# is looked up by id stands in a LATERAL with OFFSET 0, which always goes by the index.
LINE_ROWS = """
DROP TRIGGER line_guard ON disbursements_paymentline;
CREATE OR REPLACE FUNCTION disbursements_line_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    ciphers CONSTANT text[] := ARRAY['snapshot', 'result_note'];
    list_state text;
BEGIN
    -- Keys are rotated by the owner alone, who may write the same facts under another key.
    IF to_jsonb(NEW) - ciphers = to_jsonb(OLD) - ciphers
       AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RETURN NEW;
    END IF;
    IF OLD.state IN ('paid', 'returned', 'cancelled') THEN
        RAISE EXCEPTION 'a settled line is never changed' USING ERRCODE = 'KT002';
    END IF;
    IF (NEW.id, NEW.payment_list_id, NEW.entitlement_id, NEW.number, NEW.amount, NEW.previous_id,
        NEW.added_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.payment_list_id, OLD.entitlement_id, OLD.number, OLD.amount, OLD.previous_id,
        OLD.added_by_id) THEN
        RAISE EXCEPTION 'what a line pays is never changed' USING ERRCODE = 'KT002';
    END IF;
    IF (NEW.payee_mark, NEW.snapshot) IS DISTINCT FROM (OLD.payee_mark, OLD.snapshot) THEN
        SELECT l.state INTO list_state FROM disbursements_paymentlist l
        WHERE l.id = NEW.payment_list_id FOR SHARE;
        IF list_state IS DISTINCT FROM 'verified' THEN
            RAISE EXCEPTION 'whom a line pays is written down at the approval'
                USING ERRCODE = 'KT002';
        END IF;
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
        ('prepared', 'ordered'), ('prepared', 'cancelled'), ('ordered', 'paid'),
        ('ordered', 'returned')
    ) THEN
        RAISE EXCEPTION 'the list is not so far' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER line_guard BEFORE UPDATE ON disbursements_paymentline FOR EACH ROW
    WHEN (OLD.state NOT IN ('prepared', 'ordered')
          OR (NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN (
                ('prepared', 'ordered'), ('prepared', 'cancelled'), ('ordered', 'paid'),
                ('ordered', 'returned')))
          OR (NEW.id, NEW.payment_list_id, NEW.entitlement_id, NEW.number, NEW.amount,
              NEW.previous_id, NEW.added_by_id, NEW.payee_mark, NEW.snapshot)
             IS DISTINCT FROM
             (OLD.id, OLD.payment_list_id, OLD.entitlement_id, OLD.number, OLD.amount,
              OLD.previous_id, OLD.added_by_id, OLD.payee_mark, OLD.snapshot))
    EXECUTE FUNCTION disbursements_line_guard();
"""

# The names of the two that follow come before `book_line`: what may not be is refused before it
# is booked. Lists are locked first, then rights, then the year, as they have always been.
LINE_SETS = """
CREATE FUNCTION disbursements_lock_for_lines(lists uuid[], rights uuid[]) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM disbursements_paymentlist l WHERE l.id = ANY(lists) ORDER BY l.id FOR SHARE;
    PERFORM 1 FROM disbursements_entitlement e WHERE e.id = ANY(rights) ORDER BY e.id FOR UPDATE;
END $$;

CREATE FUNCTION disbursements_begin_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    lists uuid[];
    rights uuid[];
    wrong integer;
BEGIN
    SELECT array_agg(DISTINCT a.payment_list_id), array_agg(a.entitlement_id)
    INTO lists, rights FROM added a;
    PERFORM disbursements_lock_for_lines(lists, rights);
    SELECT min(CASE
        WHEN list.state IS DISTINCT FROM 'draft' OR a.state <> 'prepared' THEN 1
        WHEN entitled.state IS DISTINCT FROM 'determined'
             OR a.amount <> entitled.amount - entitled.paid THEN 2
        WHEN NOT EXISTS (
            SELECT 1 FROM disbursements_paymentlist_kinds k
            WHERE k.paymentlist_id = a.payment_list_id AND k.assistancekind_id = entitled.kind_id
        ) THEN 3
        WHEN NOT EXISTS (
            SELECT 1 FROM disbursements_listdecision d
            WHERE d.payment_list_id = a.payment_list_id AND d.recorded_by_id = a.added_by_id
              AND d.duty = 'prepare'
        ) THEN 4
        WHEN list.budget_year_id <> entitled.budget_year_id THEN 5
    END) INTO wrong
    FROM added a
    LEFT JOIN LATERAL (SELECT * FROM disbursements_paymentlist l
                       WHERE l.id = a.payment_list_id OFFSET 0) list ON true
    LEFT JOIN LATERAL (SELECT * FROM disbursements_entitlement e
                       WHERE e.id = a.entitlement_id OFFSET 0) entitled ON true;
    IF wrong = 1 THEN
        RAISE EXCEPTION 'a line begins as prepared, in a draft' USING ERRCODE = 'KT001';
    ELSIF wrong = 2 THEN
        RAISE EXCEPTION 'a line is the whole unpaid rest of a determined entitlement'
            USING ERRCODE = 'KT001';
    ELSIF wrong = 3 THEN
        RAISE EXCEPTION 'the kind is not one of the list' USING ERRCODE = 'KT001';
    ELSIF wrong = 4 THEN
        RAISE EXCEPTION 'who adds a line is a preparer of the list' USING ERRCODE = 'KT001';
    END IF;
    PERFORM disbursements_open_year(y.year) FROM (
        SELECT DISTINCT l.budget_year_id::integer AS year FROM disbursements_paymentlist l
        WHERE l.id = ANY(lists) ORDER BY 1) y;
    IF wrong = 5 THEN
        RAISE EXCEPTION 'the right is of another budget year' USING ERRCODE = 'KT001';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER begin_line AFTER INSERT ON disbursements_paymentline
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION disbursements_begin_line();

-- The row's own guard has seen to it that a line comes from the state before.
CREATE FUNCTION disbursements_advance_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    lists uuid[];
    rights uuid[];
    step record;
BEGIN
    SELECT array_agg(DISTINCT m.payment_list_id), array_agg(m.entitlement_id)
    INTO lists, rights FROM after m
    WHERE (m.id, m.state) NOT IN (SELECT b.id, b.state FROM before b);
    IF lists IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM disbursements_lock_for_lines(lists, rights);
    FOR step IN
        SELECT m.state, m.latest, l.state AS list_state, l.budget_year_id AS year,
               m.result_by_id IS NOT NULL AND EXISTS (
                   SELECT 1 FROM disbursements_listdecision d
                   WHERE d.payment_list_id = m.payment_list_id
                     AND d.recorded_by_id = m.result_by_id AND d.duty <> 'pay') AS had_a_hand
        FROM (SELECT a.payment_list_id, a.state, a.result_by_id, max(a.result_on) AS latest
              FROM after a
              WHERE (a.id, a.state) NOT IN (SELECT b.id, b.state FROM before b)
              GROUP BY a.payment_list_id, a.state, a.result_by_id) m
        LEFT JOIN LATERAL (SELECT * FROM disbursements_paymentlist p
                           WHERE p.id = m.payment_list_id OFFSET 0) l ON true
        ORDER BY l.budget_year_id, m.payment_list_id
    LOOP
        IF step.list_state IS NULL OR (step.state, step.list_state) NOT IN (
            ('ordered', 'ordered'), ('cancelled', 'draft'), ('cancelled', 'cancelled'),
            ('paid', 'ordered'), ('returned', 'ordered')
        ) THEN
            RAISE EXCEPTION 'the list is not so far' USING ERRCODE = 'KT003';
        END IF;
        IF step.had_a_hand THEN
            RAISE EXCEPTION 'who had another duty on the list books no result'
                USING ERRCODE = 'KT003';
        END IF;
        CONTINUE WHEN step.state = 'cancelled';
        PERFORM disbursements_open_year(step.year::integer);
        IF step.state = 'paid' AND step.latest > (
            SELECT y.cut_off FROM disbursements_budgetyear y WHERE y.year = step.year
        ) THEN
            RAISE EXCEPTION 'after its last day nothing is paid on a year' USING ERRCODE = 'KT004';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER advance_line AFTER UPDATE ON disbursements_paymentline
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION disbursements_advance_line();

DROP TRIGGER line_year ON disbursements_paymentline;
DROP FUNCTION disbursements_line_year();
"""

# The running totals of all lines that a statement paid are moved by one statement.
BOOKING = """
DROP TRIGGER book_line ON disbursements_paymentline;
CREATE OR REPLACE FUNCTION disbursements_book_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    rights uuid[];
    amounts bigint[];
    booked bigint;
BEGIN
    IF TG_RELID <> 'public.disbursements_paymentline'::regclass THEN
        RAISE EXCEPTION 'this books payment lines and nothing else' USING ERRCODE = 'KT002';
    END IF;
    SELECT array_agg(s.entitlement_id), array_agg(s.amount) INTO rights, amounts
    FROM (SELECT a.entitlement_id, sum(a.amount)::bigint AS amount FROM after a
          WHERE a.state = 'paid' AND a.id NOT IN (SELECT b.id FROM before b WHERE b.state = 'paid')
          GROUP BY a.entitlement_id) s;
    IF rights IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE disbursements_entitlement e SET paid = e.paid + s.amount
    FROM unnest(rights, amounts) AS s (id, amount)
    WHERE e.id = s.id AND e.state = 'determined';
    GET DIAGNOSTICS booked = ROW_COUNT;
    IF booked <> cardinality(rights) THEN
        RAISE EXCEPTION 'a lapsed entitlement is not paid' USING ERRCODE = 'KT003';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER book_line AFTER UPDATE ON disbursements_paymentline
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION disbursements_book_line();
"""

# A right lapses row by row as before; moving its running total asks nothing of this guard.
RIGHT_ROWS = _years.ENTITLEMENT_RULES.partition("    IF TG_OP = 'INSERT'")[0] + (
    _years.ENTITLEMENT_RULES.partition("        RETURN NEW;\n    END IF;\n")[2]
)
RIGHTS = f"""
DROP TRIGGER entitlement_guard ON disbursements_entitlement;
{RIGHT_ROWS}
CREATE TRIGGER entitlement_guard BEFORE UPDATE ON disbursements_entitlement FOR EACH ROW
    WHEN (OLD.state = 'lapsed' OR NEW.state <> OLD.state)
    EXECUTE FUNCTION disbursements_entitlement_guard();

CREATE FUNCTION disbursements_begin_entitlement() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM disbursements_open_year(y.year) FROM (
        SELECT DISTINCT a.budget_year_id::integer AS year FROM added a ORDER BY 1) y;
    PERFORM pg_advisory_xact_lock_shared(20171231, 1);
    PERFORM 1 FROM disbursements_rate r
    WHERE r.id = ANY(ARRAY(SELECT DISTINCT a.rate_id FROM added a)) ORDER BY r.id FOR SHARE;
    IF EXISTS (
        SELECT 1
        FROM (SELECT DISTINCT a.state, a.paid, a.rate_id, a.kind_id, a.amount, a.decree_id,
                     a.budget_year_id FROM added a) n
        WHERE n.state <> 'determined' OR n.paid <> 0 OR NOT EXISTS (
            SELECT 1 FROM disbursements_rate r
            JOIN disbursements_decree d ON d.id = n.decree_id
            WHERE r.id = n.rate_id AND r.kind_id = n.kind_id AND r.amount = n.amount
              AND d.budget_year_id = n.budget_year_id
            OFFSET 0
        ) OR EXISTS (
            SELECT 1 FROM disbursements_assistancekind part
            WHERE part.component_of_id = n.kind_id
            OFFSET 0
        )
    ) THEN
        RAISE EXCEPTION 'an entitlement is an unpaid rate of its kind, by its decree'
            USING ERRCODE = 'KT001';
    END IF;
    IF EXISTS (
        SELECT 1 FROM added n
        WHERE n.replaces_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM disbursements_entitlement gone
            WHERE gone.id = n.replaces_id AND gone.worker_id = n.worker_id
              AND gone.kind_id = n.kind_id AND gone.state = 'lapsed' AND gone.paid = 0
              AND CASE gone.lapse_kind
                    WHEN '' THEN false
                    WHEN 'changed' THEN gone.budget_year_id = n.budget_year_id
                    ELSE gone.budget_year_id < n.budget_year_id
                  END
            OFFSET 0
        )
    ) THEN
        RAISE EXCEPTION 'this does not stand in the place of that' USING ERRCODE = 'KT001';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER begin_entitlement AFTER INSERT ON disbursements_entitlement
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION disbursements_begin_entitlement();
"""

# Each right is written again when it is paid; `paid` is in no index, so where its page has room the
# new version needs none of the twelve.
ROOM = "ALTER TABLE disbursements_entitlement SET (fillfactor = 80)"
NO_ROOM = "ALTER TABLE disbursements_entitlement RESET (fillfactor)"

_SETS, _ROWS = "-- After the row stands: a second reversal", "CREATE TRIGGER"
_LINES_BEFORE = _money.LINE_RULES.partition(_SETS)[0].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
_LINE_YEAR = "CREATE FUNCTION disbursements_line_year()"
_YEAR_OF_LINE_BEFORE = (
    _LINE_YEAR
    + _years.YEAR_RULES.partition(_LINE_YEAR)[2].partition("-- Money that comes after")[0]
)
UNDO_LINES = f"""
DROP TRIGGER advance_line ON disbursements_paymentline;
DROP TRIGGER begin_line ON disbursements_paymentline;
DROP TRIGGER book_line ON disbursements_paymentline;
DROP TRIGGER line_guard ON disbursements_paymentline;
DROP FUNCTION disbursements_advance_line();
DROP FUNCTION disbursements_begin_line();
DROP FUNCTION disbursements_lock_for_lines(uuid[], uuid[]);
{_LINES_BEFORE}
{_YEAR_OF_LINE_BEFORE}
"""
UNDO_RIGHTS = f"""
DROP TRIGGER begin_entitlement ON disbursements_entitlement;
DROP FUNCTION disbursements_begin_entitlement();
DROP TRIGGER entitlement_guard ON disbursements_entitlement;
{_years.ENTITLEMENT_RULES}
CREATE TRIGGER{_money.ENTITLEMENT_RULES.partition(_ROWS)[2]}
"""


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0015_closed_cases_wait_for_nothing")]

    operations = [
        migrations.RunSQL(LINE_ROWS + LINE_SETS + BOOKING, UNDO_LINES),
        migrations.RunSQL(RIGHTS, UNDO_RIGHTS),
        migrations.RunSQL(ROOM, NO_ROOM),
    ]
