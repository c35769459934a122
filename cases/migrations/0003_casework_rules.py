"""Confidential notes are limited by the table itself; the providers every office knows."""

from __future__ import annotations

from typing import Any

from django.db import migrations

# The policy binds the app role in every query it makes, through the program or past it. Who asks
# stands in kotim.user; without one (commands, jobs) confidential notes do not exist. The owner,
# who backs up and rotates keys, is not bound.
LIMIT_NOTES = """
ALTER TABLE cases_note ENABLE ROW LEVEL SECURITY;

CREATE POLICY note_read ON cases_note FOR SELECT USING (
    NOT confidential
    OR recorded_by_id = NULLIF(current_setting('kotim.user', true), '')::bigint
    OR EXISTS (
        SELECT 1 FROM accounts_rolegrant r
        WHERE r.user_id = NULLIF(current_setting('kotim.user', true), '')::bigint
          AND r.role = 'pimpinan'
          AND r.valid_from <= CURRENT_DATE
          AND (r.valid_until IS NULL OR r.valid_until >= CURRENT_DATE)
    )
);
CREATE POLICY note_write ON cases_note FOR INSERT WITH CHECK (true);
CREATE POLICY note_edit ON cases_note FOR UPDATE USING (true);
"""

UNDO_LIMIT_NOTES = """
DROP POLICY note_edit ON cases_note;
DROP POLICY note_write ON cases_note;
DROP POLICY note_read ON cases_note;
ALTER TABLE cases_note DISABLE ROW LEVEL SECURITY;
"""

# Name as written, and its comparison form (lib.names.fold_name of that day).
PROVIDERS = (
    ("Dinas Kesehatan", "dinas kesehatan"),
    ("Dinas Tenaga Kerja", "dinas tenaga kerya"),
    ("Dinas Kependudukan dan Pencatatan Sipil", "dinas kependudukan dan pencatatan sipil"),
    ("Dinas Sosial daerah asal", "dinas sosial daerah asal"),
    ("UPTD Perlindungan Perempuan dan Anak", "uptd perlindungan perempuan dan anak"),
)


def add_providers(apps: Any, schema_editor: Any) -> None:
    providers = apps.get_model("cases.Provider").objects.using(schema_editor.connection.alias)
    for name, folded in PROVIDERS:
        providers.create(name=name, name_folded=folded)


def remove_providers(apps: Any, schema_editor: Any) -> None:
    folded = [form for _name, form in PROVIDERS]
    providers = apps.get_model("cases.Provider").objects.using(schema_editor.connection.alias)
    providers.filter(name_folded__in=folded, recorded_by__isnull=True).delete()


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_casework"), ("accounts", "0001_initial")]

    operations = [
        migrations.RunSQL(LIMIT_NOTES, UNDO_LIMIT_NOTES),
        migrations.RunPython(add_providers, remove_providers),
    ]
