"""The rules of money that hold whatever program speaks to the database, and the positions view."""

from django.db import migrations

# The functions name their search path, so that a temporary table of the same name is never read
# in place of the real one; the two that write with the owner's rights may be put on no other
# table, and nobody but the owner may call them. None of this can be ignored by a session setting.

# An entitlement is a rate, frozen by its decree, and begins unpaid. It lapses only while nothing
# was paid on it and nothing is on its way.
ENTITLEMENT_RULES = """
CREATE FUNCTION disbursements_entitlement_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'determined' OR NEW.paid <> 0 OR NOT EXISTS (
            SELECT 1 FROM disbursements_rate r
            JOIN disbursements_decree d ON d.id = NEW.decree_id
            WHERE r.id = NEW.rate_id AND r.kind_id = NEW.kind_id AND r.amount = NEW.amount
              AND d.budget_year_id = NEW.budget_year_id
        ) THEN
            RAISE EXCEPTION 'an entitlement is an unpaid rate of its kind, by its decree'
                USING ERRCODE = 'KT001';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.state <> OLD.state AND (
        OLD.state <> 'determined' OR OLD.paid <> 0 OR EXISTS (
            SELECT 1 FROM disbursements_paymentline l
            WHERE l.entitlement_id = OLD.id AND l.state IN ('prepared', 'ordered'))
    ) THEN
        RAISE EXCEPTION 'only what is neither paid nor on its way lapses' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER entitlement_guard BEFORE INSERT OR UPDATE ON disbursements_entitlement
    FOR EACH ROW EXECUTE FUNCTION disbursements_entitlement_guard();
"""

UNDO_ENTITLEMENT_RULES = """
DROP TRIGGER entitlement_guard ON disbursements_entitlement;
DROP FUNCTION disbursements_entitlement_guard();
"""

# The app role itself may not touch entitlement.paid: book_line and book_reversal do it for it.
LINE_RULES = """
CREATE FUNCTION disbursements_line_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    list disbursements_paymentlist%ROWTYPE;
    entitled disbursements_entitlement%ROWTYPE;
    ciphers CONSTANT text[] := ARRAY['snapshot', 'result_note'];
BEGIN
    -- Keys are rotated by the owner alone, who may write the same facts under another key.
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ciphers = to_jsonb(OLD) - ciphers
       AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RETURN NEW;
    END IF;
    SELECT * INTO list FROM disbursements_paymentlist WHERE id = NEW.payment_list_id FOR SHARE;
    SELECT * INTO entitled FROM disbursements_entitlement WHERE id = NEW.entitlement_id FOR UPDATE;
    IF TG_OP = 'INSERT' THEN
        IF list.state <> 'draft' OR NEW.state <> 'prepared' THEN
            RAISE EXCEPTION 'a line begins as prepared, in a draft' USING ERRCODE = 'KT001';
        END IF;
        IF entitled.state <> 'determined' OR NEW.amount <> entitled.amount - entitled.paid THEN
            RAISE EXCEPTION 'a line is the whole unpaid rest of a determined entitlement'
                USING ERRCODE = 'KT001';
        END IF;
        IF NOT EXISTS (
            SELECT 1 FROM disbursements_paymentlist_kinds k
            WHERE k.paymentlist_id = list.id AND k.assistancekind_id = entitled.kind_id
        ) THEN
            RAISE EXCEPTION 'the kind is not one of the list' USING ERRCODE = 'KT001';
        END IF;
        IF NOT EXISTS (
            SELECT 1 FROM disbursements_listdecision d
            WHERE d.payment_list_id = list.id AND d.recorded_by_id = NEW.added_by_id
              AND d.duty = 'prepare'
        ) THEN
            RAISE EXCEPTION 'who adds a line is a preparer of the list' USING ERRCODE = 'KT001';
        END IF;
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
    IF (NEW.payee_mark, NEW.snapshot) IS DISTINCT FROM (OLD.payee_mark, OLD.snapshot)
       AND list.state <> 'verified' THEN
        RAISE EXCEPTION 'whom a line pays is written down at the approval' USING ERRCODE = 'KT002';
    END IF;
    IF NEW.state <> OLD.state AND (OLD.state, NEW.state, list.state) NOT IN (
        ('prepared', 'ordered', 'ordered'),
        ('prepared', 'cancelled', 'draft'),
        ('prepared', 'cancelled', 'cancelled'),
        ('ordered', 'paid', 'ordered'),
        ('ordered', 'returned', 'ordered')
    ) THEN
        RAISE EXCEPTION 'the list is not so far' USING ERRCODE = 'KT003';
    END IF;
    IF EXISTS (
        SELECT 1 FROM disbursements_listdecision d
        WHERE d.payment_list_id = list.id AND d.recorded_by_id = NEW.result_by_id
          AND d.duty <> 'pay'
    ) THEN
        RAISE EXCEPTION 'who had another duty on the list books no result' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER line_guard BEFORE INSERT OR UPDATE ON disbursements_paymentline
    FOR EACH ROW EXECUTE FUNCTION disbursements_line_guard();

CREATE FUNCTION disbursements_book_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_RELID <> 'public.disbursements_paymentline'::regclass THEN
        RAISE EXCEPTION 'this books payment lines and nothing else' USING ERRCODE = 'KT002';
    END IF;
    UPDATE disbursements_entitlement SET paid = paid + NEW.amount
     WHERE id = NEW.entitlement_id AND state = 'determined';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'a lapsed entitlement is not paid' USING ERRCODE = 'KT003';
    END IF;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION disbursements_book_line() FROM PUBLIC;

CREATE TRIGGER book_line AFTER UPDATE ON disbursements_paymentline
    FOR EACH ROW WHEN (NEW.state = 'paid' AND OLD.state <> 'paid')
    EXECUTE FUNCTION disbursements_book_line();

-- After the row stands: a second reversal that steps back by ON CONFLICT must book nothing.
CREATE FUNCTION disbursements_book_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    line disbursements_paymentline%ROWTYPE;
BEGIN
    IF TG_RELID <> 'public.disbursements_reversal'::regclass THEN
        RAISE EXCEPTION 'this books reversals and nothing else' USING ERRCODE = 'KT002';
    END IF;
    SELECT * INTO line FROM disbursements_paymentline WHERE id = NEW.line_id FOR UPDATE;
    IF line.state <> 'paid' OR line.amount <> NEW.amount THEN
        RAISE EXCEPTION 'a reversal takes back a paid line, whole' USING ERRCODE = 'KT003';
    END IF;
    IF EXISTS (
        SELECT 1 FROM disbursements_listdecision d
        WHERE d.payment_list_id = line.payment_list_id AND d.recorded_by_id = NEW.recorded_by_id
          AND d.duty <> 'pay'
    ) THEN
        RAISE EXCEPTION 'who had another duty on the list reverses nothing' USING ERRCODE = 'KT003';
    END IF;
    UPDATE disbursements_entitlement SET paid = paid - NEW.amount WHERE id = line.entitlement_id;
    RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION disbursements_book_reversal() FROM PUBLIC;

CREATE TRIGGER book_reversal AFTER INSERT ON disbursements_reversal
    FOR EACH ROW EXECUTE FUNCTION disbursements_book_reversal();
"""

UNDO_LINE_RULES = """
DROP TRIGGER book_reversal ON disbursements_reversal;
DROP FUNCTION disbursements_book_reversal();
DROP TRIGGER book_line ON disbursements_paymentline;
DROP FUNCTION disbursements_book_line();
DROP TRIGGER line_guard ON disbursements_paymentline;
DROP FUNCTION disbursements_line_guard();
"""

# A list moves only when the decision that moves it stands beside it, by somebody who has no
# other duty on the list (an exclusion constraint on the decisions sees to that). A decision is
# the next step of the list as it stands; the steps are those of disbursements/workflow.py (a test
# holds the two together).
LIST_RULES = """
CREATE FUNCTION disbursements_list_step(source text, act text, duty text, target text)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT (source, act, duty, target) IN (
        ('draft', 'prepare', 'prepare', ''),
        ('draft', 'submit', 'prepare', 'submitted'),
        ('draft', 'cancel_own', 'prepare', 'cancelled'),
        ('draft', 'cancel', 'approve', 'cancelled'),
        ('submitted', 'verify', 'verify', 'verified'),
        ('submitted', 'send_back_submitted', 'verify', 'draft'),
        ('submitted', 'cancel', 'approve', 'cancelled'),
        ('verified', 'approve', 'approve', 'approved'),
        ('verified', 'send_back_verified', 'approve', 'draft'),
        ('verified', 'cancel', 'approve', 'cancelled'),
        ('approved', 'order', 'pay', 'ordered'),
        ('approved', 'send_back_verified', 'approve', 'draft'),
        ('approved', 'send_back_approved', 'pay', 'draft'),
        ('approved', 'cancel', 'approve', 'cancelled'),
        ('ordered', 'reconcile', 'pay', 'reconciled'),
        ('reconciled', 'close', 'pay', 'closed')
    )
$$;

CREATE FUNCTION disbursements_decision_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM disbursements_paymentlist l
        WHERE l.id = NEW.payment_list_id AND l.revision = NEW.revision
          AND disbursements_list_step(l.state, NEW.act, NEW.duty, NEW.target)
    ) THEN
        RAISE EXCEPTION 'this is not the next step of the list' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER decision_guard BEFORE INSERT ON disbursements_listdecision
    FOR EACH ROW EXECUTE FUNCTION disbursements_decision_guard();

CREATE FUNCTION disbursements_list_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.number, NEW.funder_id, NEW.method, NEW.budget_year_id, NEW.created_by_id)
       IS DISTINCT FROM
       (OLD.id, OLD.number, OLD.funder_id, OLD.method, OLD.budget_year_id, OLD.created_by_id) THEN
        RAISE EXCEPTION 'what a list is for is never changed' USING ERRCODE = 'KT002';
    END IF;
    IF (NEW.order_number, NEW.ordered_on) IS DISTINCT FROM (OLD.order_number, OLD.ordered_on)
       AND NOT (OLD.state = 'approved' AND NEW.state = 'ordered') THEN
        RAISE EXCEPTION 'the order is written down once' USING ERRCODE = 'KT002';
    END IF;
    IF NEW.state = OLD.state THEN
        IF NEW.revision <> OLD.revision THEN
            RAISE EXCEPTION 'a revision begins by sending back' USING ERRCODE = 'KT003';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.revision <> OLD.revision + (NEW.state = 'draft')::int THEN
        RAISE EXCEPTION 'sending back begins the next revision' USING ERRCODE = 'KT003';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM disbursements_listdecision d
        WHERE d.payment_list_id = NEW.id AND d.revision = OLD.revision
          AND d.target = NEW.state
          AND disbursements_list_step(OLD.state, d.act, d.duty, d.target)
    ) THEN
        RAISE EXCEPTION 'a list moves only by a decision' USING ERRCODE = 'KT003';
    END IF;
    IF NEW.state = 'reconciled' AND EXISTS (
        SELECT 1 FROM disbursements_paymentline l
        WHERE l.payment_list_id = NEW.id AND l.state IN ('prepared', 'ordered')
    ) THEN
        RAISE EXCEPTION 'a line still waits for its result' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER list_guard BEFORE UPDATE ON disbursements_paymentlist
    FOR EACH ROW EXECUTE FUNCTION disbursements_list_guard();

CREATE FUNCTION disbursements_list_begins() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.state <> 'draft' OR NEW.revision <> 1 OR NEW.order_number <> ''
       OR NEW.ordered_on IS NOT NULL THEN
        RAISE EXCEPTION 'a list begins as a draft' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER list_begins BEFORE INSERT ON disbursements_paymentlist
    FOR EACH ROW EXECUTE FUNCTION disbursements_list_begins();
"""

UNDO_LIST_RULES = """
DROP TRIGGER list_begins ON disbursements_paymentlist;
DROP FUNCTION disbursements_list_begins();
DROP TRIGGER list_guard ON disbursements_paymentlist;
DROP FUNCTION disbursements_list_guard();
DROP TRIGGER decision_guard ON disbursements_listdecision;
DROP FUNCTION disbursements_decision_guard();
DROP FUNCTION disbursements_list_step(text, text, text, text);
"""

# One row for each person and each kind that is paid. A kind with components is not paid itself:
# its components are, with its funder. What has lapsed is not there; what nobody has determined
# yet stands at today's rate, unless she was found not eligible.
POSITION = """
CREATE VIEW disbursements_position AS
WITH payable AS (
    SELECT k.code, coalesce(parent.funder_id, k.funder_id) AS funder_id, p.who,
           r.amount AS rate
    FROM disbursements_assistancekind k
    JOIN disbursements_policy p ON p.kind_id = k.code
    LEFT JOIN disbursements_assistancekind parent ON parent.code = k.component_of_id
    LEFT JOIN disbursements_rate r ON r.kind_id = k.code
         AND daterange(r.valid_from, r.valid_until, '[]') @> current_date
    WHERE NOT EXISTS (
        SELECT 1 FROM disbursements_assistancekind part WHERE part.component_of_id = k.code)
), stand AS (
    SELECT w.id AS worker_id, w.place_id, k.code AS kind_id, k.funder_id, e.id AS entitlement_id,
           coalesce(e.amount, k.rate) AS entitled, coalesce(e.paid, 0) AS paid,
           (k.who = 'returnees' AND w.choice <> 'return')
             OR (k.who = 'stayers' AND w.choice <> 'stay') AS held
    FROM cases_worker w
    CROSS JOIN payable k
    LEFT JOIN disbursements_entitlement e
           ON e.worker_id = w.id AND e.kind_id = k.code AND e.state = 'determined'
    WHERE e.id IS NOT NULL
       OR (k.rate IS NOT NULL AND w.eligibility <> 'not_eligible' AND NOT EXISTS (
            SELECT 1 FROM disbursements_entitlement gone
            WHERE gone.worker_id = w.id AND gone.kind_id = k.code))
)
SELECT s.worker_id::text || ':' || s.kind_id AS key,
       s.worker_id, s.place_id, s.kind_id, s.funder_id, s.entitlement_id,
       last.id AS last_line_id, s.entitlement_id IS NOT NULL AS determined, s.held,
       s.entitled, s.paid,
       CASE WHEN now.live THEN rest.amount ELSE 0 END AS in_process,
       CASE WHEN NOT now.live AND now.came_back THEN rest.amount ELSE 0 END AS returned,
       CASE WHEN NOT now.live AND NOT now.came_back AND s.held THEN rest.amount ELSE 0 END
         AS withheld,
       CASE WHEN NOT now.live AND NOT now.came_back AND NOT s.held THEN rest.amount ELSE 0 END
         AS open
FROM stand s
LEFT JOIN LATERAL (
    SELECT l.id, l.state,
           EXISTS (SELECT 1 FROM disbursements_reversal v WHERE v.line_id = l.id) AS reversed
    FROM disbursements_paymentline l
    WHERE l.entitlement_id = s.entitlement_id AND l.state <> 'cancelled'
    ORDER BY l.id DESC LIMIT 1
) last ON true
CROSS JOIN LATERAL (SELECT s.entitled - s.paid AS amount) rest
CROSS JOIN LATERAL (
    SELECT coalesce(last.state IN ('prepared', 'ordered'), false) AS live,
           coalesce(last.state = 'returned' OR last.reversed, false) AS came_back
) now;
"""


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0001_initial")]

    operations = [
        migrations.RunSQL(ENTITLEMENT_RULES, UNDO_ENTITLEMENT_RULES),
        migrations.RunSQL(LINE_RULES, UNDO_LINE_RULES),
        migrations.RunSQL(LIST_RULES, UNDO_LIST_RULES),
        migrations.RunSQL(POSITION, "DROP VIEW disbursements_position"),
    ]
