"""Cash in hand ends at nothing before a list is reconciled, and the table of stamp duties."""

from datetime import date

from django.db import migrations

# What was drawn, less what was paid out and what went back by slip. A paid line that was reversed
# is not paid out: its money went back with the paper of the reversal.
CASH_RULES = """
CREATE FUNCTION disbursements_cash_in_hand(list uuid) RETURNS bigint
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT (
        coalesce((SELECT sum(CASE c.direction WHEN 'drawn' THEN c.amount ELSE -c.amount END)
                  FROM disbursements_cashmovement c WHERE c.payment_list_id = list), 0)
        - coalesce((SELECT sum(l.amount) FROM disbursements_paymentline l
                    WHERE l.payment_list_id = list AND l.state = 'paid' AND NOT EXISTS (
                        SELECT 1 FROM disbursements_reversal v WHERE v.line_id = l.id)), 0)
    )::bigint
$$;

CREATE FUNCTION disbursements_cash_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF disbursements_cash_in_hand(NEW.id) <> 0 THEN
        RAISE EXCEPTION 'cash of the list is neither paid out nor returned'
            USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cash_guard BEFORE UPDATE ON disbursements_paymentlist
    FOR EACH ROW WHEN (NEW.method = 'cash' AND NEW.state = 'reconciled'
                       AND OLD.state <> 'reconciled')
    EXECUTE FUNCTION disbursements_cash_guard();

CREATE FUNCTION disbursements_cash_movement_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM disbursements_paymentlist l WHERE l.id = NEW.payment_list_id
          AND l.method = 'cash' AND l.state IN ('ordered', 'reconciled', 'closed')
    ) THEN
        RAISE EXCEPTION 'cash is drawn for an ordered list that is paid in cash'
            USING ERRCODE = 'KT003';
    END IF;
    IF EXISTS (
        SELECT 1 FROM disbursements_listdecision d
        WHERE d.payment_list_id = NEW.payment_list_id AND d.recorded_by_id = NEW.recorded_by_id
          AND d.duty <> 'pay'
    ) THEN
        RAISE EXCEPTION 'who had another duty on the list handles no cash' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cash_movement_guard BEFORE INSERT ON disbursements_cashmovement
    FOR EACH ROW EXECUTE FUNCTION disbursements_cash_movement_guard();

CREATE FUNCTION disbursements_refund_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM disbursements_paymentline l
        WHERE l.id = NEW.line_id AND l.state = 'paid' AND l.amount = NEW.amount
    ) THEN
        RAISE EXCEPTION 'a refund is demanded of a paid line, whole' USING ERRCODE = 'KT003';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER refund_guard BEFORE INSERT ON disbursements_refunddemand
    FOR EACH ROW EXECUTE FUNCTION disbursements_refund_guard();

-- Cash lists that were ordered before these tables were there: the cheque drew their sum, and
-- what came back went by its slip.
INSERT INTO disbursements_cashmovement
    (id, payment_list_id, direction, amount, paper, happened_on, recorded_at, recorded_by_id)
SELECT gen_random_uuid(), l.id, 'drawn', sum(p.amount), l.order_number, l.ordered_on, now(),
       (SELECT d.recorded_by_id FROM disbursements_listdecision d
        WHERE d.payment_list_id = l.id AND d.act = 'order')
FROM disbursements_paymentlist l
JOIN disbursements_paymentline p ON p.payment_list_id = l.id AND p.state <> 'cancelled'
WHERE l.method = 'cash' AND l.ordered_on IS NOT NULL
GROUP BY l.id;
INSERT INTO disbursements_cashmovement
    (id, payment_list_id, direction, amount, paper, happened_on, recorded_at, recorded_by_id)
SELECT gen_random_uuid(), l.id, 'deposited', p.amount, coalesce(v.paper, p.deposit_slip),
       coalesce(v.happened_on, p.result_on), now(), coalesce(v.recorded_by_id, p.result_by_id)
FROM disbursements_paymentlist l
JOIN disbursements_paymentline p ON p.payment_list_id = l.id
LEFT JOIN disbursements_reversal v ON v.line_id = p.id
WHERE l.method = 'cash' AND (v.id IS NOT NULL OR p.state = 'returned');
"""

UNDO_CASH_RULES = """
DROP TRIGGER refund_guard ON disbursements_refunddemand;
DROP FUNCTION disbursements_refund_guard();
DROP TRIGGER cash_movement_guard ON disbursements_cashmovement;
DROP FUNCTION disbursements_cash_movement_guard();
DROP TRIGGER cash_guard ON disbursements_paymentlist;
DROP FUNCTION disbursements_cash_guard();
DROP FUNCTION disbursements_cash_in_hand(uuid);
"""

OLD, NEW = "UU 13/1985, PP 24/2000", "UU 10/2020"
# document, above, duty, from, until, legal basis
DUTIES = [
    ("receipt", 250_000, 3_000, date(2017, 1, 1), date(2020, 12, 31), OLD),
    ("receipt", 1_000_000, 6_000, date(2017, 1, 1), date(2020, 12, 31), OLD),
    ("statement", 0, 6_000, date(2017, 1, 1), date(2020, 12, 31), OLD),
    ("receipt", 5_000_000, 10_000, date(2021, 1, 1), None, NEW),
    ("statement", 0, 10_000, date(2021, 1, 1), None, NEW),
]


def put_in(apps, schema_editor):
    rows = apps.get_model("disbursements", "StampDuty").objects.using(
        schema_editor.connection.alias
    )
    for document, above, duty, start, end, basis in DUTIES:
        rows.create(document=document, above=above, duty=duty, valid_from=start,
                    valid_until=end, legal_basis=basis)


def take_out(apps, schema_editor):
    alias = schema_editor.connection.alias
    apps.get_model("disbursements", "StampDuty").objects.using(alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0005_paying")]

    operations = [
        migrations.RunSQL(CASH_RULES, UNDO_CASH_RULES),
        migrations.RunPython(put_in, take_out),
    ]
