"""A merged record is owed nothing of its own; an approved payee changes by a correction alone."""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("disbursements.migrations.0002_money_rules").POSITION.replace(
    "CREATE VIEW", "CREATE OR REPLACE VIEW"
)
_CALON = "w.eligibility <> 'not_eligible' AND"
_AFTER = _BEFORE.replace(_CALON, f"{_CALON} w.case_state <> 'merged' AND")

# Approved means: a line of hers, neither returned nor cancelled, on a list that was approved. The
# correction that allows the change was accepted in this same transaction.
PAYEE = """
CREATE FUNCTION disbursements_payee_is_fixed(payee uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM disbursements_entitlement e
        JOIN disbursements_paymentline l ON l.entitlement_id = e.id
        JOIN disbursements_paymentlist p ON p.id = l.payment_list_id
        WHERE e.worker_id = payee AND l.state IN ('prepared', 'ordered', 'paid')
          AND p.state IN ('approved', 'ordered', 'reconciled', 'closed')
    ) AND NOT EXISTS (
        SELECT 1 FROM cases_correction c
        WHERE c.worker_id = payee AND c.state = 'accepted' AND c.decided_at = now()
    )
$$;

CREATE FUNCTION disbursements_payee_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    payee uuid;
BEGIN
    IF TG_TABLE_NAME = 'cases_worker' THEN payee := OLD.id; ELSE payee := OLD.worker_id; END IF;
    IF disbursements_payee_is_fixed(payee) THEN
        RAISE EXCEPTION 'the payee of an approved payment changes by an accepted correction'
            USING ERRCODE = '23514', CONSTRAINT = 'payee_fixed_by_approval';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payee_guard BEFORE UPDATE ON cases_worker FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.nik_index IS DISTINCT FROM NEW.nik_index)
    EXECUTE FUNCTION disbursements_payee_guard();

CREATE TRIGGER payee_guard BEFORE UPDATE ON cases_bankaccount FOR EACH ROW
    WHEN (OLD.bank IS DISTINCT FROM NEW.bank OR OLD.holder IS DISTINCT FROM NEW.holder
          OR OLD.number_index IS DISTINCT FROM NEW.number_index
          OR OLD.worker_id IS DISTINCT FROM NEW.worker_id
          OR (NEW.state = 'closed' AND OLD.state <> 'closed'))
    EXECUTE FUNCTION disbursements_payee_guard();
"""

UNDO_PAYEE = """
DROP TRIGGER payee_guard ON cases_bankaccount;
DROP TRIGGER payee_guard ON cases_worker;
DROP FUNCTION disbursements_payee_guard();
DROP FUNCTION disbursements_payee_is_fixed(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("disbursements", "0003_programme_defaults"),
        ("cases", "0004_merging_closing_correcting"),
    ]

    operations = [
        migrations.RunSQL(_AFTER, _BEFORE),
        migrations.RunSQL(PAYEE, UNDO_PAYEE),
    ]
