"""Fills the region tables, so that every installation and every test has them."""

from typing import Any

from django.db import migrations

from kotim_social.regions.loading import RegionModels, load_regions


def load(apps: Any, schema_editor: Any) -> None:
    load_regions(RegionModels.of(apps), using=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("regions", "0001_initial")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
