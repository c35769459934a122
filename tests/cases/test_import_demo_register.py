"""The office's own workbook, compared with what is known to be right in it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.actions.importing import AlreadyImported, confirm_import, outcome_counts, stage_register
from cases.models import (
    BankAccount,
    ChildReferral,
    ChoiceChange,
    Journey,
    RegisterImport,
    StagedRow,
    Worker,
)
from kotim_social.audit.models import Entry
from tests.cases.import_helpers import DAY, DEMO, TRUTH, imported, person, user, workbook

pytestmark = pytest.mark.django_db
PLACES = {
    "KM12": "KM12",
    "TANGAR": "TANGAR",
    "MEKAR JAYA": "MEKAR_JAYA",
    "BUKIT HARAPAN": "BUKIT_HARAPAN",
}
PLANS = {"PULANG": "return", "MENETAP": "stay"}


def test_the_counts_are_those_that_are_known() -> None:
    source = imported(DEMO, user("sari"))
    assert outcome_counts(source) == {
        "accepted": 239, "duplicate": 3, "refused": 2, "referral": 1,
    }  # fmt: skip
    workers = Worker.objects.all()
    assert workers.count() == TRUTH["distinct"]
    assert Counter(workers.values_list("place", flat=True)) == {
        PLACES[part]: count for part, count in TRUTH["by_part"].items()
    }
    assert Counter(workers.values_list("home_regency", flat=True)) == TRUTH["by_regency"]
    assert Counter(workers.values_list("home_regency__province", flat=True)) == TRUTH["by_province"]
    assert workers.exclude(nik_index=None).count() == TRUTH["with_nik"]
    assert BankAccount.objects.filter(state="opened").count() == TRUTH["with_account"]
    assert Counter(workers.values_list("choice", flat=True)) == {
        PLANS.get(plan, "undecided"): count for plan, count in TRUTH["by_plan"].items()
    }
    assert ChoiceChange.objects.count() == 178 + 43
    assert Journey.objects.filter(current=True, state="on_site").count() == 239
    assert ChildReferral.objects.count() == 1


def test_every_person_is_the_one_in_the_truth() -> None:
    source = imported(DEMO, user("sari"))
    rows = source.rows.filter(worker__isnull=False).select_related("worker")
    workers = {(row.sheet, row.row_no): row.worker for row in rows}
    accounts = {account.worker_id: account for account in BankAccount.objects.all()}
    assert len(workers) == len(TRUTH["people"])
    for truth in TRUTH["people"]:
        worker = workers[truth["sheet"], truth["row"]]
        account = accounts.get(worker.pk)
        assert worker.name == truth["name"]
        assert worker.birth_date.isoformat() == truth["born"]
        assert worker.place_id == PLACES[truth["part"]]
        assert worker.home_regency_id == truth["reg"]
        assert (worker.nik or "") == truth["nik"]
        assert worker.mother_name == truth["mother"]
        assert worker.wisma == truth["wisma"]
        assert worker.choice == PLANS.get(truth["plan"], "undecided")
        assert (worker.phone or "") == truth["phone"]
        assert worker.children == truth["children"]
        assert ((account.number, account.bank) if account else ("", "")) == (
            truth["account"], truth["bank"],
        )  # fmt: skip
        assert [alias.name for alias in worker.aliases.all()] == (
            [truth["alias"]] if truth["alias"] else []
        )


def test_duplicates_wait_beside_the_record_they_repeat() -> None:
    source = imported(DEMO, user("sari"))
    by_row = {(row.sheet, row.row_no): row for row in source.rows.all()}
    for truth in TRUTH["duplicates"]:
        row = by_row[truth["sheet"], truth["row"]]
        original = by_row[truth["of"]["sheet"], truth["of"]["row"]]
        assert (row.outcome, row.settled, row.worker_id) == ("duplicate", "waiting", None)
        assert row.repeats_row == original
        assert row.repeats_worker_id == original.worker_id is not None
    outcomes = [by_row[p["sheet"], p["row"]].outcome for p in TRUTH["problems"]]
    assert outcomes == ["refused", "refused", "referral"]
    assert not Worker.objects.filter(
        name__in=[problem["name"] for problem in TRUTH["problems"]]
    ).exists()


def test_register_numbers_go_in_the_order_of_the_workbook() -> None:
    source = imported(DEMO, user("sari"))
    numbers = list(
        source.rows.filter(worker__isnull=False)
        .order_by("position")
        .values_list("worker__register_no", flat=True)
    )
    assert numbers == [f"KTM-2017-{number:04d}" for number in range(1, 240)]


def test_the_same_file_again_changes_nothing() -> None:
    sari = user("sari")
    source = imported(DEMO, sari)
    with pytest.raises(AlreadyImported) as refusal:
        stage_register(DEMO, file_name="other name.xlsx", by=sari, registered_on=DAY)
    assert refusal.value.earlier == source
    assert (RegisterImport.objects.count(), Worker.objects.count()) == (1, 239)


def test_another_workbook_with_the_same_people_waits_row_by_row() -> None:
    sari = user("sari")
    imported(DEMO, sari)
    again = imported(DEMO + b"\0", sari)
    assert Worker.objects.count() == 239
    # The girl is found by the age rule again, and the two wrong NIK are still wrong.
    assert outcome_counts(again) == {"duplicate": 242, "refused": 2, "referral": 1}
    assert again.rows.filter(outcome="duplicate", repeats_worker__isnull=False).count() == 242


def test_who_was_registered_between_check_and_yes_waits_too() -> None:
    sari = user("sari")
    late = stage_register(
        workbook(person(1), person(2)), file_name="a.xlsx", by=sari, registered_on=DAY
    )
    imported(workbook(person(2), person(3)), sari)
    confirm_import(late, by=sari)
    first, second = late.rows.order_by("position")
    assert (first.outcome, first.settled) == ("accepted", "imported")
    assert (second.outcome, second.settled) == ("duplicate", "waiting")
    assert second.repeats_worker.name == second.fields["name"]
    assert Worker.objects.count() == 3


def test_each_person_leaves_a_trail_row_and_no_personal_data_is_in_it() -> None:
    imported(DEMO, user("sari"))
    assert Entry.objects.filter(act="worker.register").count() == 239
    assert Entry.objects.filter(act="register_import.stage").get().changes["rows"] == {
        "accepted": 239, "duplicate": 3, "refused": 2, "referral": 1,
    }  # fmt: skip
    text = str(list(Entry.objects.values_list("changes", "reason", "object_id")))
    assert not any(truth["name"] in text for truth in TRUTH["people"] if " " in truth["name"])


def test_staged_rows_hold_no_readable_personal_data() -> None:
    imported(DEMO, user("sari"))
    truth = next(truth for truth in TRUTH["people"] if truth["nik"] and " " in truth["name"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT s::text FROM cases_stagedrow s")
        staged = "".join(text for (text,) in cursor.fetchall())
        cursor.execute("SELECT nik, phone FROM cases_worker WHERE nik IS NOT NULL LIMIT 1")
        stored = bytes(cursor.fetchone()[0])
    for value in (truth["name"], truth["nik"]):
        assert value.encode().hex() not in staged
    assert truth["nik"].encode() not in stored


def test_a_long_register_needs_as_many_statements_as_a_short_one() -> None:
    sari = user("sari")

    def statements(content: bytes) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as staging:
            source = stage_register(content, file_name="x.xlsx", by=sari, registered_on=DAY)
        with CaptureQueriesContext(connection) as confirming:
            confirm_import(source, by=sari)
        return len(staging), len(confirming)

    child = {"TANGGAL LAHIR": "05-05-2003"}
    account = {"BANK": "BNI", "NOMOR REKENING": "0123456789", "ALIAS": "Nana"}
    # The first look at regions reads them; later ones do not.
    statements(workbook(person(20)))
    few = statements(workbook(person(1) | account, person(1), person(2) | child, person(3)))
    assert statements(DEMO) == few
    assert StagedRow.objects.count() == 1 + 4 + 245
