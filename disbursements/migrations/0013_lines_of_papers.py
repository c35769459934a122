"""A payment has one original of each paper; papers that were issued before say what is on them."""

import django.db.models.deletion
from django.db import migrations, models

ONE_ORIGINAL = """
CREATE FUNCTION disbursements_one_original() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM fresh
        JOIN documents_issuedpaper p ON p.id = fresh.paper_id
        JOIN disbursements_paperline o
          ON o.line_id = fresh.line_id AND o.paper_id <> fresh.paper_id
        JOIN documents_issuedpaper q ON q.id = o.paper_id AND q.kind = p.kind
        WHERE NOT EXISTS (SELECT 1 FROM documents_papervoid v WHERE v.paper_id = q.id)
    ) THEN
        RAISE EXCEPTION 'a payment has one original of each paper' USING ERRCODE = 'KT003';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER one_original AFTER INSERT ON disbursements_paperline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION disbursements_one_original();
"""
NO_RULE = """
DROP TRIGGER one_original ON disbursements_paperline;
DROP FUNCTION disbursements_one_original();
"""
# Papers of a list counted for all of its payments until now. Of several that were not voided the
# last one is the original.
EARLIER = """
INSERT INTO disbursements_paperline (paper_id, line_id)
SELECT p.id, l.id
FROM (
    SELECT DISTINCT ON (p.kind, p.subject_id) p.id, p.subject_id
    FROM documents_issuedpaper p
    WHERE p.subject_type = 'disbursements.paymentlist'
      AND p.kind IN ('transfer_list', 'receipt', 'collective_receipt', 'handover_of_goods')
      AND NOT EXISTS (SELECT 1 FROM documents_papervoid v WHERE v.paper_id = p.id)
    ORDER BY p.kind, p.subject_id, p.id DESC
) p
JOIN disbursements_paymentline l ON l.payment_list_id::text = p.subject_id
WHERE l.snapshot IS NOT NULL AND l.state <> 'cancelled';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("disbursements", "0012_words_of_the_admin_site"),
        ("documents", "0002_regent"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaperLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="papers",
                        to="disbursements.paymentline",
                    ),
                ),
                (
                    "paper",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payment_lines",
                        to="documents.issuedpaper",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("paper", "line"),
                        name="paper_line_once",
                        violation_error_message="This payment stands on the paper already.",
                    )
                ],
            },
        ),
        migrations.RunSQL(ONE_ORIGINAL, NO_RULE),
        migrations.RunSQL(EARLIER, migrations.RunSQL.noop),
    ]
