"""The positions view by plain joins: one person by index, everybody by hashing, the same rows."""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("disbursements.migrations.0004_merged_and_fixed")._AFTER

# Two kinds of rows: what a decree gave, and what she would get by today's rate while no row of
# the kind was ever hers. A lookup for each row (LATERAL … LIMIT 1) would cost everybody's totals
# a million index searches; "no later line" asks the same and lets the planner choose.
_AFTER = """
CREATE OR REPLACE VIEW disbursements_position AS
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
    SELECT w.id AS worker_id, w.place_id, w.choice, k.code AS kind_id, k.funder_id, k.who,
           e.id AS entitlement_id, e.amount AS entitled, e.paid
    FROM disbursements_entitlement e
    JOIN payable k ON k.code = e.kind_id
    JOIN cases_worker w ON w.id = e.worker_id
    WHERE e.state = 'determined'
  UNION ALL
    SELECT w.id, w.place_id, w.choice, k.code, k.funder_id, k.who, NULL, k.rate, 0
    FROM cases_worker w
    CROSS JOIN payable k
    LEFT JOIN disbursements_entitlement ever ON ever.worker_id = w.id AND ever.kind_id = k.code
    WHERE ever.id IS NULL AND k.rate IS NOT NULL
      AND w.eligibility <> 'not_eligible' AND w.case_state <> 'merged'
)
SELECT s.worker_id::text || ':' || s.kind_id AS key,
       s.worker_id, s.place_id, s.kind_id, s.funder_id, s.entitlement_id,
       last.id AS last_line_id, s.entitlement_id IS NOT NULL AS determined, now.held,
       s.entitled, s.paid,
       CASE WHEN now.live THEN s.entitled - s.paid ELSE 0 END AS in_process,
       CASE WHEN NOT now.live AND now.came_back THEN s.entitled - s.paid ELSE 0 END AS returned,
       CASE WHEN NOT now.live AND NOT now.came_back AND now.held THEN s.entitled - s.paid ELSE 0 END
         AS withheld,
       CASE WHEN NOT now.live AND NOT now.came_back AND NOT now.held
            THEN s.entitled - s.paid ELSE 0 END AS open
FROM stand s
LEFT JOIN disbursements_paymentline last
       ON last.entitlement_id = s.entitlement_id AND last.state <> 'cancelled'
      AND NOT EXISTS (
        SELECT 1 FROM disbursements_paymentline later
        WHERE later.entitlement_id = last.entitlement_id AND later.id > last.id
          AND later.state <> 'cancelled')
LEFT JOIN disbursements_reversal v ON v.line_id = last.id
CROSS JOIN LATERAL (
    SELECT coalesce(last.state IN ('prepared', 'ordered'), false) AS live,
           coalesce(last.state = 'returned', false) OR v.id IS NOT NULL AS came_back,
           (s.who = 'returnees' AND s.choice <> 'return')
             OR (s.who = 'stayers' AND s.choice <> 'stay') AS held
) now
"""


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0008_year_and_rate_rules")]

    operations = [migrations.RunSQL(_AFTER, _BEFORE)]
