"""Nothing is promised in a closed case: what no decree gave her is not waited for any more (R4).

What a decree gave is paid or has lapsed before her case closes; opened again, she waits again.
"""

from importlib import import_module

from django.db import migrations

_CHILDREN = import_module("disbursements.migrations.0011_children_are_owed_nothing")
_BEFORE = _CHILDREN._BEFORE.replace(_CHILDREN._CALON, f"{_CHILDREN._CALON} {_CHILDREN._OF_AGE}")
_MERGED = "w.case_state <> 'merged'"


class Migration(migrations.Migration):
    dependencies = [("disbursements", "0014_people_of_a_list")]

    operations = [
        migrations.RunSQL(_BEFORE.replace(_MERGED, "w.case_state = 'open'"), _BEFORE),
    ]
