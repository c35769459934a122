"""What is not determined counts only while her case is open, as in the view of positions.

She stays among the people: a closed case is one of the registered women.
"""

from importlib import import_module

from django.db import migrations

_BEFORE = import_module("kotim_social.desk.migrations.0002_counting_groups").GROUPING.replace(
    "CREATE VIEW", "CREATE OR REPLACE VIEW"
)
_WAITS = "(c.counted AND w.case_state = 'open')"
_AFTER = _BEFORE.replace("WHEN c.counted OR r.rights", f"WHEN {_WAITS} OR r.rights").replace(
    "'counted', c.counted", f"'counted', {_WAITS}"
)
_COUNT = "SELECT desk_count_anew()"


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0002_counting_groups"),
        ("disbursements", "0015_closed_cases_wait_for_nothing"),
    ]

    operations = [
        # Whichever way it goes, everybody is counted once the view is the other one.
        migrations.RunSQL(migrations.RunSQL.noop, _COUNT),
        migrations.RunSQL(_AFTER, _BEFORE),
        migrations.RunSQL(_COUNT, migrations.RunSQL.noop),
    ]
