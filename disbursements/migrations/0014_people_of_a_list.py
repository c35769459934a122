"""Whoever sees a payment list sees all its lines: the people on the one that is opened."""

from django.db import migrations

# The same answer as `PaymentList.objects.visible_to` for a caseworker; the others see every list.
BUILD = """
CREATE FUNCTION kotim_people_of_list() RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp COST 10 ROWS 20 AS $$
DECLARE
    people text := current_setting('kotim.people', true);
    opened uuid;
BEGIN
    IF people LIKE 'list:%' THEN
        opened := substr(people, 6)::uuid;
    ELSIF people LIKE 'file:%' THEN
        SELECT f.payment_list_id INTO opened FROM disbursements_resultfile f
        WHERE f.id = substr(people, 6)::uuid;
    END IF;
    IF opened IS NULL OR NOT EXISTS (
        SELECT 1 FROM disbursements_paymentlist l
        WHERE l.id = opened AND (l.created_by_id = kotim_asks() OR NOT EXISTS (
            SELECT 1 FROM disbursements_paymentline n
            JOIN disbursements_entitlement e ON e.id = n.entitlement_id
            JOIN cases_worker w ON w.id = e.worker_id
            WHERE n.payment_list_id = opened AND w.place_id NOT IN (SELECT kotim_places())))
    ) THEN
        RETURN;
    END IF;
    RETURN QUERY SELECT DISTINCT e.worker_id FROM disbursements_paymentline n
    JOIN disbursements_entitlement e ON e.id = n.entitlement_id
    WHERE n.payment_list_id = opened;
END $$;
CREATE POLICY of_list ON cases_worker
    USING (id IN (SELECT kotim_people_of_list())) WITH CHECK (true);
"""
PULL_DOWN = """
DROP POLICY of_list ON cases_worker;
DROP FUNCTION kotim_people_of_list();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("disbursements", "0013_lines_of_papers"),
        ("cases", "0019_row_level_security"),
    ]

    operations = [migrations.RunSQL(BUILD, PULL_DOWN)]
