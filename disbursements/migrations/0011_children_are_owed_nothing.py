"""Nothing is promised to a child: without a decree she stands in no position (R19)."""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("disbursements.migrations.0009_positions_by_joins")._AFTER
_CALON = "w.eligibility <> 'not_eligible' AND"
# Nearly everybody is old enough for the earliest closing of all: one comparison.
_OF_AGE = """(
        w.birth_date <= (SELECT min(planned_closing) - interval '18 years' FROM regions_lokalisasi)
        OR w.birth_date <= (
            SELECT l.planned_closing - interval '18 years'
            FROM regions_place p JOIN regions_lokalisasi l ON l.code = p.lokalisasi_id
            WHERE p.code = w.place_id)
      ) AND"""


class Migration(migrations.Migration):
    dependencies = [
        ("disbursements", "0010_names_on_screen"),
        ("regions", "0003_declaration"),
    ]

    operations = [migrations.RunSQL(_BEFORE.replace(_CALON, f"{_CALON} {_OF_AGE}"), _BEFORE)]
