"""Rules of rates, packages and budget years that hold whatever program speaks to the database."""

from importlib import import_module

from django.db import migrations

money_rules = import_module("disbursements.migrations.0002_money_rules")

# Postings share a lock on their year, closing takes it alone: neither sees the other half done.
YEAR_FUNCTIONS = """
CREATE FUNCTION disbursements_year_closed(budget_year integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(20171231, budget_year);
    RETURN EXISTS (SELECT 1 FROM disbursements_budgetyear y
                   WHERE y.year = budget_year AND y.closed_on IS NOT NULL);
END $$;

CREATE FUNCTION disbursements_open_year(budget_year integer) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF disbursements_year_closed(budget_year) THEN
        RAISE EXCEPTION 'the budget year % is closed', budget_year USING ERRCODE = 'KT004';
    END IF;
END $$;
"""

UNDO_YEAR_FUNCTIONS = """
DROP FUNCTION disbursements_open_year(integer);
DROP FUNCTION disbursements_year_closed(integer);
"""

# An entitlement is a rate, frozen by its decree, and begins unpaid; a kind that has parts is paid
# by them. It lapses only while nothing was paid on it and nothing is on its way, and is never
# changed afterwards. One that replaces another stands in the place of one that lapsed for that.
ENTITLEMENT_RULES = """
CREATE OR REPLACE FUNCTION disbursements_entitlement_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM disbursements_open_year(NEW.budget_year_id);
        PERFORM pg_advisory_xact_lock_shared(20171231, 1);
        PERFORM 1 FROM disbursements_rate r WHERE r.id = NEW.rate_id FOR SHARE;
        IF NEW.state <> 'determined' OR NEW.paid <> 0 OR NOT EXISTS (
            SELECT 1 FROM disbursements_rate r
            JOIN disbursements_decree d ON d.id = NEW.decree_id
            WHERE r.id = NEW.rate_id AND r.kind_id = NEW.kind_id AND r.amount = NEW.amount
              AND d.budget_year_id = NEW.budget_year_id
        ) OR EXISTS (
            SELECT 1 FROM disbursements_assistancekind part
            WHERE part.component_of_id = NEW.kind_id
        ) THEN
            RAISE EXCEPTION 'an entitlement is an unpaid rate of its kind, by its decree'
                USING ERRCODE = 'KT001';
        END IF;
        IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM disbursements_entitlement gone
            WHERE gone.id = NEW.replaces_id AND gone.worker_id = NEW.worker_id
              AND gone.kind_id = NEW.kind_id AND gone.state = 'lapsed' AND gone.paid = 0
              AND CASE gone.lapse_kind
                    WHEN '' THEN false
                    WHEN 'changed' THEN gone.budget_year_id = NEW.budget_year_id
                    ELSE gone.budget_year_id < NEW.budget_year_id
                  END
        ) THEN
            RAISE EXCEPTION 'this does not stand in the place of that' USING ERRCODE = 'KT001';
        END IF;
        RETURN NEW;
    END IF;
    -- Keys are rotated by the owner alone, who may write the same facts under another key.
    IF to_jsonb(NEW) - 'lapsed_because' = to_jsonb(OLD) - 'lapsed_because'
       AND pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
    THEN
        RETURN NEW;
    END IF;
    IF OLD.state = 'lapsed' AND NEW.state = 'lapsed' AND NEW IS DISTINCT FROM OLD THEN
        RAISE EXCEPTION 'a lapsed right is never changed' USING ERRCODE = 'KT002';
    END IF;
    IF NEW.state <> OLD.state AND (
        OLD.state <> 'determined' OR OLD.paid <> 0 OR EXISTS (
            SELECT 1 FROM disbursements_paymentline l
            WHERE l.entitlement_id = OLD.id AND l.state IN ('prepared', 'ordered'))
    ) THEN
        RAISE EXCEPTION 'only what is neither paid nor on its way lapses' USING ERRCODE = 'KT003';
    END IF;
    IF NEW.state <> OLD.state
       AND disbursements_year_closed(OLD.budget_year_id) <> (NEW.lapse_kind = 'refunded') THEN
        RAISE EXCEPTION 'in a closed year only a late refund lets a right lapse'
            USING ERRCODE = 'KT004';
    END IF;
    RETURN NEW;
END $$;
"""

# The body as it was before: the function is put back, its trigger has stood all the time.
UNDO_ENTITLEMENT_RULES = money_rules.ENTITLEMENT_RULES.split("CREATE TRIGGER")[0].replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)

PROGRAMME_RULES = """
CREATE FUNCTION disbursements_rate_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM disbursements_entitlement e WHERE e.rate_id = OLD.id)
       AND (TG_OP = 'DELETE'
            OR (NEW.id, NEW.kind_id, NEW.amount, NEW.valid_from, NEW.legal_basis)
               IS DISTINCT FROM
               (OLD.id, OLD.kind_id, OLD.amount, OLD.valid_from, OLD.legal_basis)) THEN
        RAISE EXCEPTION 'a rate that a decree used may only be ended' USING ERRCODE = 'KT002';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER rate_guard BEFORE UPDATE OR DELETE ON disbursements_rate
    FOR EACH ROW EXECUTE FUNCTION disbursements_rate_guard();

CREATE FUNCTION disbursements_kind_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(20171231, 1);
    IF TG_OP = 'UPDATE' AND (NEW.funder_id, NEW.method) IS DISTINCT FROM (OLD.funder_id, OLD.method)
       AND EXISTS (SELECT 1 FROM disbursements_entitlement e WHERE e.kind_id = OLD.code) THEN
        RAISE EXCEPTION 'a kind that a decree used keeps its funder and way of paying'
            USING ERRCODE = 'KT002';
    END IF;
    IF NEW.component_of_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM disbursements_assistancekind k
        WHERE k.component_of_id = NEW.code
           OR (k.code = NEW.component_of_id AND k.component_of_id IS NOT NULL)
    ) THEN
        RAISE EXCEPTION 'a part has no parts' USING ERRCODE = 'KT001';
    END IF;
    IF NEW.component_of_id IS DISTINCT FROM
           (CASE WHEN TG_OP = 'UPDATE' THEN OLD.component_of_id END)
       AND EXISTS (SELECT 1 FROM disbursements_entitlement) THEN
        RAISE EXCEPTION 'packages change only while nothing is determined' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER kind_guard BEFORE INSERT OR UPDATE ON disbursements_assistancekind
    FOR EACH ROW EXECUTE FUNCTION disbursements_kind_guard();

CREATE FUNCTION disbursements_ceiling_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM disbursements_open_year(NEW.budget_year_id);
    IF TG_OP = 'UPDATE' AND (NEW.budget_year_id, NEW.kind_id)
       IS DISTINCT FROM (OLD.budget_year_id, OLD.kind_id) THEN
        RAISE EXCEPTION 'a ceiling keeps its kind and year' USING ERRCODE = 'KT002';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER ceiling_guard BEFORE INSERT OR UPDATE ON disbursements_ceiling
    FOR EACH ROW EXECUTE FUNCTION disbursements_ceiling_guard();
"""

UNDO_PROGRAMME_RULES = """
DROP TRIGGER ceiling_guard ON disbursements_ceiling;
DROP FUNCTION disbursements_ceiling_guard();
DROP TRIGGER kind_guard ON disbursements_assistancekind;
DROP FUNCTION disbursements_kind_guard();
DROP TRIGGER rate_guard ON disbursements_rate;
DROP FUNCTION disbursements_rate_guard();
"""

YEAR_RULES = """
CREATE FUNCTION disbursements_year_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.closed_on IS NOT NULL THEN
        RAISE EXCEPTION 'a closed year stays as it is' USING ERRCODE = 'KT004';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.closed_on IS NOT NULL THEN
        PERFORM pg_advisory_xact_lock(20171231, OLD.year::integer);
        IF EXISTS (
            SELECT 1 FROM disbursements_paymentline l
            JOIN disbursements_paymentlist p ON p.id = l.payment_list_id
            WHERE p.budget_year_id = OLD.year AND l.state IN ('prepared', 'ordered')
        ) OR EXISTS (
            SELECT 1 FROM disbursements_entitlement e
            WHERE e.budget_year_id = OLD.year AND e.state = 'determined' AND e.paid < e.amount
        ) THEN
            RAISE EXCEPTION 'something unpaid still stands in the year' USING ERRCODE = 'KT004';
        END IF;
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER year_guard BEFORE UPDATE OR DELETE ON disbursements_budgetyear
    FOR EACH ROW EXECUTE FUNCTION disbursements_year_guard();

CREATE FUNCTION disbursements_list_year() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.state IN ('submitted', 'verified', 'approved', 'ordered') THEN
        PERFORM disbursements_open_year(NEW.budget_year_id);
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER list_year BEFORE INSERT OR UPDATE OF state ON disbursements_paymentlist
    FOR EACH ROW EXECUTE FUNCTION disbursements_list_year();

CREATE FUNCTION disbursements_line_year() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    year_of_list integer;
BEGIN
    SELECT l.budget_year_id INTO year_of_list
    FROM disbursements_paymentlist l WHERE l.id = NEW.payment_list_id;
    IF TG_OP = 'INSERT' THEN
        PERFORM disbursements_open_year(year_of_list);
        IF year_of_list <> (SELECT e.budget_year_id FROM disbursements_entitlement e
                            WHERE e.id = NEW.entitlement_id) THEN
            RAISE EXCEPTION 'the right is of another budget year' USING ERRCODE = 'KT001';
        END IF;
    ELSIF NEW.state <> OLD.state AND NEW.state IN ('ordered', 'paid', 'returned') THEN
        PERFORM disbursements_open_year(year_of_list);
        IF NEW.state = 'paid' AND NEW.result_on > (
            SELECT y.cut_off FROM disbursements_budgetyear y WHERE y.year = year_of_list
        ) THEN
            RAISE EXCEPTION 'after its last day nothing is paid on a year' USING ERRCODE = 'KT004';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER line_year BEFORE INSERT OR UPDATE OF state ON disbursements_paymentline
    FOR EACH ROW EXECUTE FUNCTION disbursements_line_year();

-- Money that comes after the closing is booked in the year that is open then.
CREATE FUNCTION disbursements_reversal_year() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    year_of_list integer;
BEGIN
    SELECT l.budget_year_id INTO year_of_list
    FROM disbursements_paymentline n
    JOIN disbursements_paymentlist l ON l.id = n.payment_list_id
    WHERE n.id = NEW.line_id;
    IF NOT disbursements_year_closed(year_of_list) THEN
        NEW.booked_in_id := coalesce(NEW.booked_in_id, year_of_list);
        IF NEW.booked_in_id <> year_of_list THEN
            RAISE EXCEPTION 'the year of the payment is still open' USING ERRCODE = 'KT004';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.booked_in_id IS NULL OR NEW.booked_in_id <= year_of_list THEN
        RAISE EXCEPTION 'the budget year % is closed', year_of_list USING ERRCODE = 'KT004';
    END IF;
    PERFORM disbursements_open_year(NEW.booked_in_id);
    RETURN NEW;
END $$;

CREATE TRIGGER reversal_year BEFORE INSERT ON disbursements_reversal
    FOR EACH ROW EXECUTE FUNCTION disbursements_reversal_year();
"""

UNDO_YEAR_RULES = """
DROP TRIGGER reversal_year ON disbursements_reversal;
DROP FUNCTION disbursements_reversal_year();
DROP TRIGGER line_year ON disbursements_paymentline;
DROP FUNCTION disbursements_line_year();
DROP TRIGGER list_year ON disbursements_paymentlist;
DROP FUNCTION disbursements_list_year();
DROP TRIGGER year_guard ON disbursements_budgetyear;
DROP FUNCTION disbursements_year_guard();
"""

FILL_BOOKED_IN = """
UPDATE disbursements_reversal v SET booked_in_id = l.budget_year_id
FROM disbursements_paymentline n JOIN disbursements_paymentlist l ON l.id = n.payment_list_id
WHERE n.id = v.line_id AND v.booked_in_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0007_programme_and_year_end")]

    operations = [
        migrations.RunSQL(YEAR_FUNCTIONS, UNDO_YEAR_FUNCTIONS),
        migrations.RunSQL(ENTITLEMENT_RULES, UNDO_ENTITLEMENT_RULES),
        migrations.RunSQL(PROGRAMME_RULES, UNDO_PROGRAMME_RULES),
        migrations.RunSQL(YEAR_RULES, UNDO_YEAR_RULES),
        migrations.RunSQL(FILL_BOOKED_IN, migrations.RunSQL.noop),
    ]
