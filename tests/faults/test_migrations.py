"""Migrations forward, back and forward again on a database that holds an office."""

from __future__ import annotations

from contextlib import closing

import pytest
from django.core.management import call_command

from kotim_social.desk import groups
from kotim_social.operations.backup import sums
from kotim_social.operations.doctor.database import check_grants, check_migrations
from kotim_social.operations.doctor.findings import Level, worst
from tests import factories
from tests.faults.cluster import Cluster
from tests.faults.conftest import FULL

pytestmark = pytest.mark.skipif(not FULL, reason="half a minute of migrating: ./run test --full")
# Newest first. These make tables that this office does not use yet, or rules without data.
BACK_TO = [("disbursements", "0003"), ("repatriation", "0001"), ("cases", "0001")]


def test_forward_back_and_forward_changes_no_row(cluster: Cluster, office: str) -> None:
    four = factories.the_four()
    factories.ready_people(3, four=four)
    factories.walk_to(factories.a_list(by=four.petugas), "ordered", four=four)
    groups.fold()
    before = _sums(cluster, office)
    assert before["cases_worker"][0] == 3
    for app, name in BACK_TO:
        call_command("migrate", app, name, verbosity=0, interactive=False)
    assert worst(check_migrations()) == Level.ERROR
    call_command("migrate", verbosity=0, interactive=False)
    assert worst(check_migrations()) == Level.OK
    assert worst(check_grants()) == Level.OK
    groups.fold()
    after = _sums(cluster, office)
    # Rows that migrations write themselves carry the time of the second run; groups are made anew.
    for written_anew in (
        "django_migrations", "cases_provider", "disbursements_stampduty",
        "desk_group", "desk_persongroup",
    ):  # fmt: skip
        assert before.pop(written_anew)[0] == after.pop(written_anew)[0]
    assert after == before
    # The office goes on where it was.
    factories.register(1, by=four.petugas)


def _sums(cluster: Cluster, office: str) -> sums.Sums:
    with closing(cluster.connect(office)) as link, link.cursor() as cursor:
        return sums.of_tables(cursor)
